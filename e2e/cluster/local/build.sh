# The programs of the cluster, built from Go modules. Each set has a folder in the cache whose name says what went into it.
# A set is built beside its final place and renamed when complete: an interrupted build leaves nothing that looks finished.
# shellcheck shell=bash

# digest <INPUT: of the input and the compiler, short enough for a name.
digest() { { go env GOVERSION GOARCH; cat; } | sha256sum | cut -c1-12; }

kubernetes_bin() {
  echo "$cache/kubernetes-$kubernetes_version-$({
    cd "$here/tools/kubernetes" && cat go.mod go.sum cmd/*/main.go
    declare -f build_kubernetes go_build image
  } | digest)"
}
prometheus_bin() { echo "$cache/prometheus-$prometheus_version-$(declare -f build_prometheus prometheus_module go_build | digest)"; }
alertmanager_bin() { echo "$cache/alertmanager-$alertmanager_version-$(declare -f build_alertmanager alertmanager_source go_build image | digest)"; }

thanos_bin() { echo "$cache/thanos-$thanos_version-$(declare -f build_thanos go_build image | digest)"; }

kube_rbac_proxy_bin() { echo "$cache/kube-rbac-proxy-$kube_rbac_proxy_version-$(declare -f build_kube_rbac_proxy go_build image | digest)"; }

tools_bin() { echo "$cache/tools-$helm_version-$({ echo "$helm_unittest_version $jsonnet_version"; declare -f build_tools go_build; } | digest)"; }

# build_set FOLDER FUNCTION: runs `FUNCTION NEW-FOLDER` unless FOLDER exists. Clusters share the folders, so one of them builds
# and the others wait.
build_set() {
  local folder=$1 build=$2 start=$SECONDS unfinished building
  [[ ! -d $folder ]] || return 0
  mkdir -p "$cache/locks"
  exec {building}>"$cache/locks/$(basename "$folder")"
  flock --timeout 3600 "$building" || die "somebody else builds $(basename "$folder") for more than an hour"
  if [[ -d $folder ]]; then
    exec {building}>&-
    return 0
  fi
  rm -rf "${folder%-*}"-*.unfinished.*
  unfinished=$(mktemp -d "$folder.unfinished.XXXX")
  say "cluster: building $(basename "$folder") (minutes when the Go build cache is cold)"
  # `set -e` does not hold inside of a condition: the build functions chain their steps by `&&`.
  (cd / && "$build" "$unfinished") >"$unfinished/build.log" 2>&1 || {
    tail -n 30 "$unfinished/build.log" >&2
    die "building $(basename "$folder") failed"
  }
  chmod 755 "$unfinished"
  mv "$unfinished" "$folder"
  exec {building}>&-
  say "cluster: built $(basename "$folder") in $(seconds_since "$start")"
}

# go_build OUT VERSION-FLAGS [FLAG…] PACKAGE…: static programs without debug information.
go_build() {
  local out=$1 flags=$2
  shift 2
  GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 go build -buildvcs=false -ldflags="-s -w $flags" -o "$out/" "$@"
}

# image FOLDER REFERENCE PROGRAM: the archive that the node loads, under the reference that pods name.
image() { "$here/../../deploy/images/archive" "$1/image.tar" "$2" "/bin/$3" "$1/$3=bin/$3"; }

build_kubernetes() {
  local variable=k8s.io/component-base/version number=${kubernetes_version#v} program
  local minor=${number#*.}
  cd "$here/tools/kubernetes" &&
    go_build "$1" "-X $variable.gitVersion=$kubernetes_version -X $variable.gitMajor=${number%%.*} -X $variable.gitMinor=${minor%%.*}" \
      ./cmd/... k8s.io/kubernetes/cmd/kubectl &&
    for program in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
      ln -s node "$1/$program" || return
    done &&
    image "$1" localhost/pause:1 pause
}

# module_source MODULE VERSION: the folder of a module's source; the download is checked against Go's checksum database.
module_source() { GOWORK=off go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'; }

# of_version PROGRAM VERSION COMMAND…: runs the command with this version of the program in the place of that by default.
of_version() {
  local "${1}_version=$2"
  shift 2
  "$@"
}

# The version of the module in which a version of Prometheus is: v2.55.1 is v0.55.1, v3.5.0 is v0.305.0.
prometheus_module() {
  local major minor patch
  IFS=. read -r major minor patch <<<"${prometheus_version#v}"
  if ((major < 3)); then echo "v0.$minor.$patch"; else printf 'v0.%d%02d.%s\n' "$major" "$minor" "$patch"; fi
}

# The operator's default images. Built in their own modules, so that their dependencies are those of the release. As in the real
# image of Prometheus, promtool is there: a probe runs it.
build_prometheus() {
  cd "$(module_source github.com/prometheus/prometheus "$(prometheus_module)")" &&
    go_build "$1" "-X github.com/prometheus/common/version.Version=${prometheus_version#v}" ./cmd/prometheus ./cmd/promtool &&
    "$here/../../deploy/images/archive" "$1/image.tar" "quay.io/prometheus/prometheus:$prometheus_version" /bin/prometheus \
      "$1/prometheus=bin/prometheus" "$1/promtool=bin/promtool"
}

# The tag is its own: without it, it takes labels for slices that are strings, and the first gRPC answer ends it.
build_thanos() {
  cd "$(module_source github.com/thanos-io/thanos "$thanos_version")" &&
    go_build "$1" "-X github.com/prometheus/common/version.Version=${thanos_version#v}" -tags=slicelabels ./cmd/thanos &&
    image "$1" "quay.io/thanos/thanos:$thanos_version" thanos
}

# Stands before the programs of kube-prometheus.
build_kube_rbac_proxy() {
  cd "$(module_source github.com/brancz/kube-rbac-proxy "$kube_rbac_proxy_version")" &&
    go_build "$1" "" ./cmd/kube-rbac-proxy &&
    image "$1" "quay.io/brancz/kube-rbac-proxy:$kube_rbac_proxy_version" kube-rbac-proxy
}

# alertmanager_source FOLDER: the source of Alertmanager, in FOLDER. The module embeds web pages that its archive does not
# contain: without any file in their place it does not compile. The pages answer 404, and the API is whole.
alertmanager_source() {
  cp -r "$(module_source github.com/prometheus/alertmanager "$alertmanager_version")" "$1" &&
    chmod -R u+w "$1" &&
    mkdir -p "$1/ui/app/dist" &&
    touch "$1/ui/app/dist/none"
}

build_alertmanager() {
  local source=$1/source
  alertmanager_source "$source" &&
    cd "$source" &&
    go_build "$1" "-X github.com/prometheus/common/version.Version=${alertmanager_version#v}" ./cmd/alertmanager ./cmd/amtool &&
    rm -rf "$source" &&
    image "$1" "quay.io/prometheus/alertmanager:$alertmanager_version" alertmanager
}

# helm, its unit tests (helm-unittest), and jsonnet with its formatter and linter.
build_tools() {
  local helm=helm.sh/helm/v3 minor=${kubernetes_version#v1.} part flags
  flags="-X $helm/internal/version.version=$helm_version"
  # What `helm template` takes for the version of the cluster, which it does not ask.
  for part in chartutil lint/rules; do flags+=" -X $helm/pkg/$part.k8sVersionMajor=1 -X $helm/pkg/$part.k8sVersionMinor=${minor%%.*}"; done
  (cd "$(module_source $helm "$helm_version")" && go_build "$1" "$flags" ./cmd/helm) &&
    (cd "$(module_source github.com/helm-unittest/helm-unittest "$helm_unittest_version")" &&
      go_build "$1" "" ./cmd/helm-unittest) &&
    (cd "$(module_source github.com/google/go-jsonnet "$jsonnet_version")" &&
      go_build "$1" "" ./cmd/jsonnet ./cmd/jsonnetfmt ./cmd/jsonnet-lint)
}

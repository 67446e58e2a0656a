# One-node Kubernetes on this machine, without a container engine: see local/node.sh for how it stands apart from the machine.
# shellcheck shell=bash

for part in packages build process pki control_plane node dns images clean; do
  # shellcheck source=/dev/null
  source "$here/local/$part.sh"
done
unset part

enter=()

use_kubernetes() {
  require_go
  bin=$(kubernetes_bin)
}

build_control_plane() {
  use_kubernetes
  install_packages control_plane_packages
  build_set "$bin" build_kubernetes
}

# cluster_build NAME…: `kubernetes`, or a program that runs in pods.
cluster_build() {
  local name
  require_linux_root
  install_packages node_packages
  for name in "$@"; do
    case $name in
      kubernetes) build_control_plane ;;
      prometheus | alertmanager | thanos | kube-rbac-proxy) build_set "$("${name//-/_}_bin")" "build_${name//-/_}" ;;
      *) die "build: there is no '$name': use kubernetes, prometheus, alertmanager, thanos or kube-rbac-proxy" ;;
    esac
  done
  use_kubernetes
}

# Also into a node that was started for fewer of them.
load_programs() {
  local name
  for name in "${monitored[@]}"; do load_archive "$("${name//-/_}_bin")/image.tar"; done
}

cluster_control_plane() {
  build_control_plane
  if all_run etcd kube-apiserver && api_ready >/dev/null 2>&1; then return; fi
  clean
  mkdir -p "$run" "$log"
  api_ip=127.0.0.1
  # The address of the machine itself cannot be that of a Service, and nothing here asks for one.
  start_control_plane --endpoint-reconciler-type none
  say "cluster: the control plane answers; KUBECONFIG=$kubeconfig"
}

cluster_up() {
  cluster_build kubernetes "${monitored[@]}"
  if all_run "${node_programs[@]}" && node_ready >/dev/null 2>&1; then
    enter_node
    load_programs
    return
  fi
  clean
  local start=$SECONDS
  mkdir -p "$run" "$log"
  api_ip=$node_ip
  start_namespaces
  connect_node
  start_containerd
  start_control_plane
  make_node_pki
  load_archive "$bin/image.tar"
  start_controllers
  start_kubelet
  start_kube_proxy
  start_dns
  load_programs
  wait_ready kubelet 60 node_ready
  wait_ready coredns 30 in_node bash -c 'exec 3<>/dev/tcp/127.0.0.1/8181; printf "GET /ready HTTP/1.0\r\n\r\n" >&3; grep -q "200 OK" <&3'
  wait_ready kube-controller-manager 30 kubectl get serviceaccount default
  say "cluster: ready after $(seconds_since "$start"); KUBECONFIG=$kubeconfig"
}

node_ready() { [[ $(kubectl get node "$node" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]; }

cluster_down() { clean; }

cluster_status() {
  use_kubernetes
  api_ready >/dev/null 2>&1 || { echo "local: no cluster"; return 1; }
  if pid_of namespaces >/dev/null; then echo "local: one node, KUBECONFIG=$kubeconfig"; else echo "local: control plane only, KUBECONFIG=$kubeconfig"; fi
}

cluster_kubeconfig() { echo "$kubeconfig"; }

cluster_earlier() { echo "$earlier_prometheus_version $earlier_alertmanager_version"; }

cluster_versions() {
  local program=$1 version
  shift
  [[ $program == prometheus || $program == alertmanager ]] || die "versions: there is no '$program': use prometheus or alertmanager"
  for version in "$@"; do
    [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "versions: '$version' is no version: write it like v3.5.0"
    of_version "$program" "$version" load_version "$program"
  done
}

load_version() {
  cluster_build "$1"
  cluster_load "$("${1}_bin")/image.tar"
}

cluster_kubectl() {
  use_kubernetes
  [[ -x $bin/kubectl ]] || die "kubectl is not built yet: run 'cluster build'"
  echo "$bin/kubectl"
}

cluster_load() {
  enter_node
  local archive
  for archive in "$@"; do load_archive "$archive"; done
}

cluster_logs() {
  [[ ! -d $log ]] || cp -r "$log/." "$1/"
}

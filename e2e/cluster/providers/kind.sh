# Kubernetes in a container (https://kind.sigs.k8s.io). `kind` decides the Kubernetes version; KIND_IMAGE overrides it.
# shellcheck shell=bash

readonly kind_name=prometheus-operator-rs
# kind speaks to docker unless told otherwise.
KIND_EXPERIMENTAL_PROVIDER=$(container_engine) || die "kind needs a container engine that answers: start docker or podman"
export KIND_EXPERIMENTAL_PROVIDER

cluster_build() { cluster_kubectl >/dev/null; }
cluster_control_plane() { cluster_up; }
cluster_kubeconfig() { echo "$kubeconfig"; }
cluster_kubectl() { command -v kubectl || die "kubectl is not installed: see https://kubernetes.io/docs/tasks/tools/"; }

cluster_status() {
  [[ -f $kubeconfig ]] && "$(cluster_kubectl)" --kubeconfig "$kubeconfig" get --raw /readyz --request-timeout=5s >/dev/null 2>&1 || return 1
  echo "kind: $kind_name answers"
}

cluster_up() {
  if cluster_status >/dev/null; then return; fi
  cluster_down # what an interrupted creation left
  mkdir -p "$state"
  # kubelet: as in local/node.sh, configuration shall reach the pods in seconds.
  kind create cluster --name "$kind_name" --kubeconfig "$kubeconfig" --wait 180s ${KIND_IMAGE:+--image "$KIND_IMAGE"} --config - <<CONFIG
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
  - |
    kind: KubeletConfiguration
    syncFrequency: 10s
CONFIG
}

cluster_down() {
  kind delete cluster --name "$kind_name" --kubeconfig "$kubeconfig"
  rm -rf "$state"
}

cluster_load() {
  local archive
  for archive in "$@"; do kind load image-archive --name "$kind_name" "$archive"; done
}

# Its nodes pull whatever version they are asked for.
cluster_earlier() { :; }
cluster_versions() { :; }
cluster_logs() { kind export logs --name "$kind_name" "$1"; }

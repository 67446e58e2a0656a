# The cluster of the user's KUBECONFIG. It is theirs: nothing is created here and nothing is removed.
# shellcheck shell=bash

cluster_up() {
  cluster_status >/dev/null || die "no cluster answers at KUBECONFIG=$KUBECONFIG: start it, or unset KUBECONFIG to get a local one"
}
cluster_control_plane() { cluster_up; }
cluster_build() { :; }
cluster_down() { say "cluster: KUBECONFIG is yours; the cluster stays as it is"; }
cluster_kubeconfig() { echo "$KUBECONFIG"; }
cluster_kubectl() { command -v kubectl || die "kubectl is not installed: see https://kubernetes.io/docs/tasks/tools/"; }
# Its nodes pull whatever version they are asked for.
cluster_earlier() { :; }
cluster_versions() { :; }
cluster_logs() { :; }

cluster_status() {
  local kubectl
  kubectl=$(cluster_kubectl)
  "$kubectl" get --raw /readyz --request-timeout=5s >/dev/null || return 1
  echo "existing: $("$kubectl" config current-context) answers"
}

cluster_load() {
  die "images cannot be loaded into a cluster we do not know: push them to a registry it can pull from, and name them in deploy/"
}

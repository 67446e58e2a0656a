# Where the cluster keeps its things, and the versions it is made of. Sourced; changes nothing.
# shellcheck shell=bash disable=SC2034 # the scripts that source this file use the values

# Built binaries outlive checkouts and are never half there: see local/build.sh.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/prometheus-operator-rs
# Everything of one running cluster; `down` removes it. The control plane needs no root, so others get a folder they can write.
if [[ -n ${CLUSTER_STATE:-} ]]; then
  state=$CLUSTER_STATE
elif [[ $(id -u) -eq 0 ]]; then
  state=/var/lib/prometheus-operator-rs
else
  state=${XDG_STATE_HOME:-$HOME/.local/state}/prometheus-operator-rs
fi
run=$state/run log=$state/log pki=$state/pki
kubeconfig=$state/admin.kubeconfig

# The versions, pinned here and (Kubernetes with etcd and CoreDNS, which must fit together) in tools/kubernetes/go.mod.
# The monitored programs are those that the operator runs by default.
prometheus_version=v3.13.2
alertmanager_version=v0.33.1
thanos_version=v0.42.4
kubernetes_version=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$here/tools/kubernetes/go.mod")
go_minimum=1.26

# Addresses from the range for benchmarks (RFC 2544), which no real network uses: the machine gets routes to them.
host_ip=198.18.0.1 node_ip=198.18.0.2
pod_range=198.18.1.0/24
service_range=198.19.0.0/16 api_service_ip=198.19.0.1 dns_service_ip=198.19.0.10
# Unusual ports, so that `control-plane` runs beside another cluster of the machine; and beside another of ours, with a
# CLUSTER_STATE and a CLUSTER_PORT_OFFSET of its own.
port_offset=${CLUSTER_PORT_OFFSET:-0}
api_port=$((16443 + port_offset)) etcd_port=$((12379 + port_offset)) etcd_peer_port=$((12380 + port_offset))
node=local

# only_one_at_a_time COMMAND: two scripts that start or stop things at once would undo each other's work.
# Programs that stay must not inherit the lock (start closes it), or the next command would wait for them.
only_one_at_a_time() {
  mkdir -p "$cache"
  exec {lock}>"$cache/cluster.lock"
  flock --nonblock "$lock" && return
  say "cluster: another cluster command is at work; '$1' waits for it"
  flock --timeout 1800 "$lock" || die "the other cluster command did not end within 30 minutes"
}

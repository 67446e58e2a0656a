# Where the cluster keeps its things, and the versions it is made of. Sourced; changes nothing.
# shellcheck shell=bash disable=SC2034 # the scripts that source this file use the values

# Built binaries outlive checkouts and are never half there: see local/build.sh.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/prometheus-operator-rs
# Everything of one running cluster; `down` removes it. The control plane needs no root, so others get a folder they can write.
# CLUSTER_NUMBER (0 to 63) makes several clusters of one machine independent: each has its own folder, ports and addresses.
number=${CLUSTER_NUMBER:-0}
[[ $number =~ ^([0-9]|[1-5][0-9]|6[0-3])$ ]] || die "CLUSTER_NUMBER '$number' is not a number from 0 to 63"
if [[ -n ${CLUSTER_STATE:-} ]]; then
  state=$CLUSTER_STATE
elif [[ $(id -u) -eq 0 ]]; then
  state=/var/lib/prometheus-operator-rs
else
  state=${XDG_STATE_HOME:-$HOME/.local/state}/prometheus-operator-rs
fi
[[ $number -eq 0 || -n ${CLUSTER_STATE:-} ]] || state+=-$number
run=$state/run log=$state/log pki=$state/pki
kubeconfig=$state/admin.kubeconfig

# The versions, pinned here and (Kubernetes with etcd and CoreDNS, which must fit together) in tools/kubernetes/go.mod.
# The monitored programs are those that the operator runs by default.
prometheus_version=v3.16.0
alertmanager_version=v0.35.0
thanos_version=v0.42.4
# What distributions of the operator bring.
kube_rbac_proxy_version=v0.22.1
# Earlier ones, whose promtool and amtool judge what is written for their versions, and from which workloads are moved.
earlier_prometheus_version=v3.13.2
earlier_alertmanager_version=v0.33.1
# What charts, libraries and dashboards are written with; nothing of it runs in the cluster.
helm_version=v3.22.0
helm_unittest_version=v1.1.2
jsonnet_version=v0.22.0
read -ra monitored <<<"${CLUSTER_PROGRAMS:-prometheus alertmanager thanos}"
kubernetes_version=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$here/tools/kubernetes/go.mod")
go_minimum=1.26

# Addresses from the range for benchmarks (RFC 2544), which no real network uses: the machine gets routes to them.
host_ip=198.18.$((4 * number)).1 node_ip=198.18.$((4 * number)).2
pod_range=198.18.$((4 * number + 1)).0/24
service_network=198.19.$((4 * number))
service_range=$service_network.0/22 api_service_ip=$service_network.1 dns_service_ip=$service_network.10
# Unusual ports, so that the cluster runs beside another of the machine. A control plane, which has no addresses of its own, can
# also be told apart by CLUSTER_STATE and CLUSTER_PORT_OFFSET alone.
port_offset=${CLUSTER_PORT_OFFSET:-$((100 * number))}
api_port=$((16443 + port_offset)) etcd_port=$((12379 + port_offset)) etcd_peer_port=$((12380 + port_offset))
node=local

# only_one_at_a_time COMMAND: two scripts that start or stop one cluster at once would undo each other's work.
# Programs that stay must not inherit the lock (start closes it), or the next command would wait for them.
only_one_at_a_time() {
  mkdir -p "$cache/locks"
  exec {lock}>"$cache/locks/$(printf %s "$state" | sha256sum | cut -c1-8)"
  flock --nonblock "$lock" && return
  say "cluster: another command is at work on this cluster; '$1' waits for it"
  flock --timeout 1800 "$lock" || die "the other command did not end within 30 minutes"
}

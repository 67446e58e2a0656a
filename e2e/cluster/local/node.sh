# The node: containerd, kubelet, kube-proxy, CoreDNS and the control plane, all inside namespaces of their own.
#
# With the first process of the process namespace end all others, containers included, and with them every mount, network
# interface, iptables rule and sysctl. So nothing has to be undone one by one, whatever was killed before.
# shellcheck shell=bash

# What is the machine's own is named after the folder of the cluster, so that `down` of one cluster leaves another alone.
state_digest=$(printf %s "$state" | sha256sum | cut -c1-8)
readonly state_digest link=pmo-$state_digest cgroup=prometheus-operator-rs-$state_digest
node_programs=(namespaces etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy coredns)

# Runs as process 1 of the namespaces, as `bash -c`. It adopts what containerd leaves behind, and bash reaps what it adopts.
# Folders that programs write to by a fixed path are covered, so that the machine's own stay as they are.
first_process() {
  exec {kept}<"$1"
  local folder
  # Without a note of the mount (-n): it would be made in the machine's own /run.
  for folder in /run /var/log /var/lib; do mount -n -t tmpfs tmpfs "$folder"; done
  # The container runtime asks for propagation; these namespaces are private, so that it ends here.
  mount -n --make-rshared /
  mkdir -p "$1"
  # By the open folder, as its path now leads to the cover: hence the link must not be resolved to that path first.
  mount --no-canonicalize --rbind "/proc/self/fd/$kept" "$1"
  exec {kept}<&-
  ip link set lo up
  touch "$1/run/namespaces.ready"
  while true; do sleep infinity & wait; done
}

in_node() { "${enter[@]}" "$@"; }

start_namespaces() {
  local script
  script="$(declare -f first_process); set -e; first_process $(printf %q "$state")"
  start namespaces unshare --pid --mount --net --uts --fork --kill-child --mount-proc bash -c "$script"
  wait_ready namespaces 10 test -e "$run/namespaces.ready"
  enter_node
}

# enter_node: sets `enter` to the command that leads into the namespaces of the running node.
enter_node() {
  local outside first
  outside=$(pid_of namespaces) || die "the local node does not run: start it with 'cluster up'"
  first=$(cat "/proc/$outside/task/$outside/children")
  enter=(nsenter "--target=${first// /}" --pid --mount --net --uts --)
}

# The machine and the node are joined by one cable; the machine gets routes to pods and services.
connect_node() {
  ip link add "$link" type veth peer name eth0 netns "${enter[1]#--target=}"
  ip addr add "$host_ip/30" dev "$link"
  ip link set "$link" up
  in_node ip addr add "$node_ip/30" dev eth0
  in_node ip link set eth0 up
  in_node ip route add default via "$host_ip"
  in_node sysctl -qw net.ipv4.ip_forward=1
  # Without this, answers between two pods of the bridge would miss kube-proxy's translation. Absent where it is built in as off.
  in_node sysctl -qw net.bridge.bridge-nf-call-iptables=1 || say "cluster: no br_netfilter; a pod may fail to reach itself by a service"
  ip route add "$pod_range" via "$node_ip"
  ip route add "$service_range" via "$node_ip"
}

start_containerd() {
  # overlayfs cannot stand on overlayfs, which is what this folder is on when this machine is itself a container.
  local snapshotter=overlayfs
  [[ $(stat -f -c %T "$state") != overlayfs ]] || snapshotter=native
  mkdir -p "$state/cni"
  cat >"$state/cni/10-node.conflist" <<CONFIG
{"cniVersion": "1.0.0", "name": "node", "plugins": [{
  "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pod_range"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
CONFIG
  cat >"$state/containerd.toml" <<CONFIG
version = 2
root = "$state/containerd"
state = "$run/containerd"
[grpc]
address = "$run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "localhost/pause:1"
disable_apparmor = true
# Lowering the score needs a capability that root of a container lacks.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "$snapshotter"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "$state/cni"
CONFIG
  start containerd "${enter[@]}" containerd --config "$state/containerd.toml"
  wait_ready containerd 30 ctr version
}

start_kubelet() {
  # On cgroup v1 there is a tree per controller, on v2 one for all.
  local tree
  for tree in /sys/fs/cgroup /sys/fs/cgroup/*/; do
    [[ ! -e $tree/cgroup.procs ]] || [[ ! -e /sys/fs/cgroup/cgroup.procs && $tree == /sys/fs/cgroup ]] || mkdir -p "$tree/$cgroup"
  done
  cat >"$state/kubelet.yaml" <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$run/containerd.sock
podLogsDir: $log/pods
volumePluginDir: $state/kubelet/volume-plugins
clusterDomain: cluster.local
clusterDNS: [$dns_service_ip]
# The machine's name servers cannot be reached from the node.
resolvConf: ""
# A changed Secret reaches its volume at the next sync of the pod: 10 s, not the default minute, keeps the tests short.
syncFrequency: 10s
# All groups of the pods below one, which \`down\` removes.
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
# A full disk of a developer's machine is no reason to evict.
evictionHard: {}
CONFIG
  start kubelet "${enter[@]}" "$bin/kubelet" --config "$state/kubelet.yaml" --kubeconfig "$state/kubelet.kubeconfig" \
    --root-dir "$state/kubelet" --hostname-override "$node" --node-ip "$node_ip"
}

start_kube_proxy() {
  cat >"$state/kube-proxy.yaml" <<CONFIG
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $state/kube-proxy.kubeconfig}
clusterCIDR: $pod_range
hostnameOverride: $node
# These would be settings of the whole machine.
conntrack: {maxPerCore: 0, min: 0}
CONFIG
  start kube-proxy "${enter[@]}" "$bin/kube-proxy" --config "$state/kube-proxy.yaml"
}

start_controllers() {
  start kube-controller-manager "${enter[@]}" "$bin/kube-controller-manager" --leader-elect=false --bind-address 127.0.0.1 \
    --kubeconfig "$state/kube-controller-manager.kubeconfig" --use-service-account-credentials \
    --service-account-private-key-file "$pki/service-account.key" --root-ca-file "$pki/ca.crt" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key"
  start kube-scheduler "${enter[@]}" "$bin/kube-scheduler" --leader-elect=false --bind-address 127.0.0.1 \
    --kubeconfig "$state/kube-scheduler.kubeconfig"
}

# etcd and the API server. `enter` is the command that leads into the node's namespaces, or nothing (see node.sh).
# shellcheck shell=bash

kubectl() { "$bin/kubectl" --kubeconfig "$kubeconfig" "$@"; }

api_ready() { [[ -f $kubeconfig ]] && kubectl get --raw /readyz --request-timeout=2s; }

# start_control_plane: at $api_ip.
start_control_plane() {
  make_pki
  local etcd=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$etcd_peer_port
  # The data is thrown away: it need not reach the disk.
  start etcd "${enter[@]}" "$bin/etcd" --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
  start kube-apiserver "${enter[@]}" "$bin/kube-apiserver" --etcd-servers "$etcd" \
    --bind-address "$api_ip" --advertise-address "$api_ip" --secure-port "$api_port" "$@" \
    --tls-cert-file "$pki/kube-apiserver.crt" --tls-private-key-file "$pki/kube-apiserver.key" \
    --client-ca-file "$pki/ca.crt" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$pki/service-account.pub" \
    --service-account-signing-key-file "$pki/service-account.key" --service-cluster-ip-range "$service_range" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP --allow-privileged \
    --kubelet-client-certificate "$pki/kube-apiserver-kubelet-client.crt" \
    --kubelet-client-key "$pki/kube-apiserver-kubelet-client.key"
  # An API server without its database waits for long and says little: the database's end is the better message.
  wait_ready kube-apiserver 90 api_ready
}

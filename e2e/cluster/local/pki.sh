# Certificates and kubeconfigs of the local cluster: one authority, one certificate per program.
# EC keys, because they take a hundredth of the time of RSA keys to make. PKCS #8, which every TLS library reads.
# shellcheck shell=bash

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

# certificate NAME SUBJECT [ALTERNATIVE-NAMES]
certificate() {
  local name=$pki/$1 subject=$2 alternative_names=${3:-}
  new_key "$name.key"
  openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 365 -out "$name.crt" \
    -extfile <(
      echo "extendedKeyUsage=clientAuth,serverAuth"
      [[ -z $alternative_names ]] || echo "subjectAltName=$alternative_names"
    ) 2>/dev/null
}

# client NAME SUBJECT: a certificate and a kubeconfig that holds it, so that the one file is enough.
client() {
  certificate "$1" "$2"
  kubeconfig_for "$1"
}

kubeconfig_for() {
  local name=$1
  cat >"$state/$name.kubeconfig.new" <<CONFIG
apiVersion: v1
kind: Config
current-context: prometheus-operator-rs
contexts:
  - name: prometheus-operator-rs
    context: {cluster: local, user: $name}
clusters:
  - name: local
    cluster:
      server: https://$api_ip:$api_port
      certificate-authority-data: $(base64 -w0 <"$pki/ca.crt")
users:
  - name: $name
    user:
      client-certificate-data: $(base64 -w0 <"$pki/$name.crt")
      client-key-data: $(base64 -w0 <"$pki/$name.key")
CONFIG
  mv "$state/$name.kubeconfig.new" "$state/$name.kubeconfig"
}

# make_pki: for an API server at $api_ip.
make_pki() {
  mkdir -p "$pki"
  chmod 700 "$pki"
  new_key "$pki/service-account.key"
  openssl pkey -in "$pki/service-account.key" -pubout -out "$pki/service-account.pub"
  new_key "$pki/ca.key"
  openssl req -x509 -new -key "$pki/ca.key" -days 365 -subj /CN=prometheus-operator-rs -out "$pki/ca.crt"
  # All names of the Service, of which monitors check any.
  local service_names=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local
  certificate kube-apiserver /CN=kube-apiserver "DNS:localhost,$service_names,IP:$api_ip,IP:$api_service_ip"
  certificate kube-apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  client admin /O=system:masters/CN=admin
}

# The programs of the node, each with the name that Kubernetes' own roles are bound to.
make_node_pki() {
  certificate kubelet "/O=system:nodes/CN=system:node:$node" "DNS:$node,IP:$node_ip"
  kubeconfig_for kubelet
  client kube-controller-manager /CN=system:kube-controller-manager
  client kube-scheduler /CN=system:kube-scheduler
  client kube-proxy /CN=system:kube-proxy
  client coredns /CN=coredns
}

# Names inside the cluster.
# shellcheck shell=bash

start_dns() {
  sed -e "s/\${dns_service_ip}/$dns_service_ip/" -e "s/\${node_ip}/$node_ip/" "$here/local/dns.yaml" |
    kubectl apply --server-side -f - >/dev/null
  cat >"$state/Corefile" <<CONFIG
.:53 {
  bind $node_ip
  ready 127.0.0.1:8181
  errors
  # Tests replace pods and ask for them at once.
  cache 1
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $state/coredns.kubeconfig
    ttl 1
  }
  # There is no name server to ask further: other names do not exist, as a real one would say, rather than fail for a while.
  template ANY ANY . {
    rcode NXDOMAIN
  }
}
CONFIG
  start coredns "${enter[@]}" "$bin/coredns" -conf "$state/Corefile"
}

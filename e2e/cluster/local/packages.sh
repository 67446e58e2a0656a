# What the machine must have: root, Debian packages, Go. Says what to do where something is missing.
# shellcheck shell=bash

# A command (or file) that proves that a package is there, and the package.
readonly -A node_packages=(
  [containerd]=containerd
  [runc]=runc
  [/usr/lib/cni/bridge]=containernetworking-plugins
  [iptables]=iptables
  [ip]=iproute2
)
readonly -A control_plane_packages=(
  [openssl]=openssl
  [/etc/ssl/certs/ca-certificates.crt]=ca-certificates
)

require_linux_root() {
  [[ $(uname -s) == Linux ]] || die "the local cluster runs on Linux only: install a container engine and kind, or set KUBECONFIG"
  [[ $(id -u) -eq 0 ]] || die "the local cluster starts containers and needs root: run this with sudo -E, or install a container engine and kind, or set KUBECONFIG"
}

require_go() {
  command -v go >/dev/null || die "Go is not installed: the local cluster is built from Go modules; install Go $go_minimum or newer from https://go.dev/dl/"
  local found
  found=$(go env GOVERSION)
  [[ $(printf 'go%s\n%s\n' "$go_minimum" "$found" | sort -V | head -n1) == "go$go_minimum" ]] ||
    die "$found is too old: Kubernetes $kubernetes_version needs Go $go_minimum or newer, from https://go.dev/dl/"
}

# install_packages TABLE: installs the packages of the table that are missing.
install_packages() {
  local -n table=$1
  local proof missing=()
  for proof in "${!table[@]}"; do
    [[ -e $proof ]] || command -v "$proof" >/dev/null || missing+=("${table[$proof]}")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  command -v apt-get >/dev/null || die "missing: ${missing[*]} (names as in Debian). This system has no apt-get: install them by hand, or use kind"
  [[ $(id -u) -eq 0 ]] || die "missing: run 'sudo apt-get install ${missing[*]}'"
  say "cluster: installing ${missing[*]}"
  mkdir -p "$cache"
  {
    apt-get update --quiet &&
      DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
  } >"$cache/apt.log" 2>&1 || {
    tail -n 20 "$cache/apt.log" >&2
    die "apt-get could not install ${missing[*]}; see $cache/apt.log"
  }
}

# The end of the local cluster: of a healthy one, and of whatever a crash left.
# shellcheck shell=bash

clean() {
  # KILL throughout: the data is thrown away, and an API server without its database takes a minute to end by itself.
  stop namespaces KILL
  local name
  for name in $(recorded_names); do stop "$name" KILL; done
  if [[ $(id -u) -eq 0 ]]; then # others had a control plane at most
    # The kernel removes the far end with the node's network some moments later: both ends go with this one.
    ip link delete "$link" 2>/dev/null || true
    remove_cgroups
  fi
  remove_state
}

# Empty by now, but the kernel accepts that only when the last task is reaped.
remove_cgroups() {
  local root
  for root in /sys/fs/cgroup/"$cgroup" /sys/fs/cgroup/*/"$cgroup"; do
    [[ -d $root ]] || continue
    wait_until 10 remove_tree_of_groups "$root" || say "cluster: $root is still in use and stays"
  done
}
remove_tree_of_groups() { find "$1" -depth -type d -exec rmdir {} +; }

remove_state() {
  [[ -d $state ]] || return 0
  # Only paths under our own folder, deepest first; there are none unless the kernel had no mount namespaces to offer.
  awk -v prefix="$state/" 'index($2, prefix) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount --lazy
  rm -rf --one-file-system "$state"
}

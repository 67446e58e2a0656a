# Words and waits that every script of the project shares. Sourced; changes nothing.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# seconds_since START: START is a value of $SECONDS.
seconds_since() { echo "$((SECONDS - $1)) s"; }

# wait_until SECONDS COMMAND…: until COMMAND succeeds; fails at the deadline. What it waits for is told by the caller.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# container_engine: the name of the engine that answers. The command alone proves nothing: its daemon may be absent.
container_engine() {
  local engine
  for engine in docker podman; do
    if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
      echo "$engine"
      return
    fi
  done
  return 1
}

# Programs that outlive the script that starts them, and how they are found again.
#
# A record is the process id, its start time and the boot it belongs to: a number alone may by now be somebody else's.
# shellcheck shell=bash

readonly boot_id_file=/proc/sys/kernel/random/boot_id

# start_time PID: field 22 of its stat (proc(5)); the command name before it may hold spaces, so it is cut off first.
# A zombie has ended; its parent, process 1 of some containers, may take seconds to notice.
start_time() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -r -a fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z ]] && echo "${fields[19]}"
}

# start NAME COMMAND…: in the background, with its own session, log and record.
# The process writes its record before it becomes COMMAND: whoever kills this script, none is left unrecorded.
start() {
  local name=$1
  shift
  declare -fx start_time
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid bash -c '
    echo "$$ $(start_time $$) $(cat "$2")" >"$1.pid.new" && mv "$1.pid.new" "$1.pid" && shift 2 && exec "$@"
  ' start "$run/$name" "$boot_id_file" "$@" >"$log/$name.log" 2>&1 </dev/null {lock}>&- &
  wait_until 10 recorded "$name" || die "$name did not start; see $log/$name.log"
}

recorded() { [[ -s $run/$1.pid ]]; }

# pid_of NAME: its process id, if the recorded process is the one that has the number now.
pid_of() {
  local pid started boot
  read -r pid started boot 2>/dev/null <"$run/$1.pid" || return 1
  [[ $boot == "$(cat "$boot_id_file")" && $started == "$(start_time "$pid")" ]] || return 1
  echo "$pid"
}

recorded_names() {
  local record
  for record in "$run"/*.pid; do
    [[ ! -e $record ]] || basename "$record" .pid
  done
}

all_run() {
  local name
  for name in "$@"; do pid_of "$name" >/dev/null || return 1; done
}

# stop NAME SIGNAL: sends it and waits until the process is gone.
stop() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  wait_until 10 gone "$1" || die "$1 (process $pid) does not end"
}

gone() { ! pid_of "$1"; }

# wait_ready NAME SECONDS COMMAND…: until COMMAND succeeds. Fails at the deadline, or at once when the program has ended,
# with the last lines of its log.
wait_ready() {
  local name=$1 seconds=$2
  shift 2
  # shellcheck disable=SC2317 # called by wait_until
  succeeds_or_ended() { "$@" || gone "$name"; }
  if wait_until "$seconds" succeeds_or_ended "$@" && "$@" >/dev/null 2>&1; then return; fi
  say "cluster: the last lines of $log/$name.log:"
  tail -n 20 "$log/$name.log" >&2 || true
  if gone "$name"; then die "$name has ended"; fi
  die "$name is not ready after $seconds s (waited for: $*)"
}

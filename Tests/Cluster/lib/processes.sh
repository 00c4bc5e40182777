# shellcheck shell=bash disable=SC2034
# Processes of ours: started, watched and ended by pid and start time.

# A pid file holds the pid and its start time, so that a reused pid is never
# taken for ours.
# shellcheck disable=SC2086
ptime() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; set -- ${s##*) }; [ "$1" != Z ] || return 1; echo "${20}"; }
alive() { local p t; [ -e "$RUN/pids/$1" ] && read -r p t <"$RUN/pids/$1" && [ "$(ptime "$p" || true)" = "$t" ]; }
pid_of() { local p t; read -r p t <"$RUN/pids/$1"; echo "$p"; }
start() { # NAME COMMAND...
  local name=$1 p; shift
  alive "$name" && return 0
  mkdir -p "$RUN/pids" "$RUN/logs"
  setsid "$@" >>"$RUN/logs/$name.log" 2>&1 </dev/null 9>&- &
  p=$!
  echo "$p $(ptime "$p" || true)" >"$RUN/pids/$name"
}
stop() { # NAME [SIGNAL]
  local name=$1 sig=${2:-TERM} p i
  if alive "$name"; then
    p=$(pid_of "$name")
    kill "-$sig" "$p" 2>/dev/null || true
    for i in $(seq 100); do alive "$name" || break; [ "$i" != 70 ] || kill -KILL "$p" 2>/dev/null || true; sleep 0.1; done
    alive "$name" && die "$name (pid $p) does not end"
  fi
  rm -f "$RUN/pids/$name"
}
wait_for() { # SECONDS WHAT NAME COMMAND...
  local end=$(($(date +%s) + $1)) what=$2 name=$3; shift 3
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ "$(date +%s)" -ge "$end" ]; then
      tail -n 25 "$RUN/logs/$name.log" >&2 || true
      die "$what not ready (see $RUN/logs/$name.log)"
    fi
    sleep 0.2
  done
}

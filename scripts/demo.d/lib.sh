# shellcheck shell=bash disable=SC2034
# What the steps of the demo share.

work=$(mktemp -d)
namespace=etcdrecover-demo
system=etcdrecover-system
address=${ETCDRECOVER_TEST_ADDRESS:-127.0.0.1} # where the API server reaches this machine
started=$SECONDS step_started=$SECONDS step_name='' steps_done=()
pids=() # of what runs in the background: ours to end

k() { kubectl --kubeconfig "$ETCDRECOVER_TEST_KUBECONFIG" --request-timeout=30s "$@"; }
plugin() { kubectl etcdrecover "$@"; }

bold= plain=
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
step() { # TITLE: ends the step before
  end_step
  step_name=$1 step_started=$SECONDS
  printf '\n%s%d. %s%s\n' "$bold" "$((${#steps_done[@]} + 1))" "$1" "$plain"
}
end_step() {
  [ -n "$step_name" ] || return 0
  steps_done+=("$(printf '%3d s  %s' $((SECONDS - step_started)) "$step_name")")
  step_name=
}
note() { printf '   %s\n' "$*"; }
indent() { sed 's/^/   /'; }
surprise() { printf '\n   UNEXPECTED: %s\n' "$*"; exit 1; }
expect() { # WHAT ACTUAL EXPECTED
  [ "$2" = "$3" ] || surprise "$1 is '$2', not '$3'"
}
within() { # SECONDS WHAT COMMAND...: until the command succeeds
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || surprise "$what did not come true in time"
    sleep 0.2
  done
}

# Kubernetes' TokenRequest; `kubectl create token` is younger than Debian 12's kubectl.
token_of() { # NAMESPACE SERVICEACCOUNT
  k create --raw "/api/v1/namespaces/$1/serviceaccounts/$2/token" -f - <<<'{
    "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}}' |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["status"]["token"])'
}
free_ports() { # N
  python3 - "$1" <<'P'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])
P
}

clean_up() {
  local status=$? p
  trap - EXIT INT TERM
  if [ "$status" != 0 ] && [ "$status" -lt 128 ] && [ -n "$step_name" ]; then
    printf '\nThe demo failed in step %d, %s.\n' "$((${#steps_done[@]} + 1))" "$step_name"
    for p in "$work"/replica-*.log; do
      if [ -e "$p" ]; then echo "Last lines of ${p##*/}:"; tail -n 8 "$p" | indent; fi
    done
  fi
  for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
  for p in "${pids[@]}"; do wait "$p" 2>/dev/null || true; done
  # A cluster of our own is thrown away as a whole; in another, what was installed here is removed.
  if [ -n "${CLUSTER:-}" ] && [ -e "$work/installed" ]; then
    k delete namespace "$namespace" --ignore-not-found >/dev/null || true
    k delete --ignore-not-found -f "$work/installed" >/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

summary() {
  end_step
  printf '\n%sDone in %d s, nothing unexpected:%s\n' "$bold" $((SECONDS - started)) "$plain"
  printf '   %s\n' "${steps_done[@]}"
}

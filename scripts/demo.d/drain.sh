# shellcheck shell=bash
step "End both replicas with SIGTERM; they drain and exit with 0"

kill -TERM "$replica_a" "$replica_b"
for p in "$replica_a" "$replica_b"; do
  status=0; wait "$p" || status=$?
  expect "the exit status of a replica" "$status" 0
done
leaked=$(cat "$work"/replica-*.log | grep -c 'demo-secret-access-key\|DEMOACCESSKEY\|PRIVATE KEY' || true)
expect "number of credentials in their logs" "$leaked" 0
note "$(cat "$work"/replica-*.log | wc -l) log lines, no credential in them"
summary

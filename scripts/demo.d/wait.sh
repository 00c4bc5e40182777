# shellcheck shell=bash
step "kubectl etcdrecover backup create --wait follows a backup to its end"
note "(the backup controller is not part of this yet: a script writes the status that it would write)"

# Writes one status after the other, as the controller does, through the status subresource.
play_controller() { # NAME
  local url=/apis/operator.etcd.io/v1alpha1/namespaces/$namespace/etcdbackups/$1 phase
  until k get --raw "$url" >/dev/null 2>&1; do sleep 0.2; done
  for phase in Pending Snapshotting Uploading Completed; do
    sleep 1
    k get --raw "$url" | python3 "$steps/status.py" "$phase" | k replace --raw "$url/status" -f - >/dev/null
  done
}
play_controller before-upgrade & player=$!; pids+=("$player")
plugin backup create before-upgrade --kubeconfig "$ETCDRECOVER_TEST_KUBECONFIG" -n "$namespace" --cluster prod \
  --provider s3 --bucket etcd-backups --prefix prod --endpoint https://s3.example.com --secret store --retain 7 \
  --wait --wait-timeout 60s 2>&1 | indent || surprise "backup create --wait ended with status $?"
wait "$player" || surprise "the status could not be written"
k -n "$namespace" get etcdbackups | indent

note
note "a backup that fails ends it with status 1, and its reason:"
play_failure() {
  local url=/apis/operator.etcd.io/v1alpha1/namespaces/$namespace/etcdbackups/doomed
  until k get --raw "$url" >/dev/null 2>&1; do sleep 0.2; done
  k get --raw "$url" | python3 "$steps/status.py" Failed | k replace --raw "$url/status" -f - >/dev/null
}
play_failure & player=$!; pids+=("$player")
status=0
plugin backup create doomed --kubeconfig "$ETCDRECOVER_TEST_KUBECONFIG" -n "$namespace" --cluster prod \
  --provider s3 --bucket etcd-backups --prefix prod --endpoint https://s3.example.com --secret store --retain 7 \
  --wait --wait-timeout 60s >"$work/doomed" 2>&1 || status=$?
indent <"$work/doomed"
wait "$player" || surprise "the status could not be written"
expect "its exit status" "$status" 1

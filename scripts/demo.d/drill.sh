# shellcheck shell=bash
step "The drill: back up, restore into a scratch cluster, prove both equal, clean up"
drill=(roundtrip main -n "$namespace" --prefix drills "${store[@]}")
printf '   $ kubectl etcdrecover %s\n' "${drill[*]}"
plugin "${drill[@]}" >"$work/drill" 2>&1 || {
  indent <"$work/drill"
  k -n "$system" logs deployment/etcdrecover-controller --tail=20 | indent
  surprise "the drill failed"
}
indent <"$work/drill"
grep -q '^The backup restores' "$work/drill" || surprise "nothing was proved"
expect "what is left" "$(k -n "$namespace" get etcdclusters -o name)" etcdcluster.operator.etcd.io/main
summary

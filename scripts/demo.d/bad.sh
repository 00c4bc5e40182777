# shellcheck shell=bash
step "Apply bad manifests; each is refused, with everything that is wrong and where"

refused=0
for f in "$steps"/bad/*.yaml; do
  name=$(basename "$f" .yaml)
  printf '\n   %s\n' "$(head -1 "$f")"
  if k -n "$namespace" apply -f "$f" >"$work/$name.applied" 2>&1; then surprise "$f was accepted"; fi
  indent <"$work/$name.applied"
  grep -q 'denied the request\|is invalid' "$work/$name.applied" || surprise "not a refusal of ours"
  refused=$((refused + 1))
done
[ "$refused" -ge 8 ] || surprise "only $refused manifests"
expect "what is stored" "$(k -n "$namespace" get etcdbackups,etcdrestores -o name)" etcdbackup.operator.etcd.io/nightly

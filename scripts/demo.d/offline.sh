# shellcheck shell=bash
step "Offline, kubectl etcdrecover validate says the very same"

# What step 4 printed, one "path: message" a line. kubectl begins each cause with "* " where there are several.
refusals() { python3 "$steps/refusals.py" "$@"; }
for f in "$steps"/bad/*.yaml; do
  name=$(basename "$f" .yaml)
  # The same surroundings as in the cluster, from manifests; and no cluster in reach.
  if KUBECONFIG=/dev/null plugin validate -o json -f "$f" -f "$steps/prepared.yaml" -f "$steps/good.yaml" \
    >"$work/$name.offline"; then surprise "validate accepted $f"; fi 2>"$work/$name.summary"
  refusals applied "$work/$name.applied" >"$work/online.lines"
  refusals offline "$work/$name.offline" >"$work/offline.lines"
  [ -s "$work/offline.lines" ] || surprise "validate reports no error in $f"
  if ! diff -u "$work/online.lines" "$work/offline.lines" | indent; then surprise "$name: the two differ"; fi
  note "$name: $(wc -l <"$work/offline.lines") the same"
done
note
note "in a pipeline, with the place in the file:"
(cd "$steps" && KUBECONFIG=/dev/null plugin validate -f bad/02-five-at-once.yaml >"$work/places" 2>&1) || true
grep -E ': error: |^[0-9]+ object' "$work/places" | indent

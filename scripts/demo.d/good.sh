# shellcheck shell=bash
step "Apply a good EtcdBackup; the webhook fills in what it leaves out"

k create namespace "$namespace" >/dev/null
k -n "$namespace" apply -f "$steps/prepared.yaml" >/dev/null
k -n "$namespace" apply -f "$steps/good.yaml" | indent

# As the client has it, before any server saw it, and as it is stored.
k -n "$namespace" create --dry-run=client -o json -f "$steps/good.yaml" | python3 "$steps/fields.py" >"$work/sent"
k -n "$namespace" get etcdbackup nightly -o json | python3 "$steps/fields.py" >"$work/stored"
diff -U 99 "$work/sent" "$work/stored" >"$work/difference" || true
tail -n +4 "$work/difference" | indent
tail -n +4 "$work/difference" | grep '^+' >"$work/filled"
diff - "$work/filled" <<'FIELDS' || surprise "these are not the defaults"
+spec.destination.prefix: "prod"
+spec.destination.provider: "s3"
+spec.destination.s3.forcePathStyle: true
+spec.destination.s3.region: "us-east-1"
+spec.snapshotTimeout: "10m"
FIELDS

# Once more: nothing is left to fill in, so nothing is written.
version_of() { k -n "$namespace" get etcdbackup nightly -o 'jsonpath={.metadata.resourceVersion}'; }
before=$(version_of)
k -n "$namespace" apply -f "$steps/good.yaml" >/dev/null
expect "the resourceVersion after applying it again" "$(version_of)" "$before"
note "applied again: what is stored stays as it is, resourceVersion $before"

# shellcheck shell=bash
step "Snapshot the API server's own etcd, look into the file, restore it, and start etcd on the result"

if [ -z "${ETCDRECOVER_TEST_CLUSTER_ETCD:-}" ]; then
  note "left out: the etcd of an existing cluster is not read without being asked for"
  return 0
fi
source=$ETCDRECOVER_TEST_CLUSTER_ETCD
release=$(tail -n 1 <<<"$DEMO_ETCD") # the newest, later than the one the API server runs on
version=${release%% *} etcd=${release#* }
run() { printf '   $ kubectl etcdrecover %s\n' "${*//$work\//}"; (cd "$work" && plugin "$@" 2>&1) | indent; }

run snapshot save --endpoints "$source" "$work/db.snapshot"
run snapshot verify "$work/db.snapshot"
plugin snapshot objects --sizes "$work/db.snapshot" | head -6 | indent

# The same figures from etcd's own tool.
plugin snapshot status "$work/db.snapshot" -o json >"$work/status"
"$etcd/etcdutl" snapshot status "$work/db.snapshot" -w json >"$work/status.etcdutl"
python3 - "$work/status" "$work/status.etcdutl" <<'P' || surprise "etcdutl reads other figures: $(cat "$work/status.etcdutl")"
import json, sys
ours, theirs = (json.load(open(f)) for f in sys.argv[1:])
mine = [int(ours["hash"], 16), ours["revision"], ours["totalKeys"], ours["totalSize"]]
sys.exit(mine != [theirs[k] for k in ("hash", "revision", "totalKey", "totalSize")])
P
note "etcdutl $version reads the same hash, revision, number of keys and size"

# One flipped bit in a value: etcdutl's status goes by, since it does not look at the digest.
python3 - "$work/db.snapshot" "$work/flipped" <<'P'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[data.rindex(b"ConfigMap") + 3] ^= 1
open(sys.argv[2], "wb").write(data)
P
"$etcd/etcdutl" snapshot status "$work/flipped" >/dev/null 2>&1 && note "one bit flipped: etcdutl snapshot status is content"
status=0; plugin snapshot verify "$work/flipped" >"$work/flipped.verdict" 2>&1 || status=$?
expect "the exit status for the flipped bit" "$status" 1
note "one bit flipped: kubectl etcdrecover snapshot verify ends with 1"
indent <"$work/flipped.verdict"
status=0; plugin snapshot restore "$work/flipped" --data-dir "$work/refused" >/dev/null 2>&1 || status=$?
expect "the exit status of its restore" "$status" 1
[ ! -e "$work/refused" ] || surprise "a restore that was refused left a directory"

read -r client peer < <(free_ports 2)
run snapshot restore "$work/db.snapshot" --data-dir "$work/member" --name restored \
  --initial-cluster "restored=http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster-token demo --bump-revision 1000000 --mark-compacted
status=0; plugin snapshot restore "$work/db.snapshot" --data-dir "$work/member" >"$work/again" 2>&1 || status=$?
expect "the exit status of a restore over data" "$status" 1
note "once more into the same directory:"
indent <"$work/again"

"$etcd/etcd" --name restored --data-dir "$work/member" --listen-client-urls "http://127.0.0.1:$client" \
  --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:$peer" \
  >"$work/etcd.log" 2>&1 &
restored=$!
pids+=("$restored")
within 60 "an answer of the restored member" plugin health --endpoints "http://127.0.0.1:$client"
run health --endpoints "http://127.0.0.1:$client"
# A key bound to a lease, as the API server's own address is, may have expired by now.
without_leases() { grep . | grep -v /masterleases/ | sort; }
plugin snapshot keys "$work/db.snapshot" | without_leases >"$work/keys"
"$etcd/etcdctl" --endpoints "http://127.0.0.1:$client" get '' --prefix --keys-only | without_leases >"$work/keys.restored"
cmp "$work/keys" "$work/keys.restored" || surprise "the restored member has other keys"
note "etcd $version has all $(wc -l <"$work/keys") keys; a snapshot of it, as of its first revision, beside the first:"
plugin snapshot save --endpoints "http://127.0.0.1:$client" "$work/again.snapshot" >/dev/null 2>&1
revision=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["revision"] + 1000000)' "$work/status")
run snapshot diff --exit-code "$work/db.snapshot" "$work/again.snapshot" --rev-b "$revision"
kill "$restored"; wait "$restored" || true

# shellcheck shell=bash
step "Rotate the CA and the certificates under load; no call may fail"

authorities() { # KIND: fingerprints of the CAs in a caBundle
  bundle "$1" | python3 -c 'import re, ssl, sys, hashlib
for pem in re.findall(r"-----BEGIN.*?END CERTIFICATE-----", sys.stdin.read(), re.S):
    print(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()[:16])' | sort | paste -sd ' '
}
reviews() { # HEALTH_PORT
  curl -fs --max-time 5 "http://$address:$1/metrics" | awk '/^etcdrecover_admission_reviews_total/ {n += $NF} END {print n + 0}'
}
# Before: a state at rest, with one CA.
one_authority() { [ "$(authorities mutating | wc -w)" = 1 ] && [ "$(authorities mutating)" = "$(authorities validating)" ]; }
within 120 "one CA in both configurations" one_authority
ca_before=$(authorities mutating)
serial_a=$(served "$port_a" -serial) serial_b=$(served "$port_b" -serial)
reviews_before=$(($(reviews "$health_a") + $(reviews "$health_b")))
note "before: CA $ca_before, serial at A $serial_a, at B $serial_b"

k -n "$namespace" get etcdbackup nightly -o json >"$work/template.json"
python3 "$steps/load.py" "$ETCDRECOVER_TEST_KUBECONFIG" "$namespace" "$work/template.json" >"$work/load.json" & load=$!
pids+=("$load")

# After: the CA of before is gone from both configurations, and both replicas serve a certificate of the new one.
both_seen=
rotated() {
  case " $(authorities mutating) " in
    " $ca_before ") return 1 ;;
    *" $ca_before "*) [ -n "$both_seen" ] || { both_seen=$((SECONDS - step_started)); note "after $both_seen s: old and new CA are published together"; }; return 1 ;;
  esac
  one_authority && [ "$(served "$port_a" -serial)" != "$serial_a" ] && [ "$(served "$port_b" -serial)" != "$serial_b" ]
}
until rotated; do
  [ $((SECONDS - step_started)) -lt 240 ] || surprise "no rotation within 240 s"
  kill -0 "$load" 2>/dev/null || surprise "the load ended by itself: $(cat "$work/load.json")"
  sleep 0.5
done
note "after $((SECONDS - step_started)) s: the old CA is gone"
sleep 2
kill -TERM "$load"; wait "$load" || surprise "the load ended with status $?"
note "after:  CA $(authorities mutating), serial at A $(served "$port_a" -serial), at B $(served "$port_b" -serial)"
[ -n "$both_seen" ] || surprise "old and new CA were never seen together"

read -r calls failed < <(python3 -c 'import json, sys; x = json.load(sys.stdin); print(x["calls"], x["failed"])' <"$work/load.json")
seen=$(($(reviews "$health_a") + $(reviews "$health_b") - reviews_before))
note "$calls dry-run creates went through both webhooks meanwhile ($seen reviews); $failed failed"
[ "$failed" = 0 ] || { indent <"$work/load.json"; surprise "$failed calls failed"; }
[ "$calls" -ge 100 ] || surprise "only $calls calls"
[ "$seen" -ge $((2 * calls)) ] || surprise "$calls calls, but only $seen reviews"

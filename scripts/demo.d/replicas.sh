# shellcheck shell=bash
step "Start two replicas of the webhook, each with the ServiceAccount's token and nothing more"

server=$(k config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
authority=$(k config view --minify --raw -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}')
(umask 077; cat >"$work/webhook.kubeconfig") <<Y
apiVersion: v1
kind: Config
current-context: webhook
contexts: [{name: webhook, context: {cluster: demo, user: webhook}}]
clusters: [{name: demo, cluster: {server: "$server", certificate-authority-data: "$authority"}}]
users: [{name: webhook, user: {token: "$(token_of "$system" etcdrecover-webhook)"}}]
Y

# Lives of seconds where a year and 90 days are the defaults, so that step 7 sees them end.
lifetimes=(--ca-lifetime 90s --certificate-lifetime 45s --certificate-settle 5s)
replica() { # NAME PORT HEALTH_PORT
  etcdrecover webhook --kubeconfig "$work/webhook.kubeconfig" --namespace "$system" --dns-name "$address" \
    --listen "$address:$2" --health-listen "$address:$3" "${lifetimes[@]}" --log-format text \
    >"$work/replica-$1.log" 2>&1 &
  pids+=($!)
}
replica a "$port_a" "$health_a"; replica_a=$!
replica b "$port_b" "$health_b"; replica_b=$!
ready() { curl -fs --max-time 2 "http://$address:$1/readyz"; }
within 30 "replica A ready" ready "$health_a"
within 30 "replica B ready" ready "$health_b"
note "A mutates at https://$address:$port_a/mutate, B validates at https://$address:$port_b/validate"

# A certificate as a client sees it, and the CA that stands in a webhook configuration.
served() { # PORT FIELDS...
  local port=$1; shift
  openssl s_client -connect "$address:$port" </dev/null 2>/dev/null | openssl x509 -noout "$@" | sed 's/^[^=]*=//'
}
bundle() { # KIND
  k get "$1webhookconfiguration" "etcdrecover-$1" -o 'jsonpath={.webhooks[0].clientConfig.caBundle}' | base64 -d
}
for kind in mutating validating; do
  # Both are trusted by what the webhook itself published.
  port=$port_a; [ "$kind" = mutating ] || port=$port_b
  bundle "$kind" >"$work/$kind.pem"
  openssl s_client -connect "$address:$port" -CAfile "$work/$kind.pem" -verify_return_error </dev/null >/dev/null 2>&1 ||
    surprise "the caBundle of the $kind configuration does not verify the certificate that is served"
done
note "made by the webhook itself: $(served "$port_a" -subject -nameopt sep_comma_plus), serial $(served "$port_a" -serial)"

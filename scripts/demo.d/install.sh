# shellcheck shell=bash
step "Install the CRDs, RBAC and webhook configurations of webhook-deploy"

if [ -n "${CLUSTER:-}" ] && k get crd etcdbackups.operator.etcd.io >/dev/null 2>&1; then
  surprise "etcdrecover is in this cluster already; the demo wants one without"
fi
version=$(k get --raw /version | python3 -c 'import json, sys; print(json.load(sys.stdin)["gitVersion"])')
note "API server $version at $(k config view --minify -o 'jsonpath={.clusters[0].cluster.server}')"

# kubernetes-1.20 differs in the API version of the PodDisruptionBudget only.
overlay=.
case $version in v1.20.*) overlay=kubernetes-1.20 ;; esac
manifests=$("$here/manifests" "$overlay")
# The etcd-operator brings the real one.
k get crd etcdclusters.operator.etcd.io >/dev/null 2>&1 ||
  manifests=$(cat "$top/Tests/Cluster/etcd-operator-stand-in.yaml"; printf -- '\n---\n%s' "$manifests")
printf '%s\n' "$manifests" >"$work/installed"
k apply -f "$work/installed" | indent
k wait --for=condition=Established --timeout=60s crd/etcd{backups,restores,clusters}.operator.etcd.io >/dev/null

# Here the replicas run beside the API server instead of in pods.
read -r port_a health_a port_b health_b < <(free_ports 4)
point() { # KIND PATH PORT
  k patch "$1webhookconfiguration" "etcdrecover-$1" --type=json --patch "[{\"op\": \"replace\",
    \"path\": \"/webhooks/0/clientConfig\", \"value\": {\"url\": \"https://$address:$3/$2\"}}]" | indent
}
point mutating mutate "$port_a"
point validating validate "$port_b"

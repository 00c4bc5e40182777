# shellcheck shell=bash
step "Bring up the webhook, the controller and an EtcdCluster, all in pods"

if [ -n "${ETCDRECOVER_TEST_NO_NODES:-}" ]; then
  note "left out: $ETCDRECOVER_TEST_NO_NODES"
  summary
  exit 0
fi
cluster=$ETCDRECOVER_TEST_CLUSTER
beds=$here/../Tests
release=$(tail -n 1 <<<"$DEMO_ETCD")
version=v${release%% *} etcd=${release#* }
export KUBECONFIG=$ETCDRECOVER_TEST_KUBECONFIG
host=$("$cluster" env | tr ' ' '\n' | sed -n 's/^CLUSTER_HOST_IP=//p')

"$cluster" pack "$work/rootfs.tar" "$work/bin/etcdrecover"
"$cluster" load-image etcdrecover:0.1.0 "$work/rootfs.tar" --entrypoint '["/usr/bin/etcdrecover"]'
"$beds/Cluster/etcd-operator-stand-in/image" "$cluster" "$etcd" "$version" >/dev/null
k apply -f "$beds/Cluster/etcd-operator-stand-in.yaml" >/dev/null
k apply -k "$here/../webhook-deploy/kubernetes-1.20" >/dev/null
note "kubectl apply -k webhook-deploy/kubernetes-1.20"

# Where pods reach this machine. TLS is not spoken here.
read -r port tls < <(free_ports 2)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=demo \
  -keyout "$work/s3.key" -out "$work/s3.crt" 2>/dev/null
"$DEMO_STORES/python/bin/python3" "$beds/ObjectStores/s3.py" "$port" "$work/s3.keys" "$tls" "$work/s3.crt" "$work/s3.key" \
  "$host" >"$work/s3.log" 2>&1 &
pids+=($!)
python3 -B "$beds/Cluster/etcd-operator-stand-in" --kubeconfig "$KUBECONFIG" --layout statefulset --namespace "$namespace" \
  >"$work/operator.log" 2>&1 &
pids+=($!)
k create namespace "$namespace" >/dev/null
storage=
[ "${DEMO_MEMBERS:=1}" = 1 ] || storage=', storageSpec: {accessModes: ReadWriteOnce, volumeSizeRequest: 64Mi}'
k -n "$namespace" apply -f - >/dev/null <<Y
apiVersion: operator.etcd.io/v1alpha1
kind: EtcdCluster
metadata: {name: main}
spec: {size: $DEMO_MEMBERS, version: $version$storage}
Y
within 120 "the S3 server" test -e "$work/s3.keys"
read -r id secret <"$work/s3.keys"
k -n "$namespace" create secret generic s3-key --from-literal="accessKeyID=$id" \
  --from-literal="secretAccessKey=$secret" >/dev/null
for name in etcdrecover-webhook etcdrecover-controller; do
  kubectl -n "$system" rollout status "deployment/$name" --timeout=180s | indent
done
ready() { [ "$(k -n "$namespace" get etcdcluster main -o 'jsonpath={.status.readyReplicas}')" = "$DEMO_MEMBERS" ]; }
within 180 "EtcdCluster main, ready with $DEMO_MEMBERS" ready
put() { k -n "$namespace" exec main-0 -- /usr/local/bin/etcdctl put "$@" >/dev/null; }
within 60 "the first key" put greeting "hello"
put "größe" "naïve ☃"
put large "$(head -c 75000 /dev/zero | base64 -w0)"
store=(--provider s3 --bucket bucket --endpoint "http://$host:$port" --force-path-style --secret s3-key)
note "EtcdCluster main runs etcd $version with $DEMO_MEMBERS of $DEMO_MEMBERS members and has 3 keys, one of them of 100 KB"


# shellcheck shell=bash disable=SC2034
# etcd, kube-apiserver, controllers and scheduler on 127.0.0.1.

k() { kubectl --kubeconfig "$RUN/admin.kubeconfig" --request-timeout=10s "$@"; }
https_ok() { curl -fsk --max-time 2 "$1"; }

control_plane() { # NODES
  mkdir -p "$RUN"
  pki
  local kube=$BIN old=--insecure-port=0
  if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then kube=$KUBEBUILDER_ASSETS; PATH=$kube:$PATH; fi
  "$kube/kube-apiserver" --version | grep -q "v1\.20\." || old=
  local etcd; etcd=$(command -v etcd) || die "no etcd"
  start etcd env -u LD_LIBRARY_PATH GOMAXPROCS=2 "$etcd" --name cp --data-dir "$RUN/etcd" --log-level warn \
    --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" \
    --initial-cluster "cp=http://127.0.0.1:$ETCD_PEER_PORT"
  wait_for 60 etcd etcd curl -fs --max-time 2 "http://127.0.0.1:$ETCD_PORT/health"
  # shellcheck disable=SC2086
  start kube-apiserver "$kube/kube-apiserver" \
    --etcd-servers="http://127.0.0.1:$ETCD_PORT" --bind-address=127.0.0.1 --secure-port="$API_PORT" $old \
    --advertise-address="$HOST_IP" --service-cluster-ip-range="$SVC_NET.0/24" --allow-privileged=true \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --enable-aggregator-routing=true \
    --client-ca-file="$PKI/ca.crt" --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
    --kubelet-client-certificate="$PKI/apiserver-kubelet.crt" --kubelet-client-key="$PKI/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file="$PKI/sa.pub" \
    --service-account-signing-key-file="$PKI/sa.key" --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" \
    --requestheader-allowed-names=front-proxy-client --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User \
    --proxy-client-cert-file="$PKI/front-proxy.crt" --proxy-client-key-file="$PKI/front-proxy.key" \
    --profiling=false ${CLUSTER_APISERVER_ARGS:-}
  wait_for 120 kube-apiserver kube-apiserver https_ok "https://127.0.0.1:$API_PORT/readyz"
  log "kube-apiserver ready"
  [ -x "$BIN/kube-controller-manager" ] && [ -z "${KUBEBUILDER_ASSETS:-}" ] || { log "control plane ready, without controllers"; return; }
  # PersistentVolumes: the controller manager's own hostPath provisioner, whose directory is fixed. Mounted over in the
  # namespaces of this cluster's processes, it is a part of this cluster's state, whatever others there are.
  local volumes=()
  if [ "$1" -gt 0 ]; then
    mkdir -p "$RUN/pv"
    host_dir "$VOLUMES"
    volumes=(unshare --mount sh -c "mount --bind '$RUN/pv' $VOLUMES && exec \"\$@\"" sh)
  fi
  start kube-controller-manager "${volumes[@]}" "$BIN/kube-controller-manager" --kubeconfig="$RUN/kcm.kubeconfig" \
    --authentication-kubeconfig="$RUN/kcm.kubeconfig" --authorization-kubeconfig="$RUN/kcm.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port="$KCM_PORT" --port=0 --controllers='*' --leader-elect=false \
    --use-service-account-credentials=true --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
    --cluster-signing-cert-file="$PKI/ca.crt" --cluster-signing-key-file="$PKI/ca.key" \
    --enable-hostpath-provisioner="$([ "$1" -gt 0 ] && echo true || echo false)" --node-monitor-period=2s --node-monitor-grace-period=20s --profiling=false
  wait_for 60 kube-controller-manager kube-controller-manager https_ok "https://127.0.0.1:$KCM_PORT/healthz"
  k apply -f - >/dev/null <<E
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: hostpath, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/host-path
E
  # the first pods of a namespace need its default service account
  wait_for 60 "default service account" kube-controller-manager k -n default get serviceaccount default
  log "control plane ready"
}

scheduler() {
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$RUN/scheduler.kubeconfig" \
    --authentication-kubeconfig="$RUN/scheduler.kubeconfig" --authorization-kubeconfig="$RUN/scheduler.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port="$SCHED_PORT" --port=0 --leader-elect=false --profiling=false
  wait_for 60 kube-scheduler kube-scheduler https_ok "https://127.0.0.1:$SCHED_PORT/healthz"
}

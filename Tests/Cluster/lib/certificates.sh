# shellcheck shell=bash disable=SC2034
# Keys, certificates and kubeconfigs of the control plane.

PKI=$RUN/pki
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; }
ca() { # NAME CN
  [ -s "$PKI/$1.crt" ] && return
  key "$PKI/$1.key"
  openssl req -x509 -new -key "$PKI/$1.key" -sha256 -days 3650 -subj "/CN=$2" -out "$PKI/$1.crt" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature' 2>/dev/null
}
cert() { # NAME CA SUBJECT [SAN]
  [ -s "$PKI/$1.crt" ] && return
  key "$PKI/$1.key"
  { echo 'keyUsage=critical,digitalSignature,keyEncipherment'; echo 'extendedKeyUsage=serverAuth,clientAuth'
    [ -z "${4:-}" ] || echo "subjectAltName=$4"; } >"$PKI/$1.ext"
  openssl req -new -key "$PKI/$1.key" -subj "$3" 2>/dev/null |
    openssl x509 -req -CA "$PKI/$2.crt" -CAkey "$PKI/$2.key" -CAserial "$PKI/$2.srl" -CAcreateserial \
      -days 3650 -sha256 -extfile "$PKI/$1.ext" -out "$PKI/$1.crt" 2>/dev/null
  rm -f "$PKI/$1.ext"
}
kubeconfig() { # FILE CERT SERVER
  local b='base64 -w0'
  cat >"$1" <<E
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "$3", certificate-authority-data: $($b "$PKI/ca.crt")}}]
users: [{name: u, user: {client-certificate-data: $($b "$PKI/$2.crt"), client-key-data: $($b "$PKI/$2.key")}}]
E
  chmod 600 "$1"
}
pki() {
  mkdir -p "$PKI"; chmod 700 "$PKI"
  ca ca cluster-ca; ca front-proxy-ca front-proxy-ca
  cert apiserver ca /CN=kube-apiserver "IP:127.0.0.1,IP:$HOST_IP,IP:$SVC_NET.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  cert apiserver-kubelet ca /O=system:masters/CN=kube-apiserver-kubelet-client
  cert front-proxy front-proxy-ca /CN=front-proxy-client
  cert admin ca /O=system:masters/CN=admin
  cert kcm ca /CN=system:kube-controller-manager
  cert scheduler ca /CN=system:kube-scheduler
  cert kube-proxy ca /CN=system:kube-proxy
  if [ ! -s "$PKI/sa.pub" ]; then
    openssl genrsa -out "$PKI/sa.key" 2048 2>/dev/null
    openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub" 2>/dev/null
  fi
  local s=https://127.0.0.1:$API_PORT
  kubeconfig "$RUN/admin.kubeconfig" admin "$s"
  kubeconfig "$RUN/kcm.kubeconfig" kcm "$s"
  kubeconfig "$RUN/scheduler.kubeconfig" scheduler "$s"
}

# shellcheck shell=bash disable=SC2034
# Kubernetes from Debian's source package.

# What a cluster with NODES nodes needs and the cache does not hold; the two programs of ours also when they changed.
missing_binaries() { # NODES
  local b list="kube-apiserver kube-controller-manager"
  [ -z "${KUBEBUILDER_ASSETS:-}" ] || [ "$1" != 0 ] || return 0
  [ "$1" = 0 ] || list="$list kube-scheduler kubelet kube-proxy clusteraux clusterpause"
  for b in $list; do
    if [ ! -x "$BIN/$b" ]; then
      echo "$b"
    elif [ -d "$here/$b" ] && ! cmp -s "$here/$b/main.go" "$BIN/$b.go"; then
      echo "$b"
    fi
  done
}

source_tree() { # DIR
  local src=$1 r=usr/share/gocode/src/github.com/modern-go/reflect2
  [ ! -e "$src/.unpacked" ] || return 0
  log "fetching the Kubernetes source package (60 MB)"
  apt_setup
  mkdir -p "$CACHE/src" "$(dirname "$src")"
  (cd "$CACHE/src" && apt-get -q source --download-only kubernetes >"$CACHE/logs/source.log" 2>&1) ||
    { cat "$CACHE/logs/source.log" >&2; die "apt-get source kubernetes"; }
  rm -rf "$src"; mkdir -p "$src"
  tar -xf "$CACHE"/src/kubernetes_*.orig.tar.* -C "$src" --strip-components=1
  # Kubernetes 1.20 vendors reflect2 1.0.1, which corrupts memory when built with
  # Go 1.18 or later (the API server dies on the first mutating webhook): Debian's
  # 1.0.2 takes its place.
  if [ -d "$PKG/$r" ]; then r=$PKG/$r; else r=/$r; fi
  [ -e "$r/go_above_118.go" ] || die "no reflect2 1.0.2 in $r"
  rm -rf "$src/vendor/github.com/modern-go/reflect2"
  cp -r "$r" "$src/vendor/github.com/modern-go/reflect2"
  # Kubernetes 1.20.2 deletes a pod only once its sandbox is gone, which its
  # once-a-minute garbage collection removes (earlier and later versions do
  # not wait), and looks every 10 s: deletions in a test would take 4 to 60 s.
  sed -i 's/^const syncPeriod = 10 \* time.Second/const syncPeriod = time.Second/' "$src/pkg/kubelet/status/status_manager.go"
  sed -i "/pod's sandboxes should be deleted/{n;s/if len(/if false \&\& len(/}" "$src/pkg/kubelet/kubelet_pods.go"
  touch "$src/.unpacked"
}

# The API server does not compile without these generated definitions, which the source package leaves out.
openapi() { # GO
  local inputs
  [ ! -s pkg/generated/openapi/zz_generated.openapi.go ] || return 0
  log "generating the OpenAPI definitions"
  "$1" build -o "$BIN/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  inputs=$(grep -rl --include='*.go' '+k8s:openapi-gen=' pkg cmd staging/src/k8s.io 2>/dev/null |
    grep -v -e _test.go -e /testdata/ -e zz_generated |
    xargs -n1 dirname | sort -u |
    sed -e 's,^staging/src/,k8s.io/kubernetes/vendor/,' -e '/^k8s.io/!s,^,k8s.io/kubernetes/,' |
    grep -v -e /kube-openapi/ -e /code-generator/ -e /sample- | paste -sd, -)
  "$BIN/openapi-gen" -O zz_generated.openapi -p k8s.io/kubernetes/pkg/generated/openapi \
    -h hack/boilerplate/boilerplate.generatego.txt -i "$inputs" -r "$CACHE/logs/violations" \
    >"$CACHE/logs/openapi.log" 2>&1 || { tail -20 "$CACHE/logs/openapi.log" >&2; die openapi-gen; }
}

# Says every 20 s how far a running Go build is: it compiles some 1,500 packages and prints nothing by itself.
progress() { # PID LOG
  local t=0
  while kill -0 "$1" 2>/dev/null; do
    sleep 1; t=$((t + 1))
    if [ $((t % 20)) = 0 ]; then log "... $(wc -l <"$2") packages compiled"; fi
  done
}

build() { # NODES
  mkdir -p "$CACHE/logs"
  exec 8>"$CACHE/lock"
  flock -n 8 || { log "waiting for another build of the same cache"; flock -w 1800 8 || die "another build holds $CACHE/lock"; }
  packages "$1"
  get_kubectl
  local missing src=$CACHE/gopath/src/k8s.io/kubernetes go=/usr/lib/go-1.19/bin/go b
  missing=$(missing_binaries "$1")
  if [ -z "$missing" ]; then exec 8>&-; return 0; fi
  [ -x "$go" ] || { go=$PKG/usr/lib/go-1.19/bin/go; export GOROOT=$PKG/usr/lib/go-1.19; }
  [ -x "$go" ] || die "no Go 1.19"
  mkdir -p "$BIN"
  source_tree "$src"
  export GO111MODULE=off GOPATH=$CACHE/gopath GOCACHE=${GOCACHE:-$CACHE/gocache} GOFLAGS="" CGO_ENABLED=0 GOTOOLCHAIN=local
  (
    cd "$src" || exit
    openapi "$go"
    for b in clusteraux clusterpause; do mkdir -p "cmd/$b"; cp "$here/$b/main.go" "cmd/$b/main.go"; done
    # In GOPATH mode the variables carry the vendored path; /version of the API
    # server comes from client-go's copy.
    local v ld="-s -w" p
    for v in component-base/version client-go/pkg/version; do
      v=k8s.io/kubernetes/vendor/k8s.io/$v
      ld="$ld -X $v.gitVersion=$KVER -X $v.gitMajor=1 -X $v.gitMinor=20 -X $v.gitTreeState=clean"
    done
    log "building Kubernetes $KVER, some minutes the first time:" $missing
    # shellcheck disable=SC2046,SC2086
    "$go" build -v -ldflags "$ld" -o "$BIN/" $(printf './cmd/%s ' $missing) >"$CACHE/logs/build.log" 2>&1 &
    p=$!
    progress "$p" "$CACHE/logs/build.log"
    wait "$p" || { tail -20 "$CACHE/logs/build.log" >&2; die "go build (see $CACHE/logs/build.log)"; }
    for b in clusteraux clusterpause; do cp "$here/$b/main.go" "$BIN/$b.go"; done
  )
  [ -n "${CLUSTER_KEEP_GOCACHE:-}" ] || rm -rf "$CACHE/gocache"
  unset GOROOT
  exec 8>&-
  log "built"
}

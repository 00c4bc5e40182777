# shellcheck shell=bash disable=SC2034
# Debian packages: unpacked below the cache, never installed.

# The mirror that the system itself uses: the first Debian archive among its apt sources.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v -- '-security' | head -1 | sed 's,/$,,'
}

APT_PKGS="etcd-server etcd-client busybox"
APT_NODE_PKGS="containerd runc containernetworking-plugins iptables conntrack"
# Kubernetes 1.20 vendors reflect2 1.0.1, which corrupts memory when built with
# Go 1.18 or later (the API server dies on the first mutating webhook): Debian's
# 1.0.2 takes its place.
APT_BUILD_PKGS="golang-github-modern-go-reflect2-dev"

apt_setup() {
  local a=$CACHE/apt f MIRROR=${CLUSTER_MIRROR:-$(debian_mirror)}
  mkdir -p "$a/conf.d" "$a/lists/partial" "$a/cache/archives/partial" "$a/empty"
  # The system's apt settings (proxies and so on), without the hooks of Docker
  # base images that delete archives other apt runs are still unpacking.
  for f in /etc/apt/apt.conf.d/*; do
    case $f in *docker-clean|*.disabled*) ;; *) [ ! -f "$f" ] || cp "$f" "$a/conf.d/" ;; esac
  done
  cat >"$a/sources.list" <<E
deb $MIRROR $SUITE main
deb-src $MIRROR $SUITE main
E
  [ "$SUITE" = sid ] || cat >>"$a/sources.list" <<E
deb ${MIRROR%/debian}/debian-security $SUITE-security main
E
  cat >"$a/apt.conf" <<E
Dir::Etc::parts "$a/conf.d";
Dir::Etc::sourcelist "$a/sources.list";
Dir::Etc::sourceparts "$a/empty";
Dir::State::lists "$a/lists";
Dir::Cache "$a/cache";
Dir::Cache::archives "$a/cache/archives";
APT::Sandbox::User "root";
Debug::NoLocking "1";
E
  export APT_CONFIG=$a/apt.conf DEBIAN_FRONTEND=noninteractive
  if [ -z "$(find "$a/updated" -mmin -1440 2>/dev/null)" ]; then
    apt-get -q update >"$a/update.log" 2>&1 || { cat "$a/update.log" >&2; die "apt-get update"; }
    touch "$a/updated"
  fi
}

# The packages are unpacked below $PKG, not installed: no service is started,
# no dpkg lock is taken, nothing on the system changes. What the system already
# has installed is used from where it is.
packages() { # NODES
  local want=$APT_PKGS have deb l m
  [ "$1" = 0 ] || want="$want $APT_NODE_PKGS"
  if [ -n "$(missing_binaries "$1")" ]; then
    want="$want $APT_BUILD_PKGS"
    [ -x /usr/lib/go-1.19/bin/go ] || want="$want golang-1.19-go"
  fi
  have=" $(cat "$PKG/.complete" 2>/dev/null || true) "
  for l in $want; do [[ $have == *" $l "* ]] || have=; done
  [ -z "$have" ] || return 0
  log "fetching Debian packages"
  apt_setup
  # shellcheck disable=SC2086
  apt-get -q -y --no-install-recommends --download-only install $want >"$CACHE/apt/install.log" 2>&1 ||
    { cat "$CACHE/apt/install.log" >&2; die "download of $want"; }
  mkdir -p "$PKG/bin"
  for deb in "$CACHE"/apt/cache/archives/*.deb; do dpkg -x "$deb" "$PKG"; done
  # What Debian's alternatives would link.
  m=$PKG/usr/sbin/xtables-nft-multi
  [ -x "$m" ] || m=$(command -v xtables-nft-multi || echo /usr/sbin/xtables-nft-multi)
  for l in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -sf "$m" "$PKG/bin/$l"
  done
  echo "$(cat "$PKG/.complete" 2>/dev/null || true) $want" >"$PKG/.complete"
}

pkg_env() {
  local m own machine; m=$(multiarch); own=$(kubectl_dir)
  machine=$(command -v kubectl || true); machine=${machine%/*}
  export PATH=${own:+$own:}$PKG/bin:$PKG/usr/sbin:$PKG/usr/bin:$PKG/sbin:$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${machine:+:$machine}
  export LD_LIBRARY_PATH=$PKG/usr/lib/$m:$PKG/lib/$m
  [ ! -d "$PKG/usr/lib/$m/xtables" ] || export XTABLES_LIBDIR=$PKG/usr/lib/$m/xtables
  CNI_BIN=$PKG/usr/lib/cni; [ -d "$CNI_BIN" ] || CNI_BIN=/usr/lib/cni
}

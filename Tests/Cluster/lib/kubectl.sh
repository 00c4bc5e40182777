# shellcheck shell=bash disable=SC2034
# kubectl: the machine's own, or Debian 13's. Debian 12's is 1.20, which knows neither `create token` nor `--subresource`,
# and whose kustomize cannot read what current ones can. Debian 13's runs on Debian 12.

KUBECTL_DIR=$CACHE/kubectl/usr/bin
kubectl_serves() { command -v kubectl >/dev/null && kubectl create token --help >/dev/null 2>&1; }

get_kubectl() {
  if kubectl_serves || [ -x "$KUBECTL_DIR/kubectl" ]; then return; fi
  log "fetching Debian 13's kubectl: $(command -v kubectl >/dev/null && echo "this machine's is too old" || echo "this machine has none")"
  (
    CACHE=$CACHE/trixie SUITE=trixie
    apt_setup
    cd "$CACHE/apt/cache/archives"
    apt-get -q download "kubectl/$SUITE" >"$CACHE/apt/install.log" 2>&1 || { cat "$CACHE/apt/install.log" >&2; die "download of kubectl"; }
    dpkg -x kubectl_*.deb "$CACHE/unpacked"
  ) || exit
  rm -rf "$CACHE/kubectl"; mv "$CACHE/trixie/unpacked" "$CACHE/kubectl"; rm -rf "$CACHE/trixie"
}

# What a caller puts in front of its PATH: nothing when the machine's own serves.
kubectl_dir() { kubectl_serves || echo "$KUBECTL_DIR"; }

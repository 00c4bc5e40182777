# shellcheck shell=bash disable=SC2034
# Nodes: namespaces behind a bridge of their own, with containerd, kubelet and kube-proxy.

cgroup_dirs() { local d; for d in /sys/fs/cgroup/*/; do [ ! -e "$d/tasks" ] || [ -L "${d%/}" ] || echo "${d%/}"; done; }

network() {
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    touch "$RUN/made-bridge"
    ip link add "$BRIDGE" type bridge
    ip addr add "$HOST_IP/24" dev "$BRIDGE"
    ip link set "$BRIDGE" up
  fi
}

dns() {
  start clusteraux "$BIN/clusteraux" --kubeconfig "$RUN/admin.kubeconfig" --dns "$HOST_IP:$DNS_PORT" \
    --forward "$HOST_IP:$API_PORT=127.0.0.1:$API_PORT"
  k apply -f - >/dev/null <<E
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  clusterIP: $SVC_NET.10
  ports: [{name: dns, port: 53, protocol: UDP, targetPort: $DNS_PORT}, {name: dns-tcp, port: 53, protocol: TCP, targetPort: $DNS_PORT}]
---
apiVersion: v1
kind: Endpoints
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
subsets:
- addresses: [{ip: $HOST_IP}]
  ports: [{name: dns, port: $DNS_PORT, protocol: UDP}, {name: dns-tcp, port: $DNS_PORT, protocol: TCP}]
E
}

node_files() { # N
  local n=$1 d=$RUN/node$1 ip=$NODE_NET.$((10 + $1))
  rm -rf "$d/state" # what a reboot clears
  mkdir -p "$d"/{kubelet,containerd,state,log,cni,cni-conf,ipam,volumeplugins}
  cert "node$n" ca "/O=system:nodes/CN=system:node:node$n" "IP:$ip,DNS:node$n"
  kubeconfig "$d/kubelet.kubeconfig" "node$n" "https://$HOST_IP:$API_PORT"
  kubeconfig "$d/kube-proxy.kubeconfig" kube-proxy "https://$HOST_IP:$API_PORT"
  cat >"$d/containerd.toml" <<E
version = 2
root = "$d/containerd"
state = "$d/state"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "$d/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  # without CAP_SYS_RESOURCE no process may lower its oom_score_adj
  restrict_oom_score_adj = true
  disable_apparmor = true
  enable_selinux = false
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI_BIN"
    conf_dir = "$d/cni-conf"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
E
  cat >"$d/cni-conf/10-bridge.conflist" <<E
{"cniVersion": "0.4.0", "name": "cluster", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$d/ipam", "ranges": [[{"subnet": "$POD_NET.$n.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
E
  echo "nameserver $SVC_NET.10" >"$d/resolv.conf"
  cat >"$d/kubelet.yaml" <<E
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $ip
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$PKI/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: "$PKI/node$n.crt"
tlsPrivateKeyFile: "$PKI/node$n.key"
cgroupDriver: cgroupfs
cgroupRoot: /$CG/node$n
kubeletCgroups: /$CG/node$n/system
clusterDomain: cluster.local
clusterDNS: [$SVC_NET.10]
resolvConf: "$d/resolv.conf"
failSwapOn: false
oomScoreAdj: 0
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
nodeStatusUpdateFrequency: 1s
nodeStatusReportFrequency: 1m
nodeLeaseDurationSeconds: 16
fileCheckFrequency: 60s
volumePluginDir: "$d/volumeplugins"
E
  cat >"$d/kube-proxy.yaml" <<E
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
bindAddress: $ip
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
clientConnection: {kubeconfig: "$d/kube-proxy.kubeconfig"}
mode: iptables
clusterCIDR: $POD_NET.0.0/16
hostnameOverride: node$n
oomScoreAdj: 0
# in a network namespace of our own the conntrack sizes are read-only
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
E
  # The init process of the node's namespaces.
  cat >"$d/init" <<E
#!/bin/bash
d=$d
mount --make-rshared /
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/netns
mount --bind \$d/log /var/log
mount --bind \$d/cni /var/lib/cni
mount --bind \$d/kubelet /var/lib/kubelet
mount --bind $RUN/pv $VOLUMES
hostname node$n
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
ip link set lo up
for _ in \$(seq 100); do ip link show eth0 >/dev/null 2>&1 && break; sleep 0.1; done
ip addr add $ip/24 dev eth0
ip link set eth0 up
# nothing leaves the machine: the rest of the world fails at once, not after a
# timeout (the kubelet asks for AWS metadata when it starts)
ip route add $SVC_NET.0/24 via $HOST_IP
ip route add unreachable default
for j in 1 2 3 4 5 6 7 8 9; do
  [ \$j = $n ] || ip route add $POD_NET.\$j.0/24 via $NODE_NET.\$((10 + j))
done
for c in $(cgroup_dirs | tr '\n' ' '); do echo \$\$ >\$c/$CG/node$n/system/tasks; done
svc() { local name=\$1; shift; while :; do "\$@" >>\$d/\$name.log 2>&1; echo "exit status \$?" >>\$d/\$name.log; sleep 1; done & }
svc containerd containerd --config \$d/containerd.toml
svc kubelet $BIN/kubelet --config=\$d/kubelet.yaml --kubeconfig=\$d/kubelet.kubeconfig --hostname-override=node$n \\
  --node-ip=$ip --container-runtime=remote --container-runtime-endpoint=unix://\$d/containerd.sock \\
  --runtime-cgroups=/$CG/node$n/system --v=${CLUSTER_KUBELET_V:-2}
svc kube-proxy $BIN/kube-proxy --config=\$d/kube-proxy.yaml --v=1
trap : TERM INT HUP
while :; do wait; sleep 0.2; done
E
  chmod +x "$d/init"
}

VOLUMES=/tmp/hostpath_pv # where the controller manager makes PersistentVolumes

host_dir() { # DIR: an empty mount point, removed again with the last cluster if made here
  [ ! -L "$1" ] || [ -e "$1" ] || rm -f "$1"
  [ -d "$1" ] || { mkdir -p "$1" "$CLUSTER_DIR"; echo "$1" >>"$CLUSTER_DIR/made-dirs"; }
}

# Clusters share the mount points: the directory gone, the mounts over it are gone in all namespaces.
host_dirs_removed() {
  local i
  [ -e "$CLUSTER_DIR/made-dirs" ] && ! compgen -G '/sys/class/net/ercbr*' >/dev/null || return 0
  while read -r i; do rmdir "$i" 2>/dev/null || true; done <"$CLUSTER_DIR/made-dirs"
  rm -f "$CLUSTER_DIR/made-dirs"
}

# shellcheck disable=SC2086
child_of() { # PID: its first child's pid
  local f p s
  for f in /proc/[0-9]*/stat; do
    s=$(cat "$f" 2>/dev/null) || continue
    p=${s%% *}; set -- "$1" ${s##*) }
    [ "$3" != "$1" ] || { echo "$p"; return; }
  done
  return 1
}
# the node's init as seen from the host, verified by its recorded start time
node_pid() { alive "node$1-init" && pid_of "node$1-init"; }
in_node() { local p; p=$(node_pid "$1") || die "node$1 is not up"; shift; nsenter -t "$p" -m -n -p -u -i -- "$@"; }

node() { # N
  local n=$1 d=$RUN/node$1 c p i
  if ! alive "node$n-init"; then
    [ -e /sys/fs/cgroup/memory/tasks ] || die "nodes need cgroup v1 mounted below /sys/fs/cgroup"
    node_files "$n"
    for c in $(cgroup_dirs); do
      mkdir -p "$c/$CG/node$n/system"
      if [ -e "$c/cpuset.cpus" ]; then
        for i in "$CG" "$CG/node$n" "$CG/node$n/system"; do
          cat "$c/cpuset.cpus" >"$c/$i/cpuset.cpus"; cat "$c/cpuset.mems" >"$c/$i/cpuset.mems"
        done
      fi
    done
    # what the kubelet sets for the whole machine: put back by down
    if [ ! -e "$RUN/sysctls" ]; then
      for i in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
        [ ! -e "/proc/sys/$i" ] || echo "$i $(cat "/proc/sys/$i")"
      done >"$RUN/sysctls"
    fi
    host_dir /var/lib/cni; host_dir /var/lib/kubelet
    ip link del "$VETH$n" 2>/dev/null || true
    start "node$n" unshare --mount --net --pid --uts --ipc --fork --kill-child --mount-proc "$d/init"
    for i in $(seq 50); do p=$(child_of "$(pid_of "node$n")") && break; sleep 0.1; done
    [ -n "${p:-}" ] || die "node$n did not start (see $RUN/logs/node$n.log)"
    echo "$p $(ptime "$p")" >"$RUN/pids/node$n-init"
    ip link add "$VETH$n" type veth peer name eth0 netns "$p"
    ip link set "$VETH$n" master "$BRIDGE" up
    ip route replace "$POD_NET.$n.0/24" via "$NODE_NET.$((10 + n))" dev "$BRIDGE"
    [ "$n" != 1 ] || ip route replace "$SVC_NET.0/24" via "$NODE_NET.11" dev "$BRIDGE"
  fi
  wait_for 60 "containerd of node$n" "node$n-init" in_node "$n" ctr -a "$d/containerd.sock" version
  if ! in_node "$n" ctr -a "$d/containerd.sock" -n k8s.io images ls -q | grep -qx "$PAUSE"; then
    local t; t=$(mktemp -d "$RUN/tmp.XXXXXX")
    mkdir "$t/root"; cp "$BIN/clusterpause" "$t/root/pause"
    tar -C "$t/root" -cf "$t/root.tar" .
    archive "$PAUSE" "$t/root.tar" "$t/image.tar" '["/pause"]' null '[]'
    import "$n" "$t/image.tar"
    rm -rf "$t"
  fi
}

# The end of its init ends every process of the node and its namespaces.
node_kill() { stop "node$1-init" KILL; stop "node$1" KILL; }

node_ready() { [ "$(k get node "node$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]; }

# What nodes left on the machine: bridge, cgroups, settings of the kernel, mount points.
nodes_removed() {
  local f c i v
  [ -e "$RUN/settings" ] || return 0
  if [ -e "$RUN/made-bridge" ]; then
    for f in /sys/class/net/"$BRIDGE"/brif/*; do [ ! -e "$f" ] || ip link del "${f##*/}" 2>/dev/null || true; done
    ip link del "$BRIDGE" 2>/dev/null || true
  fi
  for c in /sys/fs/cgroup /sys/fs/cgroup/*; do # runc makes one in "unified", too
    [ -d "$c/$CG" ] || continue
    for i in $(seq 50); do
      find "$c/$CG" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$c/$CG" ] || break; sleep 0.1
    done
    [ ! -d "$c/$CG" ] || log "left behind: $c/$CG"
  done
  if [ -e "$RUN/sysctls" ]; then
    while read -r i v; do [ "$(cat "/proc/sys/$i")" = "$v" ] || echo "$v" >"/proc/sys/$i"; done <"$RUN/sysctls"
  fi
  host_dirs_removed
}

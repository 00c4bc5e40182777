# shellcheck shell=bash disable=SC2034
# Ports, networks and names of one cluster: chosen free at its first start and kept with its state.

free_ports() { # N: distinct free ports on 127.0.0.1
  python3 - "$1" <<'P'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])
P
}

# The first instance number whose bridge and networks nobody uses. Without root nothing is made, and 0 serves.
free_instance() {
  local i
  for i in 0 1 2 3 4 5 6 7; do
    if ! ip link show "ercbr$i" >/dev/null 2>&1 &&
      [ -z "$(ip route show "10.$((213 + 3 * i)).0.0/24" 2>/dev/null; ip route show "10.$((215 + 3 * i)).0.0/24" 2>/dev/null)" ]; then
      echo "$i"; return
    fi
  done
  die "no free network for another cluster: is one still up? (ip link show type bridge)"
}

settings() {
  if [ ! -e "$RUN/settings" ]; then
    local i ports; i=$(free_instance)
    read -ra ports <<<"$(free_ports 6)"
    cat >"$RUN/settings.new" <<E
API_PORT=${ports[0]}
ETCD_PORT=${ports[1]}
ETCD_PEER_PORT=${ports[2]}
KCM_PORT=${ports[3]}
SCHED_PORT=${ports[4]}
DNS_PORT=${ports[5]}
NODE_NET=10.$((213 + 3 * i)).0
POD_NET=10.$((214 + 3 * i))
SVC_NET=10.$((215 + 3 * i)).0
BRIDGE=ercbr$i
VETH=erc${i}v
CG=etcdrecover-cluster-$i
E
    mv "$RUN/settings.new" "$RUN/settings"
  fi
  # shellcheck source=/dev/null
  . "$RUN/settings"
  HOST_IP=$NODE_NET.1 # bridge .1, nodes .11 ...; node N's pods: $POD_NET.N.0/24
}

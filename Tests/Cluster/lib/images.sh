# shellcheck shell=bash disable=SC2034
# Images from local files: no registry is in reach.

archive() { # NAME ROOTFS_TAR OUT ENTRYPOINT CMD ENV: a docker-archive
  local name=$1 tar=$2 out=$3 t sum
  t=$(mktemp -d "${TMPDIR:-/tmp}/image.XXXXXX")
  case $(od -An -tx1 -N2 "$tar" | tr -d ' \n') in
    1f8b) gzip -dc "$tar" >"$t/layer.tar" ;;
    *) ln -s "$(readlink -f "$tar")" "$t/layer.tar" ;;
  esac
  sum=$(sha256sum <"$t/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":{"Env":%s,"Entrypoint":%s,"Cmd":%s,"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(dpkg --print-architecture)" "$6" "$4" "$5" "$sum" >"$t/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$name" >"$t/manifest.json"
  tar -C "$t" -chf "$out" manifest.json config.json layer.tar
  rm -rf "$t"
}
import() { # N IMAGE_TAR
  in_node "$1" ctr -a "$RUN/node$1/containerd.sock" -n k8s.io images import --all-platforms "$2" >/dev/null
}
nodes_up() { local f n; for f in "$RUN"/pids/node*-init; do [ -e "$f" ] || continue; n=${f##*/node}; n=${n%-init}; alive "node$n-init" && echo "$n"; done; }

load_image() {
  [ $# -ge 2 ] || die "load-image NAME ROOTFS_TAR"
  local name=$1 tar=$2 ep=null cmd=null env='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"' n t; shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --entrypoint) ep=$2 ;; --cmd) cmd=$2 ;; --env) env="$env,\"$2\"" ;; *) die "load-image: $1" ;;
    esac; shift 2
  done
  case ${name##*/} in *:*) ;; *) name=$name:latest ;; esac
  [ -n "$(nodes_up)" ] || die "no node is up"
  t=$(mktemp -d "$RUN/tmp.XXXXXX")
  archive "$name" "$tar" "$t/image.tar" "$ep" "$cmd" "[$env]"
  for n in $(nodes_up); do import "$n" "$t/image.tar"; log "node$n: $name"; done
  rm -rf "$t"
}

pack() { # OUT_TAR FILE...: binaries into /usr/bin, with the libraries they load
  local out=$1 t f l; shift
  t=$(mktemp -d "${TMPDIR:-/tmp}/pack.XXXXXX")
  mkdir -p "$t"/{usr/bin,usr/lib,usr/sbin,etc,tmp,var,root}; chmod 1777 "$t/tmp"
  ln -s usr/bin "$t/bin"; ln -s usr/lib "$t/lib"; ln -s usr/lib64 "$t/lib64"; mkdir "$t/usr/lib64"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$t/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$t/etc/group"
  echo 'hosts: files dns' >"$t/etc/nsswitch.conf"
  for f; do
    cp -L "$f" "$t/usr/bin/"
    for l in $(ldd "$f" 2>/dev/null | grep -o '/[^ ]*' || true); do
      mkdir -p "$t$(dirname "$l")"; [ -e "$t$l" ] || cp -L "$l" "$t$l"
    done
    case $f in */busybox) for l in sh cat ls sleep wget nslookup nc ps hostname ip mkdir rm cp mv touch id date grep sed vi tar env head tail; do ln -sf busybox "$t/usr/bin/$l"; done ;; esac
  done
  # glibc loads its resolver modules by name
  if [ -e "$t/lib/$(multiarch)/libc.so.6" ]; then
    for l in "/lib/$(multiarch)"/libnss_{files,dns}.so.2 "/lib/$(multiarch)/libresolv.so.2"; do [ ! -e "$l" ] || cp -L "$l" "$t/lib/$(multiarch)/"; done
  fi
  tar -C "$t" --owner=0 --group=0 -cf "$out" .
  rm -rf "$t"
}

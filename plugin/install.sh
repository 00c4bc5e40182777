#!/bin/sh
# Installs the kubectl plugin: copies kubectl-etcdrecover and its completion to a directory on the PATH.
#
#   install.sh [--bin FILE] [--dir DIRECTORY]
#
# --bin: the program; without it the one beside this script, else the release build of this checkout.
# --dir: where to; without it /usr/local/bin, or ~/.local/bin when that is not writable.
set -eu

fail() { echo "error: $*" >&2; exit 1; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
bin= dir=
while [ $# -gt 0 ]; do
    case $1 in
        --bin) bin=${2:?--bin needs a file}; shift 2 ;;
        --dir) dir=${2:?--dir needs a directory}; shift 2 ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "error: unknown argument $1; see $0 --help" >&2; exit 2 ;;
    esac
done

if [ -z "$bin" ]; then
    for candidate in "$here/kubectl-etcdrecover" "$here/../.build/release/kubectl-etcdrecover"; do
        if [ -x "$candidate" ]; then bin=$candidate; break; fi
    done
fi
[ -n "$bin" ] || fail "no program found; build it first: make build"
"$bin" version --client >/dev/null || fail "$bin does not run here; it needs libcurl 7.85 or newer and libyaml (Debian: libcurl4 libyaml-0-2)"

if [ -z "$dir" ]; then
    dir=/usr/local/bin
    [ -w "$dir" ] || dir=$HOME/.local/bin
fi
mkdir -p "$dir"
# Each file appears complete: an old version may be running.
for file in "$bin" "$here/kubectl_complete-etcdrecover"; do
    name=$(basename "$file")
    cp "$file" "$dir/.$name.new"
    chmod 755 "$dir/.$name.new"
    mv -f "$dir/.$name.new" "$dir/$name"
done

echo "installed $("$dir/kubectl-etcdrecover" version --client) in $dir"
case ":$PATH:" in
    *":$dir:"*) echo "try: kubectl etcdrecover --help" ;;
    *) echo "add $dir to your PATH, then try: kubectl etcdrecover --help" ;;
esac

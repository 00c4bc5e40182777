# shellcheck shell=bash disable=SC2034
# What the scripts share: one way to say things, where builds are kept, Debian packages.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Outside the tree, so that a fresh checkout finds the dependencies built.
cache=${ETCDRECOVER_CACHE:-$HOME/.cache/etcdrecover}
scratch=$cache/build
# -j lets a machine with little memory build with fewer compilers at once.
swift_options=(--package-path "$top" --scratch-path "$scratch")

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
[ -t 2 ] || say() { printf '==> %s\n' "$*" >&2; }

# One checkout at a time: another's build would replace programs that are being run. Held until the script ends.
# What is started afterwards is started with 7>&-, so that nothing left behind goes on holding the lock.
hold_builds() {
  mkdir -p "$cache"
  exec 7>"$cache/lock"
  if ! flock -n 7; then
    say "waiting for $(cat "$cache/holder" 2>/dev/null || echo "another build or test run"); ETCDRECOVER_CACHE=DIR builds apart"
    flock 7
  fi
  echo "the build or test run of $top, pid $$" >"$cache/holder"
}

# Installs the named Debian packages that are missing; says which, and what to run where it may not.
need_packages() {
  local missing=() p as=()
  for p; do
    [ "$(dpkg-query -W -f '${Status}' "$p" 2>/dev/null)" = 'install ok installed' ] || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "Debian packages are missing; run as root: apt-get install ${missing[*]}"
    as=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  [ -n "$(find /var/lib/apt/lists -name '*_Packages*' -mmin -1440 2>/dev/null | head -1)" ] ||
    "${as[@]}" apt-get -qq update || die "apt-get update failed"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" \
    >"${TMPDIR:-/tmp}/etcdrecover-apt.log" 2>&1 ||
    { cat "${TMPDIR:-/tmp}/etcdrecover-apt.log" >&2; die "apt-get install ${missing[*]} failed"; }
}

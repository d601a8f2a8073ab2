#!/usr/bin/env bash
# Proves that a fresh machine can do `make demo` and `make test`: an empty Debian with git, make and Rust, and nothing else.
#
# usage: .ci/bare-chroot.sh [TARGET...]       (as root, with debootstrap installed; default targets: demo test)
#
# Clones the committed state. What this machine needs to reach its package registries is passed through: resolv.conf, apt's sources and
# settings, cargo's config, certificates and the proxy variables. BARE_SUITE and BARE_FOLDER choose the Debian and where it is
# built; BARE_KEEP=1 leaves it there. Mounts live in a namespace of their own and vanish with the script.
set -euo pipefail

suite=${BARE_SUITE:-bookworm}
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(demo test)

if [ "${BARE_NAMESPACE:-}" != 1 ]; then
  [ "$(id -u)" = 0 ] || { echo "error: a chroot needs root" >&2; exit 2; }
  command -v debootstrap >/dev/null || { echo "error: debootstrap is missing; apt-get install debootstrap" >&2; exit 2; }
  BARE_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi

repository=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d "${BARE_FOLDER:-${TMPDIR:-/tmp}}/bare-XXXXXX")
chmod 755 "$root"
cleanup() {
  if [ "${BARE_KEEP:-}" = 1 ]; then
    echo "kept: $root"
  else
    umount "$root/proc" "$root/dev/pts" "$root/dev" 2>/dev/null || true
    rm -rf --one-file-system "$root"
  fi
}
trap cleanup EXIT

say() { printf '\n== %s (%ds)\n' "$1" "$SECONDS"; }

say "debootstrap $suite"
debootstrap --variant=minbase --include=ca-certificates,git,make "$suite" "$root" >"$root.log" 2>&1 \
  || { tail -20 "$root.log" >&2; exit 1; }
rm -f "$root.log"

say "pass through how this machine reaches its registries"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
rm -f "$root/etc/apt/sources.list"
# Access data (auth.conf, netrc, cargo's credentials) stay out.
for part in apt.conf apt.conf.d keyrings preferences.d sources.list sources.list.d trusted.gpg trusted.gpg.d; do
  [ ! -e "/etc/apt/$part" ] || cp -a "/etc/apt/$part" "$root/etc/apt/"
done
for folder in /usr/share/keyrings /usr/local/share/ca-certificates /etc/ssl/certs; do
  [ ! -d "$folder" ] || { mkdir -p "$root$folder"; cp -aL "$folder/." "$root$folder/" 2>/dev/null || true; }
done
mkdir -p "$root/root/.cargo"
for file in config.toml config; do
  [ ! -f "${CARGO_HOME:-$HOME/.cargo}/$file" ] || cp "${CARGO_HOME:-$HOME/.cargo}/$file" "$root/root/.cargo/"
done

say "copy the Rust toolchain"
sysroot=$(rustc --print sysroot)
mkdir -p "$root/opt/rust"
tar -C "$sysroot" --exclude=./share/doc -cf - . | tar -C "$root/opt/rust" -xf -

say "clone"
git clone -q --no-local "$repository" "$root/root/map2fig"

mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t devpts devpts "$root/dev/pts"

inside() {
  env -i HOME=/root USER=root LANG=C.UTF-8 PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    ${HTTP_PROXY:+HTTP_PROXY="$HTTP_PROXY"} ${HTTPS_PROXY:+HTTPS_PROXY="$HTTPS_PROXY"} ${NO_PROXY:+NO_PROXY="$NO_PROXY"} \
    ${CARGO_HTTP_CAINFO:+CARGO_HTTP_CAINFO="$CARGO_HTTP_CAINFO"} ${SSL_CERT_FILE:+SSL_CERT_FILE="$SSL_CERT_FILE"} \
    chroot "$root" "$@"
}

for target in "${targets[@]}"; do
  say "make $target"
  inside make -C /root/map2fig "$target"
done
inside sh -c 'cd /root/map2fig && git status --porcelain && ls -l target/demo 2>/dev/null || true'
say "done"

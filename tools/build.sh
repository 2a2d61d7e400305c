#!/bin/bash
# Configures a build folder when it is new or its options changed, then builds one target of it.
# Usage: tools/build.sh FOLDER TARGET [-Doption=value...]        JOBS=N limits parallel work
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1 target=$2
shift 2
kept=$folder/.options
if [ ! -f "$folder/build.ninja" ]; then
	rm -rf "$folder"
	mkdir -p "$folder"
	log=$folder.log
	if ! meson setup "$folder" "$@" > "$log" 2>&1; then
		cat "$log" >&2
		rm -rf "$folder"
		exit 1
	fi
	rm -f "$log"
	echo "$@" > "$kept"
elif [ "$(cat "$kept" 2> /dev/null)" != "$*" ]; then
	meson configure "$folder" "$@"
	echo "$@" > "$kept"
fi

# Quiet while all is well: a person sees one line, and everything the compiler said when it fails.
log=$folder/build.log
if ! ninja -C "$folder" ${JOBS:+-j"$JOBS"} "$target" > "$log" 2>&1; then
	grep -vE '^(\[[0-9]+/[0-9]+\]|ninja: Entering)' "$log" >&2 || cat "$log" >&2
	exit 1
fi
if grep -q 'warning:' "$log"; then
	grep -A3 'warning:' "$log" >&2
fi

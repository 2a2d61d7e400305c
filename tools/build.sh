#!/bin/bash
# Configures a build folder when it is new or its options changed, then builds one target of it.  Quiet while all is well;
# otherwise prints what the compiler said.
# Usage: tools/build.sh FOLDER TARGET [-Doption=value...]        JOBS=N limits parallel work
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1 target=$2
shift 2
kept=$folder/.options
mkdir -p "$folder"
log=$folder/build.log

configure()
{
	"$@" -Db_colorout=never > "$log" 2>&1 || { cat "$log" >&2; return 1; }
}

options="$* ${CC:-}"
if [ ! -f "$folder/build.ninja" ]; then
	configure meson setup "$folder" "$@" || { rm -rf "$folder"; exit 1; }
	echo "$options" > "$kept"
elif [ "$(cat "$kept" 2> /dev/null)" != "$options" ]; then
	configure meson configure "$folder" "$@"
	echo "$options" > "$kept"
fi

# Meson runs again by itself when a meson.build changed: what it says matters only when it fails.
if ! ninja -C "$folder" build.ninja > "$log" 2>&1; then
	grep -E 'ERROR:|error:' "$log" >&2 || cat "$log" >&2
	exit 1
fi

# -k 0: one run tells all that is wrong.  Commands are left out of the report.
status=0
ninja -C "$folder" -k 0 ${JOBS:+-j"$JOBS"} "$target" > "$log" 2>&1 || status=1
if [ $status != 0 ] || grep -q 'warning:' "$log"; then
	grep -vE '^(\[[0-9]+/[0-9]+\]|ninja: |FAILED: |(ccache )?(gcc|clang|cc) |[0-9]+ (errors?|warnings?) generated)' "$log" |
		sed -E 's,^(\.\./)+,,' >&2 || cat "$log" >&2
fi
exit $status

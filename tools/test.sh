#!/bin/bash
# Runs all tests of a build folder in parallel and closes with one line: N passed, N failed, N skipped (TAP cases).
# Usage: tools/test.sh FOLDER [options of meson test...]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
shift
log=$folder/meson-logs/testlog.txt
rm -f "$log"
status=0
meson test -C "$folder" --no-rebuild --num-processes "${JOBS:-$(nproc)}" "$@" > "$folder/test.log" 2>&1 || status=$?
if [ ! -f "$log" ]; then
	cat "$folder/test.log" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
# Meson's own verdict counts too: what it calls a failure is never summed up as success.
LC_ALL=C awk -v meson_status="$status" -f tools/tap_summary.awk "$log"

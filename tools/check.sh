#!/bin/bash
# All checks that read sources, in parallel; closes with one line.  Usage: tools/check.sh FOLDER   (built with clang)
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

names=(banned includes size fuzzers tree)
for name in "${names[@]}"; do
	tools/check_"$name".sh > "$out/$name" 2> "$out/$name.warn" && echo 0 > "$out/$name.rc" || echo 1 > "$out/$name.rc" &
done
wait
for name in cppcheck tidy; do
	tools/check_"$name".sh "$folder" > "$out/$name" 2> "$out/$name.warn" && echo 0 > "$out/$name.rc" || echo 1 > "$out/$name.rc"
done
names+=(cppcheck tidy)

failed=0 warnings=0 broken=()
for name in "${names[@]}"; do
	[ ! -s "$out/$name.warn" ] || warnings=$((warnings + $(wc -l < "$out/$name.warn")))
	cat "$out/$name.warn" >&2
	sed "s/^/$name: /" "$out/$name"
	if [ "$(cat "$out/$name.rc")" != 0 ]; then
		broken+=("$name ($(wc -l < "$out/$name"))")
		failed=1
	fi
done
if [ $failed = 0 ]; then
	echo "check: clean (${names[*]}; $warnings warnings about size)"
else
	echo "check: findings by ${broken[*]}"
fi
exit $failed

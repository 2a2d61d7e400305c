#!/bin/bash
# All checks that read sources, in parallel; closes with one line.  Usage: tools/check.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

names=(banned includes size fuzzers tree web)
for name in "${names[@]}"; do
	tools/check_"$name".sh > "$out/$name" 2> "$out/$name.warn" && echo 0 > "$out/$name.rc" || echo 1 > "$out/$name.rc" &
done
wait
# The second compiler first: clang-tidy reads the build's list of commands and the sources it generates.
: > "$out/clang.warn"
if CC=clang tools/build.sh "$folder" all -Dwerror=true -Dscenario=enabled > "$out/clang.all" 2>&1; then
	echo 0 > "$out/clang.rc"
else
	echo 1 > "$out/clang.rc"
fi
grep -E '(error|warning): ' "$out/clang.all" > "$out/clang" || cp "$out/clang.all" "$out/clang"
for name in cppcheck tidy; do
	tools/check_"$name".sh "$folder" > "$out/$name" 2> "$out/$name.warn" && echo 0 > "$out/$name.rc" || echo 1 > "$out/$name.rc"
done
names+=(clang cppcheck tidy)

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

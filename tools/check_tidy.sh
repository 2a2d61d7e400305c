#!/bin/bash
# clang-tidy over every source, two and more at a time.  What was clean is not read again until it, one of its headers or
# .clang-tidy changes.  Tests are read without the path analyser: they run under the sanitizers.
# Usage: tools/check_tidy.sh FOLDER          FOLDER was configured with clang
set -euo pipefail
cd "$(dirname "$0")/.."

export folder=$1 clean=$1/tidy
mkdir -p "$clean"
config=$(sha256sum < .clang-tidy)
export config

tidy_one()
{
	local file=$1 key options=() out
	key=$(clang -E -P -std=gnu17 -D_GNU_SOURCE -Isrc -I"$folder/src" "$file" 2> /dev/null | sha256sum)
	key=$(sha256sum <<< "$config$key$file")
	key=$clean/${key%% *}
	[ ! -f "$key" ] || return 0
	case $file in
	*_test.c | *_test.h | *_fuzz.c | test/*) options=(--checks=-clang-analyzer-*,-cert-err34-c,-bugprone-infinite-loop) ;;
	esac
	if out=$(clang-tidy -p "$folder" --quiet "${options[@]}" "$file" 2>&1); then
		touch "$key"
		return 0
	fi
	# The finding's own line, with the path as seen from the root; notes explain a path and are left to a person's own run.
	grep -E '(error|warning): ' <<< "$out" | grep -v 'warnings generated' | sed -E "s,^($PWD/|.*/\.\./)*,,; s/,-warnings-as-errors//"
	return 1
}
export -f tidy_one

# Only what the build compiles: a file left out by an option has no flags to be read with.
sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$folder/compile_commands.json" | sed -E 's,^(\.\./)+,,; s,^'"$PWD"'/,,' |
	grep -E '^(src|test|tools)/.*\.c$' | LC_ALL=C sort -u |
	while read -r file; do [ ! -f "$file" ] || echo "$file"; done |
	xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'tidy_one {}' || exit 1

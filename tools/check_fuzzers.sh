#!/bin/bash
# Every reader of foreign bytes has its fuzzer.  Which files read foreign bytes:
#
#	all of src/codec/: thing.c needs thing_fuzz.c, or is a part of it (thing_part.c)
#	elsewhere, a file whose opening comment holds the line " * reads foreign bytes": thing.[ch] needs thing_fuzz.c
#
# The line " * reads foreign bytes: fuzzed by other_fuzz.c" names another fuzzer of the same room, and
# " * reads no foreign bytes" takes a file of src/codec/ out.  Every fuzzer must be registered in its room's meson.build
# and have inputs in test/corpus/.  One line each: FILE:LINE: what.  Usage: tools/check_fuzzers.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"

bad=0
complain()
{
	echo "$1"
	bad=1
}

shopt -s nullglob
for file in src/*/*.[ch]; do
	case $file in *_test.c | *_fuzz.c) continue ;; esac
	stem=${file%.[ch]} folder=${file%/*}
	# The opening comment: up to the first line that ends one.
	mark=$(sed -n '/\*\//q; /^ \* reads \(no \)\{0,1\}foreign bytes/{=;p}' "$file" | head -n 2)
	line=$(sed -n 1p <<< "$mark") text=$(sed -n 2p <<< "$mark")
	case $text in
	*"reads no foreign bytes"*) continue ;;
	*"fuzzed by "*)
		fuzzer=$folder/${text##*fuzzed by }
		[ -f "$fuzzer" ] || complain "$file:$line: reads foreign bytes, but $fuzzer is missing"
		continue
		;;
	*"reads foreign bytes"*)
		[ -f "${stem}_fuzz.c" ] || complain "$file:$line: reads foreign bytes, but ${stem}_fuzz.c is missing"
		continue
		;;
	esac
	case $file in src/codec/*.c) ;; *) continue ;; esac
	part=$stem found=
	while [ -z "$found" ]; do
		if [ -f "${part}_fuzz.c" ]; then found=1; fi
		case ${part##*/} in *_*) part=${part%_*} ;; *) break ;; esac
	done
	[ -n "$found" ] || complain "$file:1: a reader of src/codec/, but ${stem}_fuzz.c is missing"
done

for file in src/*/*_fuzz.c; do
	name=${file##*/}
	room=${file%/*}
	entry=$(grep -o "'[a-z0-9_]*': *files('$name')" "$room/meson.build" 2> /dev/null || true)
	if [ -z "$entry" ]; then
		complain "$file:1: not registered in $room/meson.build (fuzzers += {'thing': files('$name')})"
		continue
	fi
	corpus=${entry#\'}
	corpus=test/corpus/${corpus%%\'*}
	inputs=("$corpus"/*)
	[ ${#inputs[@]} -gt 0 ] || complain "$file:1: no inputs in $corpus/"
done
exit $bad

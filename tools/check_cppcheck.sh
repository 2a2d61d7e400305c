#!/bin/bash
# cppcheck over every source that a build folder compiles.  One line each: FILE:LINE: what (kind).
# Leaks are left to the sanitizers: it does not know CLEANUP().
# A line is excused by a comment before it that says why: /* cppcheck-suppress KIND ; the reason */
# Usage: tools/check_cppcheck.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
mkdir -p "$folder/cppcheck"
cppcheck --project="$folder/compile_commands.json" --cppcheck-build-dir="$folder/cppcheck" -j "${JOBS:-$(nproc)}" -q \
	--enable=warning,performance,portability --inline-suppr --std=c17 --library=posix --error-exitcode=1 \
	--suppress=unknownMacro --suppress=resourceLeak \
	--suppress=memleak --suppress=nullPointerRedundantCheck --include="/usr/include/$(gcc -print-multiarch)"/sys/queue.h --suppress='*:*/usr/include/*' --template='{file}:{line}: {message} ({id})' 2>&1 |
	sed -E "s,^(\.\./)+,,; s,^$PWD/,,"

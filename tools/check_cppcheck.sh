#!/bin/bash
# cppcheck over every source that a build folder compiles.  One line each: FILE:LINE: what (kind).
# What the build generates is not read: tables of bytes say nothing and take minutes.
# Leaks are left to the sanitizers: it does not know CLEANUP().  uninitvar and autoVariables are left to the compilers
# and clang-tidy, which know better when an address is only passed on.
# Tests are left to the sanitizers too; internalAstError and ctuuninitvar are its own trouble, not the code's (2.10).
# A line is excused by a comment before it that says why: /* cppcheck-suppress KIND ; the reason */
# Usage: tools/check_cppcheck.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
mkdir -p "$folder/cppcheck"
find src test tools -name '*.c' | LC_ALL=C sort > "$folder/cppcheck.files"
cppcheck --file-list="$folder/cppcheck.files" --cppcheck-build-dir="$folder/cppcheck" -j "${JOBS:-$(nproc)}" -q \
	-Isrc -Itest -I"$folder/src" -I"$folder/src/store" -D_GNU_SOURCE -DSANITIZED=0 \
	--include="/usr/include/$(gcc -print-multiarch)/sys/queue.h" \
	--enable=warning,performance,portability --inline-suppr --std=c17 --library=posix --error-exitcode=1 \
	--suppress=unknownMacro --suppress=internalAstError --suppress=ctuuninitvar --suppress=resourceLeak \
	--suppress=memleak --suppress=nullPointerRedundantCheck --suppress=autoVariables --suppress=uninitvar --suppress=readdirCalled \
	--suppress='*:*_test.c' --suppress='*:*_test.h' --suppress='*:/usr/include/*' \
	--template='{file}:{line}: {message} ({id})' 2>&1

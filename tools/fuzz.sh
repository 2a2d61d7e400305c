#!/bin/bash
# Runs each fuzzer of a build folder for some seconds over test/corpus/NAME; fails on any finding.
# New inputs stay in FOLDER/corpus/NAME, findings in FOLDER/findings/.  One line per fuzzer:
# name, executions, executions a second.
# Usage: tools/fuzz.sh FOLDER SECONDS [NAME...]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1 seconds=$2
shift 2
findings=$folder/findings
mkdir -p "$findings"
# Sanitizers' allocations are bounded so that one absurd size is a finding, not a dead machine.
export ASAN_OPTIONS=allocator_may_return_null=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

fuzz_one()
{
	local fuzzer=$1 name
	name=$(basename "$fuzzer" _fuzz)
	local corpus=$folder/corpus/$name log=$folder/fuzz-$name.log
	mkdir -p "$corpus"
	if [ ! -d "test/corpus/$name" ]; then
		echo "$name: no corpus in test/corpus/$name" >&2
		return 1
	fi
	if ! "$fuzzer" -max_total_time="$seconds" -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=65536 -timeout=10 \
		-print_final_stats=1 -artifact_prefix="$findings/$name-" "$corpus" "test/corpus/$name" > "$log" 2>&1; then
		echo "$name: FOUND, see $log" >&2
		grep -m1 -E 'ERROR: |runtime error|SUMMARY' "$log" >&2 || tail -n 3 "$log" >&2
		grep 'Test unit written' "$log" >&2 || true
		return 1
	fi
	awk -v name="$name" '/number_of_executed_units/ { n = $2 } /average_exec_per_sec/ { rate = $2 }
		END { printf "%-20s %12d executions %9d/s\n", name, n, rate }' "$log"
}
export -f fuzz_one
export folder seconds findings

names=("$@")
if [ ${#names[@]} = 0 ]; then
	mapfile -t fuzzers < <(find "$folder/src" -maxdepth 1 -type f -name '*_fuzz' | LC_ALL=C sort)
else
	fuzzers=("${names[@]/#/$folder/src/}")
	fuzzers=("${fuzzers[@]/%/_fuzz}")
fi
[ ${#fuzzers[@]} -gt 0 ] || { echo "fuzz: no fuzzer in $folder/src" >&2; exit 1; }
printf '%s\0' "${fuzzers[@]}" | xargs -0 -n 1 -P "${JOBS:-$(nproc)}" bash -c 'fuzz_one "$1"' fuzz

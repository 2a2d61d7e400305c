#!/bin/bash
# Runs every executable of test/bench/ in turn; each prints its figures as JSON lines on standard output.
# Usage: tools/bench.sh [NAME...]
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- test/bench/*
status=0
ran=0
for bench in "$@"; do
	[ -x "$bench" ] || bench=test/bench/$bench
	[ -f "$bench" ] && [ -x "$bench" ] || continue
	ran=$((ran + 1))
	"$bench" || { echo "bench: $bench failed with status $?" >&2; status=1; }
done
[ $ran -gt 0 ] || echo "bench: nothing to run in test/bench/" >&2
exit $status

#!/bin/bash
# The console's own unit tests (web/src/**/*.test.ts, Vitest) as TAP.  Usage: tools/web_test.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/node.sh"
node_find
log=$(mktemp)
trap 'rm -f "$log"' EXIT
node_modules "$root/web" "$log"
exec 9>&-
cd "$root/web"
# without Vitest's times, which no reader of TAP knows
node node_modules/vitest/vitest.mjs run --reporter=tap-flat | sed 's/ # time=.*//'

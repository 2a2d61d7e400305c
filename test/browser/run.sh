#!/bin/bash
# run.mjs with a Node that is new enough (as tools/web.sh finds it).
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/node.sh"
node_find || exit 1
exec node "$root/test/browser/run.mjs" "$@"

#!/bin/bash
# run.mjs with a Node that is new enough (as tools/web.sh finds it).
root=$(cd "$(dirname "$0")/../.." && pwd)
[ ! -x "$root/build/node/bin/node" ] || PATH=$root/build/node/bin:$PATH
exec node "$root/test/browser/run.mjs" "$@"

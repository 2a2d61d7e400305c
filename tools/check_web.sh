#!/bin/bash
# ESLint and Prettier over the console and its browser tests: FILE:LINE: what.  Usage: tools/check_web.sh
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/node.sh
node_find || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
node_modules web "$log" || exit 1
exec 9>&-
status=0
node web/node_modules/eslint/bin/eslint.js -c web/eslint.config.js --max-warnings 0 -f json web test/browser test/bench > "$log" || status=1
node -e '
	for (const file of JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")))
		for (const m of file.messages)
			console.log(`${require("path").relative(".", file.filePath)}:${m.line ?? 1}: ${m.message} (${m.ruleId})`)' "$log" || status=1
for file in $(node web/node_modules/prettier/bin/prettier.cjs --list-different web/src web/build web/*.ts web/*.js web/index.html \
	'test/{browser,bench}/*.mjs'); do
	echo "$file:1: not as Prettier writes it: node web/node_modules/prettier/bin/prettier.cjs --write $file"
	status=1
done
exit $status

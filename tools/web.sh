#!/bin/bash
# Builds the console: web.sh SOURCE OPENAPI OUTPUT.c DEPFILE.  Needs Node (tools/setup.sh build installs one) and npm.
# The client's types are made from OPENAPI, so that a field that changed breaks this build.
set -euo pipefail
source=$(realpath "$1") openapi=$(realpath "$2") depfile=$4
output=$(realpath -m "$3")
work=$(dirname "$output")/web
root=$(dirname "$source")

. "$(dirname "$0")/node.sh"
node_find
mkdir -p "$work"
node_modules "$source" "$work/npm.log"
cd "$source"
run()
{
	"$@" > "$work/step.log" 2>&1 || { echo "error: $*" >&2; cat "$work/step.log" >&2; exit 1; }
}
run node node_modules/openapi-typescript/bin/cli.js "$openapi" -o src/api/schema.d.ts
run node node_modules/vue-tsc/bin/vue-tsc.js --noEmit
rm -rf "$work/dist"
run node node_modules/vite/bin/vite.js build --outDir "$work/dist" --emptyOutDir --logLevel warn
run node "$source/build/check_syntax.mjs" "$work/dist"

type_of()
{
	case $1 in
	*.html) echo 'text/html; charset=utf-8' ;;
	*.js) echo 'text/javascript; charset=utf-8' ;;
	*.css) echo 'text/css; charset=utf-8' ;;
	*.svg) echo 'image/svg+xml' ;;
	*.png) echo 'image/png' ;;
	*.json) echo 'application/json' ;;
	*.woff2) echo 'font/woff2' ;;
	*) echo 'application/octet-stream' ;;
	esac
}
{
	echo '/* Made by tools/web.sh: do not edit. */'
	echo '#include "role/console.h"'
	n=0 table=
	cd "$work/dist"
	while read -r file; do
		echo "static const char file_$n[] = {"
		gzip -9nc "$file" | od -An -v -td1 | sed 's/  *\(-*[0-9][0-9]*\)/\1,/g'
		echo '};'
		table+="	{ \"/$file\", \"$(type_of "$file")\", file_$n, sizeof file_$n, \"\\\"$(sha256sum "$file" | cut -c1-16)\\\"\" },"$'\n'
		n=$((n + 1))
	done < <(find . -type f -printf '%P\n' | LC_ALL=C sort)
	printf 'extern const struct console_file console_files[];\nextern const size_t console_files_count;\n'
	printf 'const struct console_file console_files[] = {\n%s};\nconst size_t console_files_count = %d;\n' "$table" "$n"
} > "$output.new"
mv "$output.new" "$output"
cd "$source"
{
	printf '%s:' "$3"
	find src build index.html package.json package-lock.json vite.config.ts tsconfig.json -type f ! -name schema.d.ts \
		-printf " $source/%p"
	echo
} > "$(dirname "$output")/$(basename "$depfile")"

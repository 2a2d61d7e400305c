#!/bin/sh
# Writes the migrations as C: embed_sql.sh OUTPUT FILE...  A file is NNNN_name.sql; those in a folder named corpus
# belong to the corpus database.  Numbers must be unique within a database.
set -eu
LC_ALL=C
export LC_ALL
out=$1
shift

rows() {   # rows NAME FILE...: the table of one database
	name=$1
	shift
	last=
	count=0
	text=
	for path in "$@"; do
		file=${path##*/}
		number=$(expr "$file" : '\([0-9][0-9][0-9][0-9]\)_[a-z0-9_]*\.sql$') || {
			echo "$path: a migration is named NNNN_name.sql" >&2
			exit 1
		}
		[ "$number" != "$last" ] || { echo "$path: number $number is taken" >&2; exit 1; }
		last=$number
		plain=$(expr "$number" + 0)
		echo "static const char ${name}_$number[] = {"
		od -An -v -td1 "$path" | sed 's/  *\(-*[0-9][0-9]*\)/\1,/g'
		echo "0};"
		text="$text	{ $plain, \"$file\", ${name}_$number, sizeof ${name}_$number - 1 },
"
		count=$((count + 1))
	done
	printf 'const struct migration migrate_%s[] = {\n%s\t{ 0, NULL, NULL, 0 },\n};\n' "$name" "$text"
	printf 'const size_t migrate_%s_count = %s;\n' "$name" "$count"
	newest=$(expr "${last:-0}" + 0) || true
}

main=
corpus=
for path in $(printf '%s\n' "$@" | awk -F/ '{ print $NF " " $0 }' | sort | cut -d' ' -f2); do
	case $path in
	*/corpus/*) corpus="$corpus $path" ;;
	*) main="$main $path" ;;
	esac
done
{
	echo '/* Made by tools/embed_sql.sh: do not edit. */'
	echo '#include "store/migrate.h"'
	echo '#include "store/store.h"'
	rows main $main
	echo "const int store_schema_version = $newest;"
	rows corpus $corpus
} > "$out.new"
mv "$out.new" "$out"

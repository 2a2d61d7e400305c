#!/bin/sh
# Writes files as C: embed_files.sh OUTPUT HEADER FILE...  The table demo_files holds each by its name, with a NUL behind.
set -eu
LC_ALL=C
export LC_ALL
out=$1
header=$2
shift 2
{
	echo '/* Made by tools/embed_files.sh: do not edit. */'
	echo "#include \"$header\""
	n=0
	for path in "$@"; do
		echo "static const char file_$n[] = {"
		od -An -v -td1 "$path" | sed 's/  *\(-*[0-9][0-9]*\)/\1,/g'
		echo '0};'
		n=$((n + 1))
	done
	echo 'const struct demo_file demo_files[] = {'
	n=0
	for path in "$@"; do
		echo "	{ \"${path##*/}\", file_$n, sizeof file_$n - 1 },"
		n=$((n + 1))
	done
	echo '};'
	echo "const size_t demo_files_count = $n;"
} > "$out.new"
mv "$out.new" "$out"

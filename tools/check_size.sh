#!/bin/bash
# Sizes of functions and files: FILE:LINE: what, on standard output what fails, on standard error what is near it.
#	function  60 lines and complexity 15 warn, 100 and 20 fail (pmccabe, each case of a switch counted)
#	file      600 lines warn, 1000 fail
#	line      110 columns (tabs of 8)      parameters  6 (but for callbacks whose shape libmicrohttpd gives)
# Usage: tools/check_size.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"

mapfile -d '' files < <(find src test tools -name '*.[ch]' -print0 2> /dev/null | LC_ALL=C sort -z)
[ ${#files[@]} -gt 0 ] || exit 0
status=0

# Columns: complexity with a switch as one, with each case, statements, first line, lines, FILE(LINE): name
pmccabe "${files[@]}" 2> /dev/null | LC_ALL=C awk '
{
	where = $6
	sub(/\($/, "", where)
	file = where
	sub(/\(.*/, "", file)
	name = $NF
	at = file ":" $4 ": " name
	if ($5 > 100)
		fail(at " has " $5 " lines, more than 100")
	else if ($5 > 60)
		warn(at " has " $5 " lines, more than 60")
	if ($2 > 20)
		fail(at " has complexity " $2 ", more than 20")
	else if ($2 > 15)
		warn(at " has complexity " $2 ", more than 15")
}

function fail(what) {
	print what
	bad = 1
}

function warn(what) {
	print what " (warning)" > "/dev/stderr"
}

END { exit bad }' || status=1

LC_ALL=C awk '
function finish() {
	if (lines > 1000) {
		printf "%s:%d: the file has %d lines, more than 1000\n", file, lines, lines
		bad = 1
	} else if (lines > 600) {
		printf "%s:%d: the file has %d lines, more than 600 (warning)\n", file, lines, lines > "/dev/stderr"
	}
}

FNR == 1 {
	if (file != "")
		finish()
	file = FILENAME
}

{
	lines = FNR
	if (length($0) <= 13)
		next
	column = 0
	text = $0
	gsub(/[\200-\277]/, "", text)          # what continues a character of UTF-8 is no column
	while ((tab = index(text, "\t")) > 0) {
		column += tab - 1
		column += 8 - column % 8
		text = substr(text, tab + 1)
	}
	column += length(text)
	if (column > 110) {
		printf "%s:%d: the line has %d columns, more than 110\n", file, FNR, column
		bad = 1
	}
}

END {
	finish()
	exit bad
}' "${files[@]}" || status=1

# A declaration or definition of a function starts in the first column and runs to its { or ; .
LC_ALL=C awk -f "$here/strip_c.awk" "${files[@]}" | LC_ALL=C awk '
{
	colon = index($0, ":")
	file = substr($0, 1, colon - 1)
	rest = substr($0, colon + 1)
	colon = index(rest, ":")
	line = substr(rest, 1, colon - 1)
	code = substr(rest, colon + 1)
}

text == "" && code ~ /^[A-Za-z_].*[ *][A-Za-z_][A-Za-z_0-9]*\(/ && code !~ /^(typedef|struct [a-z_0-9]+ \{|return|else)/ &&
		code !~ /^static enum MHD_Result/ {
	text = code
	start = line
	from = file
}

text != "" {
	if (from != file) {
		text = ""
		next
	}
	if (line != start)
		text = text " " code
	if (code ~ /[;{]/ || line - start > 30) {
		count(text)
		text = ""
	}
}

function count(t,   i, c, depth, commas, n, name) {
	if (!match(t, /[A-Za-z_][A-Za-z_0-9]*\(/))
		return
	# Attributes written before the name, as PRINTF(1, 2), are stepped over.
	while (match(t, /(PRINTF|CLEANUP|__attribute__)[ ]*\([^;{]*\)[ ]+[a-z]/) && RSTART < match(t, /[a-z_0-9]+\(/))
		sub(/(PRINTF|CLEANUP|__attribute__)[ ]*\(+[^()]*\)+[ ]*/, "", t)
	match(t, /[A-Za-z_][A-Za-z_0-9]*\(/)
	name = substr(t, RSTART, RLENGTH - 1)
	if (name ~ /^[A-Z_0-9]+$/)
		return
	n = length(t)
	for (i = RSTART + RLENGTH - 1; i <= n; i++) {
		c = substr(t, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && --depth == 0)
			break
		else if (c == "," && depth == 1)
			commas++
	}
	if (commas + 1 > 6) {
		printf "%s:%d: %s has %d parameters, more than 6\n", from, start, name, commas + 1
		bad = 1
	}
}

END { exit bad }' || status=1
exit $status

#!/bin/bash
# The house: a file includes only from its own room and rooms before it; includes are written from src/; a library that is
# kept behind one file is included only there.  One line each: FILE:LINE: what.  Usage: tools/check_includes.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"

rooms="base os codec net store resource people asset finding order vuln site event notice incident kpi link role cli"
# header=files that may include it (patterns under the root, "|" between them)
guarded="microhttpd.h=src/net/http_*.[ch]
sqlite3.h=src/store/db_*.[ch]|test/*
seccomp.h=src/os/sandbox*.c
zstd.h=src/codec/*.c
zlib.h=src/codec/*.c|src/*/*_test.c
qrencode.h=src/codec/qr.c
openssl/evp.h=src/people/totp.c
openssl/hmac.h=src/people/totp.c
sys/epoll.h=src/os/*.c|src/net/http_*.c|test/load/*.c
curl/curl.h=test/*
archive.h=src/codec/table_zip.c|src/*/*_test.c
archive_entry.h=src/codec/table_zip.c|src/*/*_test.c
libxml/parser.h=src/codec/xml.c
libxml/parserInternals.h=src/codec/xml.c
libxml/tree.h=src/codec/xml.c
xlsxwriter.h=src/codec/workbook.c|test/*"

export rooms guarded
{ find src test tools -name '*.[ch]' -print0 2> /dev/null || true; } | LC_ALL=C sort -z |
	LC_ALL=C xargs -0r grep -nH -E '^[[:space:]]*#[[:space:]]*include' | LC_ALL=C awk '
function complain(what) {
	printf "%s:%s: %s\n", file, line, what
	bad = 1
}

# A shell pattern with * and [ch] as a regular expression.
function pattern(p) {
	gsub(/\./, "[.]", p)
	gsub(/\*/, ".*", p)
	return "^" p "$"
}

function allowed(patterns,   list, i, n) {
	n = split(patterns, list, "|")
	for (i = 1; i <= n; i++)
		if (file ~ pattern(list[i]))
			return 1
	return 0
}

function exists(path,   got, ignored) {
	got = (getline ignored < path) >= 0
	close(path)
	return got
}

BEGIN {
	n = split(ENVIRON["rooms"], list, " ")
	for (i = 1; i <= n; i++)
		place[list[i]] = i
	n = split(ENVIRON["guarded"], list, "\n")
	for (i = 1; i <= n; i++) {
		equal = index(list[i], "=")
		only[substr(list[i], 1, equal - 1)] = substr(list[i], equal + 1)
	}
}

{
	split($0, part, ":")
	file = part[1]
	line = part[2]
	text = substr($0, length(file) + length(line) + 3)
	room = ""
	if (file ~ /^src\/[^\/]+\//) {
		split(file, step, "/")
		room = step[2]
		if (!(room in place)) {
			complain("no room of this name in the order of the house: " room)
			next
		}
	}
}

text ~ /</ {
	match(text, /<[^>]*>/)
	header = substr(text, RSTART + 1, RLENGTH - 2)
	if ((header in only) && !allowed(only[header]))
		complain("<" header "> is kept behind " only[header])
	next
}

match(text, /"[^"]*"/) {
	header = substr(text, RSTART + 1, RLENGTH - 2)
	if (room == "" && exists(substr(file, 1, match(file, /[^\/]*$/) - 1) header))
		next                           # test/ and tools/ may use what lies beside them
	if (file ~ /^test\// && exists("test/" header))
		next
	split(header, step, "/")
	if (header !~ /\// || !(step[1] in place)) {
		complain("\"" header "\" must be written from src/, as \"room/thing.h\"")
		next
	}
	if (header ~ /\.c$/)
		complain("\"" header "\" is a source file, not a header")
	if (room != "" && place[step[1]] > place[room])
		complain("\"" header "\" is to the right of " room " in the house")
}

END { exit bad }'

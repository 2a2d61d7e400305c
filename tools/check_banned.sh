#!/bin/bash
# What the code does not use: one line each, FILE:LINE: what, and what to use instead.  Usage: tools/check_banned.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"

{ find src test tools -name '*.[ch]' -print0 2> /dev/null || true; } | LC_ALL=C sort -z |
	LC_ALL=C xargs -0r awk -f "$here/strip_c.awk" | LC_ALL=C awk '
function ban(names, instead,   list, i, n) {
	n = split(names, list, " ")
	for (i = 1; i <= n; i++) {
		call[list[i]] = instead
		order[++calls] = list[i]
	}
}

function complain(what) {
	printf "%s:%s: %s\n", file, line, what
	bad = 1
}

BEGIN {
	ban("strcpy strncpy strcat strncat sprintf vsprintf gets", "a struct str or snprintf knows its maximum")
	ban("strtok strtok_r", "cut a span")
	ban("atoi atol atoll atof", "span_int and its like say when it is no number")
	ban("strdup strndup strdupa", "arena_text keeps a text in an arena")
	ban("alloca", "an arena has a limit, the stack has none that can be asked")
	ban("system popen", "the program starts no programs")
	ban("setjmp longjmp sigsetjmp siglongjmp", "an arena over its limit sets a flag")
	ban("localtime gmtime ctime asctime", "base/time.h has no hidden state")
	ban("rand srand random srandom drand48", "hash_random is random")
	ban("mktemp tmpnam tempnam", "mkstemp or mkdtemp")
	own = "strdup strndup"                 # base/ may make what the others use
	in_tests = "system popen random srandom"       # a seed makes a test repeatable
}

{
	colon = index($0, ":")
	file = substr($0, 1, colon - 1)
	rest = substr($0, colon + 1)
	colon = index(rest, ":")
	line = substr(rest, 1, colon - 1)
	code = substr(rest, colon + 1)
	if (line == 1)
		body = 0
	test = file ~ /^test\// || file ~ /_test\.c$/ || file ~ /_fuzz\.c$/
}

code == "{" { body = 1 }
code ~ /^}/ { body = 0 }

body && code ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else)/ {
	complain("a conditional inside a function; put the variants in files of their own")
}

code ~ /(^|[^A-Za-z0-9_])goto[ \t]/ { complain("goto; use an arena, CLEANUP() or a function of its own") }

code ~ /^[ \t]*typedef[ \t]+(struct|union|enum)[ \t{]/ { complain("typedef of a struct; write struct thing") }

code ~ /\(/ {
	for (i = 1; i <= calls; i++) {
		name = order[i]
		if (!index(code, name) || code !~ ("(^|[^A-Za-z0-9_.>])" name "[ \t]*\\("))
			continue
		if (index(own, name) && file ~ /^src\/base\//)
			continue
		if (test && index(in_tests, name))
			continue
		complain(name "; " call[name])
	}
}

END { exit bad }'

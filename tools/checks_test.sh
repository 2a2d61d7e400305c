#!/bin/bash
# Tests of the checks: each must find what it is there for in a small bad tree, and find nothing in this one.  Prints TAP.
# Usage: tools/checks_test.sh
set -uo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d "$( [ -w /dev/shm ] && echo /dev/shm || echo /tmp )/seawall-checks-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cases=0 failed=0

result()        # NAME, 0 when it passed; notes on standard input
{
	cases=$((cases + 1))
	sed -n "/./s/^/# /p"
	if [ "$2" = 0 ]; then
		echo "ok $cases - $1"
	else
		echo "not ok $cases - $1"
		failed=1
	fi
}

bad()           # NAME, CHECK, FILE, what the check must say of it; the file's text on standard input
{
	local out
	rm -rf "$folder/tree"
	mkdir -p "$folder/tree/$(dirname "$3")"
	cat > "$folder/tree/$3"
	if out=$("tools/check_$2.sh" "$folder/tree" 2> /dev/null); then
		result "$1" 1 <<< "check_$2 found nothing"
	elif grep -qxF -- "$4" <<< "$out"; then
		result "$1" 0 < /dev/null
	else
		result "$1" 1 <<< "check_$2 said: $out"
	fi
}

good()          # NAME, CHECK, FILE: the check must find nothing in it
{
	local out
	rm -rf "$folder/tree"
	mkdir -p "$folder/tree/$(dirname "$3")"
	cat > "$folder/tree/$3"
	out=$("tools/check_$2.sh" "$folder/tree" 2> /dev/null)
	result "$1" $? <<< "$out"
}

repeat() { for ((i = 0; i < $1; i++)); do printf "$2"; done; }

bad 'goto' banned src/base/a.c 'src/base/a.c:3: goto; use an arena, CLEANUP() or a function of its own' << 'END'
static void f(void)
{
	goto out;
END
bad 'strcpy' banned src/base/a.c 'src/base/a.c:1: strcpy; a struct str or snprintf knows its maximum' <<< '	strcpy(a, b);'
bad 'strdup outside base' banned src/os/a.c 'src/os/a.c:1: strdup; arena_text keeps a text in an arena' <<< '	x = strdup(b);'
bad 'system' banned src/os/a.c 'src/os/a.c:1: system; the program starts no programs' <<< '	system (b);'
bad 'typedef struct' banned src/os/a.h 'src/os/a.h:1: typedef of a struct; write struct thing' <<< 'typedef struct { int x; } a;'
bad 'ifdef in a function' banned src/os/a.c \
	'src/os/a.c:3: a conditional inside a function; put the variants in files of their own' << 'END'
void f(void)
{
#ifdef LINUX
END
good 'names in comments, texts and fields are not calls' banned src/os/a.c << 'END'
/* goto strcpy(a, b)
 * system("x") */
static const char *t = "goto strcpy(\"a\", b); system(";
#ifdef LINUX
#endif
void f(void)
{
	x->system(1);
	my_strcpy(1);       // atoi(x)
}
END
good 'a test may call system' banned src/os/a_test.c <<< '	system("x");'

bad 'a room to the right' includes src/os/a.c 'src/os/a.c:1: "net/http.h" is to the right of os in the house' \
	<<< '#include "net/http.h"'
bad 'not from src/' includes src/os/a.c 'src/os/a.c:1: "a.h" must be written from src/, as "room/thing.h"' <<< '#include "a.h"'
bad 'an unknown room' includes src/zoo/a.c 'src/zoo/a.c:1: no room of this name in the order of the house: zoo' \
	<<< '#include "base/a.h"'
bad 'a guarded library' includes src/net/dial.c 'src/net/dial.c:1: <microhttpd.h> is kept behind src/net/http_*.[ch]' \
	<<< '#include <microhttpd.h>'
bad 'a library of one file' includes src/order/a.c \
	'src/order/a.c:1: <xlsxwriter.h> is kept behind src/codec/workbook.c|test/*' <<< '#include <xlsxwriter.h>'
good 'a test makes its own sheets with it' includes test/first_week/roster.c <<< '#include <xlsxwriter.h>'
good 'its own file includes it' includes src/net/http_server.c <<< '#include <microhttpd.h>'
good 'a room to the left' includes src/net/a.c <<< '#include "base/err.h"'

bad 'a reader in codec' fuzzers src/codec/tar.c \
	'src/codec/tar.c:1: a reader of src/codec/, but src/codec/tar_fuzz.c is missing' <<< 'int x;'
bad 'a marked reader' fuzzers src/vuln/nvd.c 'src/vuln/nvd.c:2: reads foreign bytes, but src/vuln/nvd_fuzz.c is missing' << 'END'
/*
 * reads foreign bytes
 */
END
bad 'a fuzzer of another name' fuzzers src/vuln/nvd.c \
	'src/vuln/nvd.c:2: reads foreign bytes, but src/vuln/feed_fuzz.c is missing' << 'END'
/*
 * reads foreign bytes: fuzzed by feed_fuzz.c
 */
END
bad 'a fuzzer not registered' fuzzers src/vuln/nvd_fuzz.c \
	"src/vuln/nvd_fuzz.c:1: not registered in src/vuln/meson.build (fuzzers += {'thing': files('nvd_fuzz.c')})" <<< 'int x;'
good 'a writer in codec' fuzzers src/codec/pdf.c << 'END'
/*
 * reads no foreign bytes
 */
END

bad 'a path of a machine' tree doc/a.md 'doc/a.md:1: a path of one machine' <<< "see /ho""me/somebody/x"
bad 'the host of a registry' tree Makefile 'Makefile:1: the host of a registry or mirror' <<< "curl https://registry.npm""js.org/x"
bad 'a carriage return' tree src/a.c 'src/a.c:1: a carriage return' < <(printf 'int x;\r\nint y;\n')
bad 'white space at the end' tree src/a.c 'src/a.c:2: white space at the end of the line' < <(printf 'int x;\nint y; \n')
bad 'no line end' tree src/a.c 'src/a.c:1: no line end at the end' < <(printf 'int x;')
good 'a plain file' tree src/a.c <<< 'int x;'

if command -v pmccabe > /dev/null; then
	bad 'a long function' size src/os/a.c 'src/os/a.c:1: f has 103 lines, more than 100' \
		< <(printf 'static void f(void)\n{\n'; repeat 100 '\tx++;\n'; printf '}\n')
	bad 'a complex function' size src/os/a.c 'src/os/a.c:1: f has complexity 21, more than 20' \
		< <(printf 'static void f(void)\n{\n'; repeat 20 '\tif (x)\n\t\tx++;\n'; printf '}\n')
	bad 'a long file' size src/os/a.c 'src/os/a.c:1001: the file has 1001 lines, more than 1000' < <(repeat 1001 'int x;\n')
	bad 'a long line' size src/os/a.c 'src/os/a.c:1: the line has 111 columns, more than 110' < <(printf '\t'; repeat 103 x; echo)
	good 'characters are columns, not bytes' size src/os/a.c < <(repeat 110 '字'; echo)
	bad 'seven parameters' size src/os/a.h 'src/os/a.h:1: f has 7 parameters, more than 6' \
		<<< 'bool f(int a, int b, int c, int d, int e, int f, int g);'
	good 'a parameter that is a function counts once' size src/os/a.h \
		<<< 'bool f(int a, int (*b)(int, int, int), int c, int d, int e, int f) PRINTF(1, 2);'
else
	for i in 1 2 3 4 5 6 7; do
		cases=$((cases + 1))
		echo "ok $cases - size of functions $i # SKIP pmccabe is not installed"
	done
fi

# The console's build says what to do when there is no Node, and when npm cannot reach its registry.
mkdir -p "$folder/node/tools" "$folder/node/web" "$folder/node/bin"
cp tools/web.sh tools/node.sh "$folder/node/tools"
echo '{}' | tee "$folder/node/web/package.json" "$folder/node/web/package-lock.json" > "$folder/node/openapi.json"
for tool in bash cat cut dirname flock grep head mkdir realpath sha256sum; do
	ln -s "$(command -v $tool)" "$folder/node/bin/$tool"
done

build_says()    # NAME, what the build must say when it fails for want of Node
{
	local out
	cd "$folder/node" || return
	if out=$(PATH=$folder/node/bin tools/web.sh web openapi.json out/console.c out/console.d 2>&1); then
		out="it did not fail: $out"
	fi
	[[ $out == *"$2"* && $out == *"build without the console"* && ! -e out/console.c ]]
	result "$1" $? <<< "$out"
	cd - > /dev/null || return
}

build_says 'no Node' 'error: the console needs Node 20 or newer and npm (found: none); run: tools/setup.sh build'
printf '#!/bin/bash\necho v18.20.4\n' > "$folder/node/bin/node"
printf '#!/bin/bash\necho "npm ERR! network request failed, reason: getaddrinfo ENOTFOUND" >&2\nexit 1\n' > "$folder/node/bin/npm"
chmod +x "$folder/node/bin/node" "$folder/node/bin/npm"
build_says 'an old Node' '(found: v18.20.4); run: tools/setup.sh build'
printf '#!/bin/bash\necho v22.0.0\n' > "$folder/node/bin/node"
build_says 'npm does not reach its registry' 'error: It needs a package registry, once: check the network, or name a mirror'

summary()       # NAME, the closing line wanted; the log on standard input
{
	local out
	out=$(awk -v meson_status=0 -f tools/tap_summary.awk | tail -n 1)
	[ "$out" = "$2" ]
	result "$1" $? <<< "$out"
}

log()           # RESULT, the test's output
{
	printf '=== 1/2 ===\ntest:         seawall:unit / t\nresult:       %s\n' "$1"
	printf -- '--- stdout ---\n%b======\n\n' "$2"
}

summary 'cases are counted' '2 passed, 0 failed, 1 skipped' \
	< <(log 'exit status 0' 'ok 1 - a\nok 2 - b # SKIP no data\n1..2\n'; log 'exit status 0' 'ok 1 - c\n1..1\n')
summary 'a failing case' '1 passed, 1 failed, 0 skipped' < <(log 'exit status 1' 'ok 1 - a\nnot ok 2 - b\n1..2\n')
summary 'a crash' '1 passed, 1 failed, 0 skipped' < <(log 'killed by signal 6 SIGABRT' 'ok 1 - a\n')
summary 'a crash after the plan' '1 passed, 1 failed, 0 skipped' < <(log 'exit status 1' 'ok 1 - a\n1..1\n')
summary 'fewer cases than planned' '1 passed, 1 failed, 0 skipped' < <(log 'exit status 0' 'ok 1 - a\n1..3\n')
summary 'no output' '0 passed, 1 failed, 0 skipped' < <(log 'exit status 0' '')
summary 'no test at all' '0 passed, 1 failed, 0 skipped' < /dev/null

for check in banned includes fuzzers tree; do
	out=$("tools/check_$check.sh" 2> /dev/null)
	result "this tree: check_$check" $? <<< "$out"
done
echo "1..$cases"
exit $failed

#!/bin/bash
# What does not belong in the tree: a path of somebody's machine, the host of a package registry or mirror, carriage returns,
# white space at a line's end, a file without a last line end, bytes that are not UTF-8, a file over 1 MB.
# One line each: FILE:LINE: what.  Usage: tools/check_tree.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"

# Dots are written as [.] here, so that this file does not find itself.
hosts='deb[.]debian[.]org|(security|snapshot)[.]debian[.]org|registry[.]npmjs[.]org|pypi[.]org|pythonhosted[.]org'
hosts+='|proxy[.]golang[.]org|crates[.]io|repo1?[.]maven[.]|mirrors[.][a-z0-9.]+[.](cn|com|org)|registry[.]npmmirror[.]'
paths='(^|[^[:alnum:]_.$}*])/(work|root|home/[a-z][a-z0-9_-]*|Users/[A-Za-z]+|tmp/b-[a-z]+)/'

# Files as a release would hold them: what Git knows, or all but the ignored folders where there is no Git.
files()
{
	if git rev-parse --is-inside-work-tree > /dev/null 2>&1 && [ -e .git ]; then
		git ls-files -z --cached --others --exclude-standard
	else
		find . -type f -not -path './.git/*' -not -path './build*' -not -path './data/*' -printf '%P\0'
	fi
}

status=0
report()        # what is wrong; reads FILE:LINE:TEXT
{
	local found
	found=$(sed -E "s/^([^:]*:[0-9]+):.*/\1: $1/")
	[ -z "$found" ] || { printf '%s\n' "$found"; status=1; }
}

list=$(mktemp)
text=$(mktemp)
trap 'rm -f "$list" "$text"' EXIT
files | while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done > "$list"
grep -zvE '^test/corpus/|[.](zst|gz|zip|png|xlsx|woff2?)$' "$list" > "$text" || true

scan() { LC_ALL=C xargs -0r -a "$text" grep -nHIE "$1" 2> /dev/null || true; }

report 'a path of one machine' < <(scan "$paths")
report 'the host of a registry or mirror' < <(scan "$hosts")
report 'a carriage return' < <(scan $'\r$')
report 'white space at the end of the line' < <(scan $'[ \t]+$' | grep -vE '^[^:]*[.](md|tsv):' || true)
while IFS= read -r -d '' file; do
	[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file" | tr -d '\n')" ] || { echo "$file:1: no line end at the end"; status=1; }
done < <(grep -zE '[.]([ch]|def|sh|sql|md|awk|json|build)$' "$text" || true)
while IFS= read -r -d '' file; do
	iconv -f UTF-8 -t UTF-8 "$file" > /dev/null 2>&1 || { echo "$file:1: not UTF-8"; status=1; }
done < <(grep -zE '[.]([ch]|def|sh|sql|md|awk|build)$' "$text" || true)
while IFS= read -r -d '' file; do
	[ "$(stat -c %s "$file")" -le 1048576 ] || { echo "$file:1: over 1 MB; test data is read from SEAWALL_SHARED"; status=1; }
done < "$list"
exit $status

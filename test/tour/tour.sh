#!/bin/bash
# The README's tour and the manuals' examples, typed as printed, on fresh demonstration cities.  TAP.
# Usage: test/tour/tour.sh README PROGRAM MANUAL...
set -uo pipefail

readme=$(readlink -f "$1")
program=$(readlink -f "$2")
shift 2
manuals=$(readlink -f "$@")
work=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/tour.XXXXXX")
server=
finish()
{
	[ -z "$server" ] || kill -TERM -- "-$server" 2> /dev/null
	[ -z "$server" ] || wait "$server" 2> /dev/null
	rm -rf "$work"
}
trap finish EXIT
stop()
{
	kill -TERM -- "-$server"
	wait "$server"
	server=
}

count=0
failed=0
tell() # 0|1 NAME
{
	count=$((count + 1))
	[ "$1" = 0 ] || failed=1
	[ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

if ! command -v curl > /dev/null; then
	echo "ok 1 - tour # SKIP curl is not installed"
	echo 1..1
	exit 0
fi

cd "$work" || exit 1
unset SEAWALL_DATA
mkdir build
ln -s "$program" build/seawall
ln -s "${readme%/*}/demo" demo
awk '/^## /{ on = /tour/ } on && /^```/{ code = /^```sh/; next } on && code' "$readme" > tour.sh
tell "$([ "$(wc -l < tour.sh)" -gt 20 ]; echo $?)" "the tour is in the README"

build/seawall demo --data data > demo.out 2> demo.err
tell $? "the city is made"
accounts=$(awk 'NF > 3' data/accounts.txt | wc -l)
tell "$([ "$accounts" = 9 ] && [ "$(stat -c %a data/accounts.txt)" = 600 ]; echo $?)" "its accounts are kept, for the owner only"

set -m
build/seawall serve --data data --listen 127.0.0.1:0 > serve.out 2> serve.err &
server=$!
set +m
port=
for _ in $(seq 100); do
	port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' serve.out)
	[ -n "$port" ] && curl -fsS "http://127.0.0.1:$port/healthz" > /dev/null 2>&1 && break
	sleep 0.1
done
tell "$([ -n "$port" ]; echo $?)" "it is served"

SEAWALL_LISTEN=127.0.0.1:$port bash -eu tour.sh > tour.out 2> tour.err
tell $? "every command of the tour succeeds"
sed 's/^/# /' tour.err | head -20
while IFS='|' read -r name pattern; do
	grep -Eq -- "$pattern" tour.out
	tell $? "$name"
done << 'CASES'
a finding explains itself|早于版本：2\.23\.6
and its priority|已知被利用：值：是
the order has a number|湛网交〔20[0-9][0-9]〕[0-9]+号
a contradiction is proposed as a return|"returned_proposed":"[^"]*2\.23\.1
the order is verified in the end|"state":"verified"
the finding is closed|^状态 +已消除
the steps are on record|"verb":"return"
the record is whole|变更日志完整
CASES
! grep -Eq '"status":[45][0-9][0-9]' tour.out
tell $? "no request was refused"
[ "$failed" = 0 ] || sed 's/^/# /' tour.out | tail -40
stop
tell $? "the server stops cleanly"
for manual in $manuals; do
	rm -rf data fresh
	build/seawall demo --data data > demo.out 2>&1
	awk '/^```/{ code = /^```sh/; next } code' "$manual" > manual.sh
	bash -eu manual.sh > manual.out 2> manual.err
	tell $? "every command of ${manual##*/} succeeds"
	[ "$failed" = 0 ] || tail -5 manual.err | sed 's/^/# /'
done
echo "1..$count"
exit "$failed"

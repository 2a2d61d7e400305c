#!/bin/bash
# Serves ./data on 127.0.0.1:8440, making a demonstration city in it first if there is none.
# Usage: tools/run.sh        SEAWALL_DATA=DIR and SEAWALL_LISTEN=HOST:PORT change the defaults
set -euo pipefail
cd "$(dirname "$0")/.."

data=${SEAWALL_DATA:-data}
listen=${SEAWALL_LISTEN:-127.0.0.1:8440}

if [ ! -e "$data" ]; then
	# Made beside and renamed: what was interrupted is not taken for a city the next time.
	rm -rf "$data.new"
	echo "making the demonstration city in $data"
	build/seawall demo --data "$data.new"
	mv "$data.new" "$data"
fi
echo
echo "Seawall 海堤: http://$listen/    (stop with Ctrl-C; data in $data)"
if [ -f "$data/accounts.txt" ]; then
	echo "demo accounts (kept in $data/accounts.txt):"
	sed 's/^/  /' "$data/accounts.txt"
fi
echo
exec build/seawall serve --data "$data" --listen "$listen"

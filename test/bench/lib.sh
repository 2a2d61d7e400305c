# What the figures share; read by them, never run.  SEAWALL_BENCH_BUILD: the Meson folder (build/meson);
# SEAWALL_BENCH_FOLDER: where data folders are made (build/, a disk as users have; /dev/shm for comparison).
set -euo pipefail
cd "$(dirname "$0")/../.."
bench=$(basename "$0")
built=${SEAWALL_BENCH_BUILD:-build/meson}
seawall=$built/src/cli/seawall
shared=${SEAWALL_SHARED:-../shared}
port=${SEAWALL_BENCH_PORT:-8490}
mkdir -p build
folder=$(mktemp -d "${SEAWALL_BENCH_FOLDER:-$PWD/build}/bench-$bench-XXXXXX")
data=$folder/data
server=

finish()
{
	stop
	rm -rf "$folder"
}

stop()
{
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; } 2> /dev/null
	server=
}
trap finish EXIT

# say FIGURE VALUE UNIT [BUDGET]
say()
{
	printf '{"bench":"%s","figure":"%s","value":%s,"unit":"%s","budget":%s,"load":%s,"at":"%s"}\n' \
		"$bench" "$1" "$2" "$3" "${4:-null}" "$(cut -d' ' -f1 /proc/loadavg)" "$(date -u +%FT%TZ)"
}

skip()
{
	printf '{"bench":"%s","skipped":"%s"}\n' "$bench" "$1"
	exit 0
}

need_shared()
{
	[ -d "$shared/data/vuln" ] || skip "no test data in $shared (SEAWALL_SHARED)"
	nvd=$shared/data/vuln/nvd
}

# cost FIGURE BUDGET_SECONDS BUDGET_MIB COMMAND…: seconds, CPU seconds and memory; its output goes to $folder/out
cost()
{
	local figure=$1 seconds=$2 mib=$3
	shift 3
	"$built/test/load/measure" "$folder/cost" "$@" > "$folder/out"
	read -r wall cpu kib < "$folder/cost"
	say "$figure" "$wall" s "$seconds"
	say "$figure, CPU" "$cpu" s
	say "$figure, memory" "$((kib / 1024))" MiB "$mib"
}

# rate FIGURE COUNT UNIT: of the last cost()
rate()
{
	say "$1" "$(awk -v n="$2" -v s="$wall" 'BEGIN { printf "%.0f", n / s }')" "$3/s"
}

# field NAME: of the one JSON line on standard input
field()
{
	sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p"
}

# Starts to serve $data; sets started_ms: from the start to the first answer.
start()
{
	local from=$(date +%s%N)
	"$seawall" serve --data "$data" --listen "127.0.0.1:$port" > "$folder/serve.log" 2>&1 &
	server=$!
	until curl -s -o /dev/null "http://127.0.0.1:$port/healthz"; do
		kill -0 "$server" 2> /dev/null || { cat "$folder/serve.log" >&2; exit 1; }
		sleep 0.01
	done
	started_ms=$((($(date +%s%N) - from) / 1000000))
}

# Milliseconds of CPU that all roles have used so far.
served_ms()
{
	for pid in $server $(pgrep -P "$server"); do sed 's/.*) //' "/proc/$pid/stat"; done |
		awk -v hz="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { print sum * 1000 / hz }'
}

# sign_in NAME: sets cookie and csrf; the password is the same for all of a bench
sign_in()
{
	curl -s -D "$folder/head" -o "$folder/session" -H 'Content-Type: application/json' \
		-d "{\"username\":\"$1\",\"password\":\"Bench-mark-2026-x\"}" "http://127.0.0.1:$port/api/v1/session"
	cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\);.*/\1/p' "$folder/head" | head -1)
	csrf=$(field csrf < "$folder/session" | tr -d '"')
	[ -n "$cookie" ] || { cat "$folder/session" >&2; exit 1; }
}

# add_user NAME ROLE UNIT
add_user()
{
	echo Bench-mark-2026-x | "$seawall" user add "$1" --role "$2" --unit "$3" --password-stdin --data "$data" > /dev/null
}

# A city of ten counties and a thousand units: office C, county offices C0 … C9, units U0 … U999 (Un in Cn%10).
make_units()
{
	"$seawall" init --data "$data" > /dev/null
	awk 'BEGIN {
		print "code,name,parent,division,kind,sector,uscc"
		print "C,市网信办,,440800,office,government,"
		for (i = 0; i < 10; i++) printf "C%d,第%d县网信办,C,440800,office,government,\n", i, i
		for (i = 0; i < 1000; i++) printf "U%d,第%d单位,C%d,440800,public_body,government,\n", i, i, i % 10
	}' > "$folder/units.csv"
	"$seawall" import units "$folder/units.csv" --data "$data" > /dev/null
}

# A hundred thousand hosts of those units, each with one software, 20 hosts a system, in no order of units.
make_assets_file()
{
	awk 'BEGIN {
		print "unit,system,host,address,exposure,importance,software,vendor,version,cpe"
		for (i = 0; i < 100000; i++) {
			u = i * 7919 % 1000; v = i % 53; p = i % 977
			printf "U%d,系统%d,host-%d,10.%d.%d.%d,%s,%s,Product %d,Vendor %d,1.%d,cpe:2.3:a:vendor_%d:product_%d:1.%d:*:*:*:*:*:*:*\n",
				u, int(i / 1000) % 5, i, int(i / 65536), int(i / 256) % 256, i % 256,
				i % 4 ? "internal" : "internet", i % 9 ? "medium" : "high", p, v, i % 20, v, p, i % 20
		}
	}' > "$folder/assets.csv"
}

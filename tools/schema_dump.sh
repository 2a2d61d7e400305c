#!/bin/sh
# Writes src/store/schema/current.sql anew after a migration was added: schema_dump.sh [BUILD]
set -eu
build=${1:-build/meson}
ninja -C "$build" src/store_schema_test >/dev/null
case $build in /*) ;; *) build=$PWD/$build ;; esac
cd "$(dirname "$0")/.."
"$build/src/store_schema_test" --write

# Thin: a target installs what it lacks (tools/setup.sh), then calls Meson or a script of tools/.
WERROR ?= true
T ?= 60

.PHONY: run build test bench fuzz sanitize check clean help

run: build
	@tools/run.sh

build:
	@tools/setup.sh build
	@tools/build.sh build/meson src/cli/seawall -Dwerror=$(WERROR) -Dconsole=enabled
	@ln -sfn meson/src/cli/seawall build/seawall

test:
	@tools/setup.sh test
	@tools/build.sh build/meson all -Dwerror=true -Dscenario=enabled -Dconsole=enabled
	@ln -sfn meson/src/cli/seawall build/seawall
	@tools/test.sh build/meson

bench: build
	@tools/setup.sh bench
	@tools/build.sh build/meson all -Dwerror=$(WERROR) -Dconsole=enabled
	@tools/bench.sh

fuzz:
	@tools/setup.sh fuzz
	@CC=clang tools/build.sh build/fuzz fuzzers -Dfuzz=true -Darena_malloc=true -Db_sanitize=address,undefined
	@tools/fuzz.sh build/fuzz $(T)

sanitize:
	@tools/setup.sh sanitize
	@CC=clang tools/build.sh build/sanitize all -Darena_malloc=true -Db_sanitize=address,undefined -Dscenario=enabled
	@tools/test.sh build/sanitize --timeout-multiplier 5

check:
	@tools/setup.sh check
	@tools/check.sh build/clang

clean:
	@rm -rf build

help:
	@echo 'make run        build, make a demonstration city in ./data if there is none, serve it on 127.0.0.1:8440'
	@echo 'make build      build/seawall (WERROR=false: warnings are not errors)'
	@echo 'make test       every layer of tests; closes with "N passed, N failed, N skipped"'
	@echo 'make bench      figures as JSON lines'
	@echo 'make fuzz T=60  each fuzzer for T seconds over its corpus'
	@echo 'make sanitize   all tests under the address and undefined-behaviour sanitizers'
	@echo 'make check      clang build, clang-tidy, cppcheck and the checks of tools/'
	@echo 'make clean      remove build/ (never ./data)'

# Everything is a script in scripts/; this only names it.
SHELL := bash

.PHONY: help setup build check test demo bench
help:    ## this list
	@sed -n 's/^\([a-z]*\): *## *\(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup:   ## install the Debian packages that building needs (root or sudo)
	@scripts/setup

build:   ## release binaries into .build/release
	@scripts/build

check:   ## formatting and lint, no build
	@scripts/check

test:    ## every test, against a real Kubernetes API server built here
	@scripts/test

demo:    ## the main job, shown on a real Kubernetes API server; RECOVERY=1: a lost quorum instead
	@scripts/demo

bench:   ## speed and memory beside the peers
	@scripts/setup bench
	@scripts/build
	@Benchmarks/run

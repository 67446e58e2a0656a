# What can be done here, each by one line. The work is in cargo and in the scripts that are named.
.DEFAULT_GOAL := help
.PHONY: help build test unit integration e2e conformance lint fmt crds generate images reloader cluster-up cluster-down run down bench soak siege fuzz reloader-docs book release

help:         ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
build:        ## both programs, optimised: the operator for speed, the config-reloader for size
	cargo build --locked --release --package operator
	cargo build --locked --profile small --package config-reloader
test:         ## every test: unit, conformance, integration, end-to-end (brings up a cluster and removes it)
	e2e/test
unit:         ## tests that need no cluster
	e2e/test unit
integration:  ## the definitions and the programs against a real API server
	e2e/test integration
e2e:          ## the programs in pods, with a real Prometheus and Alertmanager
	e2e/test end-to-end
conformance:  ## our output against that of the original, one line per area
	cargo test --locked --package operator --test conformance
lint:         ## formatting, lints, documentation, licences, scripts, generated files
	.ci/lint
fmt:          ## format the code
	cargo fmt --all
crds:         ## write crds/manifests/ from the Rust types
	cargo xtask crds
generate:     ## write every generated file that is committed
	.ci/generate
images:       ## both images and the sample app, as archives in dist/images/
	deploy/images/build
release:      ## every artefact of a release, in dist/release/: images for amd64 and arm64, bundle, definitions, chart, man pages, SBOM, checksums
	deploy/release
cluster-up:   ## a cluster: KUBECONFIG, kind, or a local one
	e2e/cluster/cluster up
cluster-down: ## remove that cluster
	e2e/cluster/cluster down
run:          ## a cluster with the operator and deploy/example, ready to look at
	deploy/run
down:         ## undo `make run`
	deploy/down
bench:        ## measure; never fails on time
	cargo bench --locked --workspace --exclude config-reloader --bench '*'
	cargo bench --locked --profile small --package config-reloader --bench footprint
soak:         ## the config-reloader under thousands of changes, for two minutes
	SOAK_SECONDS=120 cargo test --locked --package config-reloader --test soak -- --nocapture
siege:        ## the servers of both programs under hostile peers, for ten minutes each
	e2e/cluster/cluster control-plane
	KUBECONFIG=$$(e2e/cluster/cluster kubeconfig) SOAK_SECONDS=600 \
	  cargo test --locked --workspace --test siege --test integration siege -- --nocapture
fuzz:         ## search for inputs that break a reader: SECONDS_PER_TARGET=60, TARGETS="promql yaml" (by default all); needs a nightly compiler
	fuzz/run $(TARGETS)
reloader:     ## the config-reloader alone, static: ARCH=amd64 or arm64 (by default this machine's), DEB=yes for a Debian package, too
	deploy/reloader/build
book:         ## the documentation as a book, in target/book/html
	.ci/book
reloader-docs: ## man pages and shell completions of the config-reloader, in dist/reloader/
	cargo xtask reloader-docs dist/reloader

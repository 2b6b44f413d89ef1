# make alone lists the targets. CLUSTER=embedded|kind|existing chooses the cluster
# of run and test (default: embedded); CH=1 chooses one chapter of run.

.PHONY: help run test test-short test-nightly lint bench exercises check-exercises fmt generate up down kind-up kind-down

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## show every demo against the cluster, which is started if need be (CH=1: one chapter)
	@scripts/tour.sh $(CH)

test: ## lint, then every test, with the race detector and against the cluster
	@scripts/test.sh

test-short: ## the tests that need no cluster
	@scripts/test.sh -short

test-nightly: ## the random tests with a million steps each
	@scripts/test.sh -nightly

lint: ## gofmt, go vet, staticcheck
	@scripts/lint.sh

bench: ## compare with client-go: speed and memory side by side, in 6 minutes
	@cd lib/conformance && go run ./bench

exercises: ## your board of exercises (in exercises/, go run . help lists its commands)
	@cd exercises && go run .

check-exercises: ## prove that each exercise fails unsolved and passes solved
	@cd exercises && go run ./internal/cmd/check-exercises

fmt: ## format all Go files
	gofmt -w .

generate: ## write lib/kubernetes, lib/listers, lib/informers and the chapters' generated code anew
	@scripts/generate.sh

up: ## start the embedded cluster; the first time builds it
	@scripts/embedded-up.sh

down: ## stop the embedded cluster; its data stays
	@scripts/embedded-down.sh

kind-up: ## start a cluster in Docker or Podman instead
	@scripts/kind-up.sh

kind-down: ## remove that one
	@scripts/kind-down.sh

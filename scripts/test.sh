#!/usr/bin/env bash
# Runs every test of the main module and of those nested in it: first against
# the linters, then with the race detector and the cluster that CLUSTER names; at
# last it proves the exercises. With -short, only the tests that need no cluster.
# With -nightly, only those that take random steps, and a million of them each.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/modules.sh

case ${1:-} in
  '')
    flags=(-count=1) # a result that was cached says nothing about this cluster
    scripts/cluster-up.sh
    scripts/lint.sh
    ;;
  -short) flags=(-short) ;;
  -nightly)
    WORKBOOK_STEPS=1000000 exec go test -short -count=1 -timeout 60m -run 'Random|Model' ./lib/...
    ;;
  *)
    echo "usage: test.sh [-short | -nightly]" >&2
    exit 2
    ;;
esac

export CLUSTER=${CLUSTER:-embedded} CGO_ENABLED=1 # the race detector needs a C compiler
for module in $(modules); do
  packages=$(packages "$module")
  # shellcheck disable=SC2086 # a list of packages
  (cd "$module" && go test -race -timeout 15m "${flags[@]}" $packages)
done

[[ ${1:-} == -short ]] || (cd exercises && go run ./internal/cmd/check-exercises)

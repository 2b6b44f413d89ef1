#!/usr/bin/env bash
# Runs every test of the main module and of those nested in it: first against
# the linters, then with the race detector and the cluster that CLUSTER names.
# With -short, only the tests that need no cluster.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/modules.sh

case ${1:-} in
  '') scripts/cluster-up.sh && scripts/lint.sh ;;
  -short) ;;
  *)
    echo "usage: test.sh [-short]" >&2
    exit 2
    ;;
esac

export CLUSTER=${CLUSTER:-embedded} CGO_ENABLED=1 # the race detector needs a C compiler
for module in $(modules); do
  packages=$(packages "$module")
  # shellcheck disable=SC2086 # a list of packages
  (cd "$module" && go test -race -timeout 15m ${1:+"$1"} $packages)
done

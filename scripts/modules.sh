# shellcheck shell=bash
# Sourced by other scripts: which Go modules there are in this repository.

# modules prints the folders with a go.mod of their own, the main module first.
modules() {
  find . -name go.mod -not -path '*/testdata/*' -not -path './.*/*' -exec dirname {} \; | LC_ALL=C sort
}

# packages MODULE prints what is to be checked in it.
packages() {
  case $1 in
    # Not the control plane itself: to vet it is to vet Kubernetes, and the first
    # start compiles it anyway.
    ./scripts/embedded) echo ./cluster/... ./supervise/... ;;
    # Not the exercises' own folders: what is still to be solved must fail.
    ./exercises) echo . ./internal/... ;;
    *) echo ./... ;;
  esac
}

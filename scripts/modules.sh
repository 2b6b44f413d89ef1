# shellcheck shell=bash
# Sourced by other scripts: which Go modules there are in this repository.

# modules prints the folders with a go.mod of their own, the main module first.
modules() {
  find . -name go.mod -not -path '*/testdata/*' -not -path './.*/*' -exec dirname {} \; | LC_ALL=C sort
}

# packages MODULE prints what is to be checked in it. The control plane's main
# package is left out: to vet it is to vet Kubernetes, and the first start
# compiles it anyway.
packages() {
  case $1 in
    ./scripts/embedded) echo ./cluster/... ./supervise/... ;;
    *) echo ./... ;;
  esac
}

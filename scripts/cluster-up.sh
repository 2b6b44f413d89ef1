#!/usr/bin/env bash
# Makes sure that the cluster which CLUSTER names is up: embedded (the default) or
# kind. An existing one is its owner's business.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${CLUSTER:-embedded} in
  embedded) scripts/embedded-up.sh ;;
  kind) scripts/kind-up.sh ;;
  existing) ;;
  *)
    echo "CLUSTER=$CLUSTER is none of embedded, kind, existing." >&2
    exit 1
    ;;
esac

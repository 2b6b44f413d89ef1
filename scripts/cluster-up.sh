#!/usr/bin/env bash
# Makes sure that the cluster which CLUSTER names is up: embedded (the default) or
# kind. An existing one is its owner's business; but before anybody spends minutes on
# what needs it, it must be named in full.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${CLUSTER:-embedded} in
  embedded) scripts/embedded-up.sh ;;
  kind) scripts/kind-up.sh ;;
  existing)
    if [[ ! ${WORKBOOK_KUBECONFIG:-} || ! ${WORKBOOK_CONTEXT:-} ]]; then
      echo "CLUSTER=existing needs both WORKBOOK_KUBECONFIG=<file> and WORKBOOK_CONTEXT=<context>." >&2
      exit 1
    fi
    ;;
  *)
    echo "CLUSTER=$CLUSTER is none of embedded, kind, existing." >&2
    exit 1
    ;;
esac

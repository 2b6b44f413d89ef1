#!/usr/bin/env bash
# Removes the cluster that kind-up.sh has made, and its context.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/kind.sh"
find_engine

there=
if exists; then
  require_own
  there=yes
fi
remove
rm -f "$begun"
if [[ $there ]]; then
  echo "The kind cluster $name is removed."
else
  echo "There is no kind cluster $name."
fi

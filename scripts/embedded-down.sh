#!/usr/bin/env bash
# Stops the cluster that embedded-up.sh has started, and nothing else. Its data
# stays for the next start; with --purge it is removed.
set -euo pipefail

exec "$(dirname "${BASH_SOURCE[0]}")/embedded/supervise.sh" down "$@"

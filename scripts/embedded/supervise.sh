#!/usr/bin/env bash
# Builds the supervisor of the embedded cluster, a second's work, and calls it:
#
#   supervise.sh up | down [--purge] | status | restart-apiserver | compact-etcd | event-lease NS EVENT
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

if ! command -v go >/dev/null; then
  echo "There is no go command. Go 1.26 or newer is all that the workbook needs: https://go.dev/dl" >&2
  exit 1
fi

# One binary for each state of the source. It is put in place by a rename, so
# that two starts at the same time can't meet half of it.
key=$(cat "$here"/go.sum "$here"/cluster/*.go "$here"/cluster/*.json "$here"/supervise/*.go | cksum | tr ' ' -)
bin=$root/.workbook/bin/supervise-$key
if [[ ! -x $bin ]]; then
  (umask 077 && mkdir -p "$root/.workbook/bin")
  (cd "$here" && CGO_ENABLED=0 GOWORK=off go build -trimpath -buildvcs=false -o "$bin.$$" ./supervise)
  mv -f "$bin.$$" "$bin"
fi

exec "$bin" -root "$root" "$@"

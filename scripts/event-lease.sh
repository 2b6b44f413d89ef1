#!/usr/bin/env bash
# Asks the store of the cluster that CLUSTER names, embedded (the default) or kind,
# how long it keeps an event. Prints two numbers, in seconds: what the lease was
# granted for, and what is left of it. It changes nothing.
#
#   event-lease.sh NAMESPACE EVENT
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
valid='^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$'
if [[ $# != 2 || ! $1 =~ $valid || ! $2 =~ $valid ]]; then
  echo "usage: event-lease.sh NAMESPACE EVENT" >&2
  exit 2
fi
namespace=$1 event=$2

case ${CLUSTER:-embedded} in
  embedded) exec "$here/embedded/supervise.sh" event-lease "$namespace" "$event" ;;
  kind) ;;
  existing)
    echo "The workbook does not look into the store of a cluster that isn't its own: CLUSTER=existing." >&2
    exit 1
    ;;
  *)
    echo "CLUSTER=$CLUSTER is none of embedded, kind, existing." >&2
    exit 1
    ;;
esac

source "$here/kind.sh"
require_cluster
"$engine" exec -i "$name-control-plane" bash -s event-lease "$namespace" "$event" <"$here/kind-node.sh"

#!/usr/bin/env bash
# Disturbs the cluster that CLUSTER names, embedded (the default) or kind, as
# crashes and time do. Tests and demos call this through lib/cluster, when nobody
# else uses the cluster.
#
#   fault.sh restart-apiserver   kills the API server; returns when it answers again
#   fault.sh compact-etcd        makes etcd forget every state but the last
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fault=${1:-}
case $#:$fault in
  1:restart-apiserver | 1:compact-etcd) ;;
  *)
    echo "usage: fault.sh restart-apiserver | compact-etcd" >&2
    exit 2
    ;;
esac

case ${CLUSTER:-embedded} in
  embedded) exec "$here/embedded/supervise.sh" "$fault" ;;
  kind) ;;
  existing)
    echo "The workbook does not disturb a cluster that isn't its own: CLUSTER=existing." >&2
    exit 1
    ;;
  *)
    echo "CLUSTER=$CLUSTER is none of embedded, kind, existing." >&2
    exit 1
    ;;
esac

source "$here/kind.sh"
require_cluster
"$engine" exec -i "$name-control-plane" bash -s "$fault" <"$here/kind-node.sh"

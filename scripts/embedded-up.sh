#!/usr/bin/env bash
# Starts the workbook's own Kubernetes on this machine: etcd, kube-apiserver,
# kube-controller-manager, kube-scheduler and kwok with two nodes, on 127.0.0.1
# only. The first start builds them from Go modules (about 6 minutes on 2 cores);
# each later one is ready in seconds. It is harmless if the cluster runs.
#
#   EVENT_TTL=30m                how long the API server keeps Events (default 1h)
#   WORKBOOK_APISERVER_PORT=6443 a port of your choice (default: any free one, kept)
#   WORKBOOK_CACHE=DIR           where the binaries are kept
set -euo pipefail

exec "$(dirname "${BASH_SOURCE[0]}")/embedded/supervise.sh" up "$@"

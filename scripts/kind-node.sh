# shellcheck shell=bash
# What fault.sh and event-lease.sh run in the control plane's node of a kind cluster.
set -euo pipefail

containers() { crictl ps --quiet "$@"; }

# alive says whether any of the processes runs.
alive() { kill -0 "$@" 2>/dev/null; }

# forget removes containers whose processes have ended. containerd may learn of the end
# a moment later, and refuses until then.
forget() {
  local left
  for ((i = 0; i < 300; i++)); do
    left=$(containers --all | grep -Fx "$1") || return 0
    # shellcheck disable=SC2086 # a list
    crictl rm --force $left >/dev/null 2>&1 || sleep 0.1
  done
  # shellcheck disable=SC2086
  crictl rm --force $left >/dev/null # which says why
}

restart_apiserver() {
  local pids dead
  if ! pids=$(pidof kube-apiserver); then
    echo "The API server does not run; kubelet may be about to start it." >&2
    return 1
  fi
  dead=$(containers --all --name '^kube-apiserver$')
  # shellcheck disable=SC2086 # a list
  {
    kill -KILL $pids
    while alive $pids; do sleep 0.05; done
  }
  # kubelet waits longer before each start of a container that it remembers the
  # end of: 10 s, 20 s, … 5 min. So it has none to remember.
  forget "$dead"
  for ((i = 0; i < 900; i++)); do
    if kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 5s get --raw /readyz >/dev/null 2>&1; then
      echo "The API server was killed, and answers again."
      return
    fi
    sleep 0.2
  done
  echo "The API server has not come back within 3 minutes." >&2
  return 1
}

etcdctl() {
  local etcd pki=/etc/kubernetes/pki/etcd
  etcd=$(containers --name '^etcd$')
  crictl exec "$etcd" etcdctl --endpoints https://127.0.0.1:2379 \
    --cacert "$pki/ca.crt" --cert "$pki/healthcheck-client.crt" --key "$pki/healthcheck-client.key" "$@"
}

compact_etcd() {
  local revision said
  revision=$(etcdctl endpoint status --write-out json | grep -o '"revision":[0-9]*' | head -n 1)
  if ! said=$(etcdctl compact "${revision#*:}" 2>&1) && [[ $said != *"has been compacted"* ]]; then
    echo "$said" >&2
    return 1
  fi
  echo "etcd has forgotten what was before its revision ${revision#*:}."
}

event_lease() {
  local lease answer
  lease=$(etcdctl get "/registry/events/$1/$2" --write-out fields | awk '$1 == "\"Lease\"" {print $3}')
  if [[ -z $lease ]]; then
    echo "ask etcd for the lease of event \"$2\" in namespace \"$1\": it is not there" >&2
    return 1
  fi
  answer=$(etcdctl lease timetolive "$(printf %x "$lease")" --write-out fields)
  if grep -q '^"GrantedTTL" : 0$' <<<"$answer"; then
    echo "ask etcd for the lease of event \"$2\" in namespace \"$1\": lease $lease has ended" >&2
    return 1
  fi
  awk '$1 == "\"GrantedTTL\"" {granted = $3} $1 == "\"TTL\"" {left = $3} END {print granted, left}' <<<"$answer"
}

case $1 in
  restart-apiserver) restart_apiserver ;;
  compact-etcd) compact_etcd ;;
  event-lease) event_lease "$2" "$3" ;;
esac

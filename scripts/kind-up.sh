#!/usr/bin/env bash
# Starts a cluster in Docker or Podman with kind: a control plane and two workers
# of the release that the embedded cluster has too. One that this folder has made is
# reused, and started if it was stopped. There is one for a machine: the folder that
# has made it has it until its kind-down.sh.
#
#   KIND_IMAGE=…    another node image
#   EVENT_TTL=30m   how long the API server keeps Events (default 1h); only for a new cluster
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/kind.sh"
if [[ ! ${EVENT_TTL:-1h} =~ ^([0-9]+[hms])+$ || ! ${EVENT_TTL:-1h} =~ [1-9] ]]; then
  echo "EVENT_TTL=$EVENT_TTL is not a duration such as 30m or 1h" >&2
  exit 1
fi
find_engine

version=$(awk '$1 == "k8s.io/kubernetes" {print $2; exit}' "$root/scripts/embedded/go.mod")
umask 077 # the kubeconfig holds a key
mkdir -p "$root/.workbook"

# take_back ends an interrupted start. Docker goes on with what it was asked for, also
# when who asked is gone.
take_back() {
  local calm
  echo "Taking back what there is of it." >&2
  for ((calm = 0; calm < 3; calm++)); do
    if exists; then
      remove
      calm=0
    fi
    sleep 1
  done
  rm "$begun"
  exit 130
}

if exists; then
  require_own
  if half_made; then remove; fi
fi
if exists; then
  # shellcheck disable=SC2046 # a list
  quietly "$engine" start $(kind get nodes --name "$name" 2>/dev/null) # they may have been stopped, with the machine for one
  own
  ttl=$("$engine" exec "$name-control-plane" sed -n 's/.*--event-ttl=//p' /etc/kubernetes/manifests/kube-apiserver.yaml)
  if [[ ${EVENT_TTL:-$ttl} != "$ttl" ]]; then
    echo "The kind cluster $name keeps events for ${ttl:-1h}. For another time it must be made anew: make kind-down first." >&2
    exit 1
  fi
  quietly kind export kubeconfig --name "$name" --kubeconfig "$kubeconfig"
else
  echo "Creating the kind cluster $name in $engine: a minute, and a download the first time."
  # kind takes back what fails, but not what is interrupted.
  trap take_back INT TERM HUP
  touch "$begun"
  if ! kind create cluster --name "$name" --image "${KIND_IMAGE:-kindest/node:$version}" \
    --kubeconfig "$kubeconfig" --config - <<-END
	kind: Cluster
	apiVersion: kind.x-k8s.io/v1alpha4
	networking:
	  apiServerAddress: 127.0.0.1
	nodes:
	- role: control-plane
	- role: worker
	- role: worker
	kubeadmConfigPatchesJSON6902:
	- group: kubeadm.k8s.io
	  version: v1beta4
	  kind: ClusterConfiguration
	  patch: |
	    - op: add
	      path: /apiServer/extraArgs/-
	      value: {name: event-ttl, value: ${EVENT_TTL:-1h}}
	END
  then
    rm "$begun"
    exit 1
  fi
  own
  rm "$begun"
  trap - INT TERM HUP
fi

# The context's user becomes one of system:masters, as with the embedded cluster. To all others an
# API server says for a moment after its start that everything is forbidden, for it has not read
# the roles yet; and a recorder of events takes that for final.
# shellcheck disable=SC2016 # the shell in the node expands
masters=$("$engine" exec -i "$name-control-plane" bash -euo pipefail -c '
  cd "$(mktemp -d)"
  trap "rm -r $PWD" EXIT
  cat >kubeconfig
  for part in certificate key; do
    kubectl --kubeconfig /etc/kubernetes/super-admin.conf config view --raw --output "jsonpath={.users[0].user.client-$part-data}" |
      base64 --decode >"$part"
  done
  kubectl --kubeconfig kubeconfig config set-credentials "$0" --client-certificate certificate --client-key key --embed-certs >/dev/null
  cat kubeconfig' "kind-$name" <"$kubeconfig")
echo "$masters" >"$kubeconfig"
chmod 600 "$kubeconfig"

# kubectl is in the node: nobody needs one of their own.
kubectl() { "$engine" exec "$name-control-plane" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
echo "Waiting until its nodes are Ready …"
for ((i = 0; i < 360; i++)); do # what was just started does not answer at once
  if kubectl get --raw /readyz >/dev/null 2>&1; then break; fi
  sleep 0.5
done
kubectl wait --for=condition=Ready node --all --timeout=180s >/dev/null
kubectl wait --for=create serviceaccount/default --timeout=60s >/dev/null
echo "The cluster is ready: $(kubectl version -o json | awk -F'"' '$2 == "gitVersion" {v = $4} END {print v}') in $engine, three nodes. Context kind-$name in .workbook/kubeconfig."

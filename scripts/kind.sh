# shellcheck shell=bash
# Sourced by the scripts that work on kind clusters.
# shellcheck disable=SC2034 # used there

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=workbook
kubeconfig=$root/.workbook/kubeconfig
begun=$root/.workbook/kind-begun # is there while this folder makes the cluster

# find_engine sets engine to what runs containers here, or ends with one line
# that says what is missing.
find_engine() {
  local tried='' e
  for e in ${KIND_EXPERIMENTAL_PROVIDER:-docker podman}; do
    if ! command -v "$e" >/dev/null; then
      tried+="; $e is not installed"
    elif ! "$e" info >/dev/null 2>&1; then
      tried+="; $e does not answer (is it running, and may you use it?)"
    else
      engine=$e
      export KIND_EXPERIMENTAL_PROVIDER=$e
      return
    fi
  done
  echo "kind needs Docker or Podman: ${tried#; }. The embedded cluster needs neither: make up" >&2
  exit 1
}

# kind runs the release that go.mod pins.
kind() { (cd "$root" && go tool kind "$@"); }

# quietly runs a command whose words matter only if it fails.
quietly() {
  local said
  if ! said=$("$@" 2>&1); then
    echo "$said" >&2
    return 1
  fi
}

exists() { kind get clusters 2>/dev/null | grep -x "$name" >/dev/null; }

# owner prints the folder of the workbook that has made the cluster: own has written
# it into the control plane's node, which need not run to be read.
owner() { "$engine" cp "$name-control-plane:/etc/workbook" - 2>/dev/null | tar -xOf -; }

own() { "$engine" exec -i "$name-control-plane" tee /etc/workbook <<<"$root" >/dev/null; }

# half_made says whether the cluster is what an interrupted kind-up.sh of this folder has left.
half_made() { [[ -e $begun ]] && ! owner >/dev/null 2>&1; }

# remove also removes a context whose cluster is gone.
remove() { quietly kind delete cluster --name "$name" --kubeconfig "$kubeconfig"; }

# require_own ends with one line where the cluster is not this folder's: its tests know
# nothing of ours, which may kill the API server, and it would not expect its end.
require_own() {
  local folder
  if half_made; then return; fi
  folder=$(owner 2>/dev/null) || folder=
  if [[ -z $folder ]]; then
    echo "There is a kind cluster $name that no workbook has made, or not to the end. If nobody needs it: go tool kind delete cluster --name $name" >&2
    exit 1
  elif [[ $folder != "$root" && -d $folder/.workbook ]]; then # else it is of a folder that is gone
    echo "The kind cluster $name is that of the workbook in $folder: make kind-down there removes it." >&2
    exit 1
  fi
}

running() { [[ $("$engine" inspect --format '{{.State.Running}}' "$name-control-plane") == true ]]; }

# require_cluster ends with one line where there is none.
require_cluster() {
  find_engine
  if [[ $(owner 2>/dev/null) == "$root" ]] && running; then return; fi # the usual, known soon
  if ! exists; then
    echo "There is no kind cluster $name; make kind-up makes one." >&2
    exit 1
  fi
  require_own
  if half_made || ! running; then
    echo "The kind cluster $name is stopped; make kind-up starts it." >&2
    exit 1
  fi
}

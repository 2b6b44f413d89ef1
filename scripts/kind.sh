# shellcheck shell=bash
# Sourced by the scripts that work on kind clusters.
# shellcheck disable=SC2034 # used there

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=workbook
kubeconfig=$root/.workbook/kubeconfig

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

exists() { kind get clusters 2>/dev/null | grep -qx "$name"; }

# require_cluster ends with one line where there is none.
require_cluster() {
  find_engine
  if ! exists; then
    echo "There is no kind cluster $name; make kind-up makes one." >&2
    exit 1
  fi
}

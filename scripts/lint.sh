#!/usr/bin/env bash
# gofmt, go vet and staticcheck over the main module and those nested in it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/modules.sh

unformatted=$(find . -name '*.go' -not -path '*/testdata/*' -not -path './.workbook/*' -print0 | xargs -0 gofmt -l)
if [[ $unformatted ]]; then
  printf 'make fmt would change:\n%s\n' "$unformatted" >&2
  exit 1
fi

# check runs staticcheck. It drops one finding: generated code uses what is deprecated, as long as the API has it.
check() {
  local findings finding rc=0 left=0
  findings=$("$staticcheck" "$@") || rc=$?
  while IFS= read -r finding; do
    if [[ $finding == *'(SA1019)' ]] && grep -q '^// Code generated .* DO NOT EDIT\.$' "${finding%%:*}"; then
      continue
    fi
    [[ -z $finding ]] || { echo "$finding" && left=1; }
  done <<<"$findings"
  ((rc <= 1 && left == 0)) # 1 means that there are findings, 2 that there can be none
}

staticcheck=$(go tool -n staticcheck)
for module in $(modules); do
  echo "lint $module"
  packages=$(packages "$module")
  # shellcheck disable=SC2086 # a list of packages
  (cd "$module" && go vet $packages && check $packages)
done

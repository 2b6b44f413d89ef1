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

staticcheck=$(go tool -n staticcheck)
for module in $(modules); do
  echo "lint $module"
  packages=$(packages "$module")
  # shellcheck disable=SC2086 # a list of packages
  (cd "$module" && go vet $packages && "$staticcheck" $packages)
done

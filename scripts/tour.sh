#!/usr/bin/env bash
# Shows the chapters' demos in order, against the cluster that CLUSTER names.
#
#   tour.sh      all of them
#   tour.sh 1    those of chapter 1; 01 is the same
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
shopt -s nullglob
if [[ ${1:-} =~ ^[0-9]{1,2}$ ]]; then
  chapters=("ch$(printf %02d $((10#$1)))"-*)
elif [[ ${1:-} ]]; then
  chapters=()
else
  chapters=(ch[0-9][0-9]-*)
fi
if ((${#chapters[@]} == 0)); then
  echo "There is no chapter ${1:-}. There are: $(echo ch[0-9][0-9]-*)" >&2
  exit 1
fi

export CLUSTER=${CLUSTER:-embedded}
scripts/cluster-up.sh

bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
for chapter in "${chapters[@]}"; do
  go build -o "$bin/$chapter/" "./$chapter/..."
done

bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-} != dumb ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi
heading() {
  printf '\n%s── %s %s%s\n\n' "$bold" "$1" "$(printf '─%.0s' $(seq $((74 - ${#1}))))" "$plain"
}
for chapter in "${chapters[@]}"; do
  for main in "$chapter"/[0-9][0-9]-*/main.go; do
    demo=${main%/main.go}
    heading "$demo"
    if ! "$bin/$demo"; then
      echo "$demo failed." >&2
      exit 1
    fi
  done
done

#!/usr/bin/env bash
# Every act, and every prepare, executes the same number of instructions, whatever the values and the
# step: counted by callgrind, call by call, in programs built for AVX2 (which callgrind knows).
#
# callgrind works out every fused multiply-add with integers and needs about a second for a step of the
# Hopper model. The thousand steps are those of a small model of the same form (ReluOneHead); another
# form and the Hopper model itself run fewer. A few minutes in all.
#
# usage: Tests/Checks/ConstantWork/check.sh [path of a built dtgen]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$repository/Tests/Checks/ConstantWork
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

fail() {
  printf 'constant work: %s\n' "$*" >&2
  exit 1
}
[[ $(uname -sm) == "Linux x86_64" ]] || fail "needs Linux on x86-64, which callgrind's AVX2 is for"
command -v valgrind >/dev/null || fail "valgrind: not found; it comes with the system's packages"

dtgen=${1:-}
if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi

compile() {
  swiftc -O -wmo -parse-as-library -swift-version 6 -Xcc -march=x86-64-v3 \
    -I "$repository/Sources/CDecisionTransformer/include" -I "$here/Callgrind" -I "$directory" "$@"
}
compile -module-name DecisionTransformer -c -o "$directory/DecisionTransformer.o" \
  -emit-module -emit-module-path "$directory/DecisionTransformer.swiftmodule" \
  "$repository"/Sources/DecisionTransformer/*.swift

# check <model folder> <repetitions> [actions] [states]: builds the program, runs it, and compares the counts.
check() {
  local model=$1 repetitions=$2 actions=${3:-Vectors} states=${4:-States} name folder
  name=$(basename "$model" .dtmodel)
  folder=$directory/$name
  "$dtgen" generate "$repository/$model" --output "$folder" >&2
  echo "typealias Model = $name" >"$folder/Model.swift"
  compile -module-name ConstantWork -o "$folder/constant-work" \
    "$here/ConstantWork.swift" "$here/$actions.swift" "$here/$states.swift" "$folder"/*.swift "$directory/DecisionTransformer.o"

  # All symbols are bound at the start; without that the first call of each function would be longer.
  # The dumps go into one file, each with "desc: Trigger: Client Request: <label>" and "totals: <count>".
  LD_BIND_NOW=1 valgrind --quiet --tool=callgrind --combine-dumps=yes \
    --callgrind-out-file="$folder/counts" "$folder/constant-work" "$repetitions"

  printf '%s\n' "$name"
  awk -v repetitions="$repetitions" -v kinds="$([[ $actions == Numbers ]] && echo 7 || echo 6)" '
    /^desc: Trigger: / { label = sub(/^desc: Trigger: Client Request: /, "") ? $0 : "" }
    /^totals: / && label != "" && label != "not counted" {
      if (!(label in calls)) { order[++labels] = label; least[label] = most[label] = $2 }
      calls[label]++
      if ($2 < least[label]) least[label] = $2
      if ($2 > most[label]) most[label] = $2
    }
    END {
      printf "  %-28s %8s %14s %14s\n", "call", "calls", "instructions", "at most"
      for (i = 1; i <= labels; i++) {
        label = order[i]
        differs = least[label] != most[label]
        failed += differs
        printf "  %-28s %8d %14d %14d%s\n", label, calls[label], least[label], most[label],
          differs ? "  different" : ""
      }
      if (labels != kinds || calls["prepare"] < 40 * repetitions) { print "  calls are missing"; failed++ }
      exit failed > 0
    }
  ' "$folder/counts" || failed=1
}

failed=0
check Tests/Data/Models/ReluOneHead.dtmodel 15
check Tests/Data/Models/GeluNewTwoHeads.dtmodel 5
check Tests/Data/Models/NumberedActions.dtmodel 2 Numbers
check Tests/Data/Models/NewestFrame.dtmodel 1 Numbers Frames
check Sources/hopper/Hopper.dtmodel 1
[[ $failed == 0 ]] || fail "calls differ in their work"

#!/usr/bin/env bash
# No figure without proof: each program that prints times, compiled with a mistake in its generated code, says at which
# stage the difference begins, prints no figure and exits with 1. So do hopper with another checkpoint, dtbench with a
# library that fails its self test, and the adapter of Tests/Tools/Peers with a report that has no proof,
# or that is of a batch which no peer has.
#
# usage: Tests/Checks/Benchmarks/refusals.sh [path of a built dtgen]
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
fail() {
  printf 'refusals.sh: %s\n' "$*" >&2
  exit 1
}
dtgen=${1:-}
if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi
sources=$repository/Sources

compile() { # compile <swiftc option>...
  swiftc -swift-version 6 -package-name decision-transformer -I "$directory" \
    -I "$sources/CDecisionTransformer/include" "$@"
}
for module in DecisionTransformer Programs; do
  compile -O -wmo -parse-as-library -module-name $module -emit-module \
    -emit-module-path "$directory/$module.swiftmodule" -c -o "$directory/$module.o" "$sources/$module"/*.swift
done
clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
"$clang" -O1 -I "$sources/CAllocationHook/include" -c -o "$directory/CAllocationHook.o" \
  "$sources/CAllocationHook/AllocationHook.c"
printf 'module CAllocationHook { header "%s" }\n' "$sources/CAllocationHook/include/CAllocationHook.h" \
  >"$directory/module.modulemap"

# program <name> <source or object>...: -Onone, for the generated code takes the longest to optimise.
program() {
  local name=$1
  shift
  compile -Onone -parse-as-library -module-name "$name" -o "$directory/$name" "$@" \
    "$directory"/{DecisionTransformer,Programs,CAllocationHook}.o -Xlinker -ldl
}
# refused <words> <program> <argument>...: it prints nothing, says these words and exits with 1.
refused() {
  local words=$1 status=0
  shift
  "$@" >"$directory/output" 2>"$directory/error" || status=$?
  [[ $status == 1 ]] || fail "$1 ${*:2}: exit status $status: $(cat "$directory/error")"
  [[ ! -s $directory/output ]] || fail "$1 ${*:2}: it prints $(head -3 "$directory/output")"
  grep -qE -- "$words" "$directory/error" || fail "$1 ${*:2}: not in its message: $words: $(cat "$directory/error")"
  echo "refused: $(tail -1 "$directory/error")"
}
# A sign in the norm of the embedding, or of its timestep: from the first step on, every stage is wrong.
generate() { "$dtgen" generate "$1" --output "$2" >/dev/null; }
mistaken() { # mistaken <model> <folder> [<text> <wrong text>]
  generate "$1" "$2"
  local code=$2/$(basename "$1" .dtmodel)Kernels.swift text=${3:-gain, shift)} wrong=${4:-gain, -shift)}
  grep -qF "$text" "$code" || fail "$code: it has no '$text'"
  sed -i.orig "s/$text/$wrong/" "$code"
}
difference='self test failed: .*; first: embedding of step 0, element [0-9]+: difference [0-9.e-]+, tolerance'

mistaken "$sources/dtbench/Hopper.dtmodel" "$directory/mistaken"
for model in "$sources"/dtbench/Hopper?*.dtmodel; do generate "$model" "$directory/rounded"; done

program dtbench "$sources"/dtbench/*.swift "$directory"/mistaken/*.swift "$directory"/rounded/*.swift
refused "dtbench: $difference" "$directory/dtbench" --seconds 0.05 --json

cat >"$directory/Bundle.swift" <<SWIFT
import Foundation
extension Bundle { static let module = Bundle(path: "$sources/hopper/Resources")! }
SWIFT
program hopper "$sources"/hopper/*.swift "$directory/Bundle.swift" "$directory"/mistaken/*.swift
refused "hopper: $difference" "$directory/hopper" --steps 5

# Another checkpoint computes itself, and not the recorded actions.
cp -R "$sources/hopper/Hopper.dtmodel" "$directory/Hopper.dtmodel"
size=$(wc -c <"$directory/Hopper.dtmodel/model.safetensors")
for place in 3 4 5 6 7; do
  printf '\076' | dd of="$directory/Hopper.dtmodel/model.safetensors" bs=1 seek=$((size * place / 32 * 4 + 3)) \
    conv=notrunc 2>/dev/null
done
generate "$directory/Hopper.dtmodel" "$directory/other"
program hopper "$sources"/hopper/*.swift "$directory/Bundle.swift" "$directory"/other/*.swift
refused 'hopper: the action of recorded step [0-9]+ is off by' "$directory/hopper" --steps 5

mistaken "$sources/pendulum/Pendulum.dtmodel" "$directory/swing"
program pendulum "$sources"/pendulum/*.swift "$directory"/swing/*.swift
refused "pendulum: $difference" "$directory/pendulum" --fast

mistaken "$sources/cartpole/CartPole.dtmodel" "$directory/pole" '+ Vector(at: timestep' '- Vector(at: timestep'
program cartpole "$sources"/cartpole/*.swift "$directory"/pole/*.swift
refused "cartpole: $difference" "$directory/cartpole" --fast

sed 's/^{/{ "weights": "file",/' "$sources/pendulum/Pendulum.dtmodel/codegen.json" >"$directory/codegen.json"
mkdir "$directory/Pendulum.dtmodel"
cp "$sources/pendulum/Pendulum.dtmodel"/{config.json,model.safetensors} "$directory/codegen.json" \
  "$directory/Pendulum.dtmodel"
mistaken "$directory/Pendulum.dtmodel" "$directory/swept"
echo "typealias Model = Pendulum" >"$directory/swept/Model.swift"
program sweep "$sources"/dtbench/{Ceilings,Samples}.swift "$repository/Tests/Tools/Benchmarks/SweepDriver.swift" \
  "$directory"/swept/*.swift
refused "sweep: $difference" "$directory/sweep" "$directory/swept/Pendulum.weights" 0.05

# A library of the right model whose self test fails, as one does that was miscompiled.
"$dtgen" library "$sources/hopper/Hopper.dtmodel" --output "$directory/library" >/dev/null
cat >"$directory/broken.c" <<'C'
#include "hopper.h"
const char *broken_layout_digest(void) { return hopper_layout_digest(); }
const char *broken_status_message(int32_t status) { return hopper_status_message(status); }
size_t broken_memory_size(void) { return hopper_memory_size(); }
size_t broken_memory_alignment(void) { return hopper_memory_alignment(); }
int32_t broken_self_test(void *memory, size_t size) {
  int32_t status = hopper_self_test(memory, size);
  return status == HOPPER_SUCCESS ? HOPPER_SELF_TEST_FAILED : status;
}
C
"$clang" -shared -fPIC -I "$directory/library" -o "$directory/libbroken.so" "$directory/broken.c" \
  "$directory/library/libhopper.a"
generate "$sources/dtbench/Hopper.dtmodel" "$directory/right"
program dtbench "$sources"/dtbench/*.swift "$directory"/right/*.swift "$directory"/rounded/*.swift
refused 'libbroken.so: the self test found a difference' \
  "$directory/dtbench" --seconds 0.05 --library "$directory/libbroken.so"

if command -v python3 >/dev/null; then
  for proof in '' '"self_test": {"passed": false}, '; do
    echo "{\"model\": \"Hopper\", \"precision\": \"float32\", $proof\"act\": {\"p50\": 1}}" >"$directory/bench.json"
    refused 'self_test.passed is not true' env PYTHONPATH="$repository/Tests/Tools/Peers" python3 -c \
      'import sys; from ours import Ours; print(Ours(sys.argv[1], 0).round())' "$directory/bench.json"
  done
  # The time of sixteen agents beside peers that run one.
  echo '{"model": "Hopper", "precision": "int8", "batch": 16, "self_test": {"passed": true}, "act": {"p50": 1}}' \
    >"$directory/bench.json"
  refused 'a batch of 16, .* --batch 16' env PYTHONPATH="$repository/Tests/Tools/Peers" python3 -c \
    'import sys; from ours import Ours; print(Ours(sys.argv[1], 0).round())' "$directory/bench.json"
fi

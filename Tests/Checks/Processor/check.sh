#!/usr/bin/env bash
# A program built for a newer processor says so on an older one, instead of stopping with an illegal instruction: run
# in qemu on processors without AVX and without AVX-512. And nothing that a compiler may use is passed over: what clang
# defines for every processor it knows is either asked for, or listed with the reason.
#
# usage: Tests/Checks/Processor/check.sh [path of a built dtgen]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$repository/Tests/Checks/Processor
headers=$repository/Sources/CDecisionTransformer/include
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

fail() {
  printf 'processor: %s\n' "$*" >&2
  exit 1
}
[[ $(uname -sm) == "Linux x86_64" ]] || fail "needs Linux on x86-64; other processors are not asked"
toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
clang=$toolchain/clang

echo "--- every instruction set that clang knows of is asked for, or listed"
defined() { "$clang" "$@" -dM -E -x c /dev/null | awk '{ print $2 }' | grep -E '^__[A-Z0-9_]+__$|SWAP_16$' | sort; }
defined -march=x86-64 >"$directory/baseline"
"$clang" --print-supported-cpus -target x86_64-unknown-linux-gnu 2>&1 | sed -n 's/^\t//p' >"$directory/processors"
while read -r processor; do
  # Those of 32 bits are in the list, too.
  defined -march="$processor" 2>/dev/null || true
done <"$directory/processors" | sort -u | comm -23 - "$directory/baseline" >"$directory/defined"
[[ $(wc -l <"$directory/defined") -gt 80 ]] || fail "clang's processors define too little to compare"
grep -oE '\b__[A-Z0-9_]+(__|SWAP_16)\b' "$headers/CDecisionTransformerProcessor.h" "$here/asked-for-by-name.txt" \
  --no-filename | sort -u | comm -23 "$directory/defined" - >"$directory/passed-over"
[[ ! -s $directory/passed-over ]] \
  || fail "neither asked for by CDecisionTransformerProcessor.h nor in asked-for-by-name.txt: $(tr '\n' ' ' <"$directory/passed-over")"

echo "--- by the bit that the compiler's header names"
compile_c() { "$clang" -std=c17 -O1 -Wall -Wextra -Wno-missing-field-initializers -Werror -I "$headers" "$@"; }
compile_c -c "$here/instructions.c" -o "$directory/instructions.o"
compile_c "$here/built_for.c" "$directory/instructions.o" -o "$directory/instructions"
for feature in $("$directory/instructions"); do
  ! "$directory/instructions" "$feature" >/dev/null || fail "$feature: asked for without the flag"
  compile_c "-m$feature" -c "$here/built_for.c" -o "$directory/built_for.o"
  "$clang" "$directory/built_for.o" "$directory/instructions.o" -o "$directory/instructions-$feature"
  "$directory/instructions-$feature" "$feature" || fail "wrong bits for -m$feature"
done
printf '%s instruction sets\n' "$("$directory/instructions" | wc -l)"

echo "--- the question itself uses none of them"
for flags in -march=x86-64-v4 -march=native "-march=diamondrapids -mapxf" "-march=bdver4"; do
  # shellcheck disable=SC2086
  compile_c $flags -O3 -c "$here/built_for.c" -o "$directory/built_for.o"
  # Operands of vector registers and those of APX; names of BMI, TBM, ABM.
  ! "$toolchain/llvm-objdump" -d --no-show-raw-insn "$directory/built_for.o" \
    | grep -E '%[xyz]mm|%k[0-7]|%r(1[6-9]|2[0-9]|3[01])|\b(andn|bextr|bls|bzhi|pdep|pext|rorx|s[ah][lr]x|movbe|popcnt|[lt]zcnt|mulx)' \
    || fail "$flags: the functions that ask are built for it"
done

if ! command -v qemu-x86_64 >/dev/null; then
  echo "left out: older processors; qemu-x86_64 is not found (package qemu-user)"
  exit 0
fi

dtgen=${1:-}
if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi
for model in ReluOneHead BatchOfTwo TrunkOneHead; do
  "$dtgen" generate "$repository/Tests/Data/Models/$model.dtmodel" --output "$directory" >/dev/null 2>&1
done
# The same weights in a file, for the initializers that take one.
mkdir "$directory/file"
cp -RL "$repository/Tests/Data/Models/ReluOneHead.dtmodel" "$directory/file/"
sed -i 's/^{/{ "weights": "file",/' "$directory/file/ReluOneHead.dtmodel/codegen.json"
"$dtgen" generate "$directory/file/ReluOneHead.dtmodel" --output "$directory/file" >/dev/null

# qemu's warnings are about what its processors have and it has not.
run() {
  local status=0
  qemu-x86_64 -cpu "$@" 2>"$directory/errors" || status=$?
  [[ $status == 0 ]] || { grep -v '^qemu.*: warning' "$directory/errors" >&2; fail "ended with status $status"; }
}

# check <-march> <processor without> <processor with>: the runtime and the models as SwiftPM builds them for release;
# the program that asks, whose own code is no matter of theirs, for the baseline.
check() {
  local march=$1 without=$2 with=${3:-} folder=$directory/$1
  mkdir "$folder"
  compile() {
    "$toolchain/swiftc" -O -wmo -parse-as-library -swift-version 6 -I "$headers" -I "$folder" "$@"
  }
  compile_module() {
    local name=$1
    shift
    compile -Xcc "-march=$march" -module-name "$name" -c -o "$folder/$name.o" \
      -emit-module -emit-module-path "$folder/$name.swiftmodule" "$@"
  }
  compile_module DecisionTransformer -enable-default-cmo "$repository"/Sources/DecisionTransformer/*.swift
  compile_module Models "$directory"/*.swift
  compile -module-name Refusals -o "$folder/refusals" "$here/Refusals.swift" \
    "$folder/Models.o" "$folder/DecisionTransformer.o"
  "$dtgen" library "$repository/Tests/Data/Models/ReluOneHead.dtmodel" --runtime "$repository/Sources" --march "$march" --output "$folder" >/dev/null
  compile_c -I "$folder" "$here/refusal.c" "$folder/librelu_one_head.a" -o "$folder/refusal"
  echo "--- built for $march, run on $without"
  run "$without" "$folder/refusals" refused "$directory/file/ReluOneHead.weights"
  run "$without" "$folder/refusal" refused
  [[ -n $with ]] || return 0
  echo "--- built for $march, run on $with"
  run "$with" "$folder/refusals" accepted "$directory/file/ReluOneHead.weights"
  run "$with" "$folder/refusal" accepted
}

check x86-64-v2 Penryn Nehalem
check x86-64-v3 Nehalem Haswell
check x86-64-v4 Haswell
# What this machine has comes as single features to the compiler.
check native qemu64

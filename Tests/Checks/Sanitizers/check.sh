#!/usr/bin/env bash
# Long checks of a release, on Linux: the tests under address and thread sanitizer, whole episodes under
# RealtimeSanitizer, and a million steps without drift.
#
# usage: Tests/Checks/Sanitizers/check.sh [address] [thread] [realtime] [soak [steps]]       all of them by default
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$repository/Tests/Checks/Sanitizers
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

fail() {
  printf 'sanitizers: %s\n' "$*" >&2
  exit 1
}
step() { printf '=== %s\n' "$*"; }

# The tests that run generated code or read files. Those that start a compiler say nothing about us here. Leaks are
# not looked for: XCTest leaks two objects itself.
suite() {
  step "tests under $1 sanitizer"
  ASAN_OPTIONS=detect_leaks=0 swift test --package-path "$repository" --sanitize="$1" --scratch-path "$repository/.build/$1" \
    --skip AllocationHookTests --skip AssemblyTests --skip EmbeddedTests --skip ToolTests \
    --skip StabilityTests --skip MiscompilationTests >"$directory/$1.log" 2>&1 \
    || { grep -E 'error|✘|SUMMARY|WARNING: ThreadSanitizer|ERROR: AddressSanitizer' "$directory/$1.log" | head -40; fail "$1"; }
  grep 'Test run with' "$directory/$1.log"
}

# Builds "$2" of this folder's Swift sources with the Hopper model into "$1".
build() {
  local output=$1 flags=("${@:2}")
  swift build --package-path "$repository" --product dtgen >"$directory/build.log" 2>&1 || { cat "$directory/build.log"; exit 1; }
  "$(swift build --package-path "$repository" --show-bin-path)/dtgen" generate \
    "$repository/Sources/hopper/Hopper.dtmodel" --output "$directory/Hopper" >"$directory/dtgen.log"
  echo 'typealias Model = Hopper' >"$directory/Hopper/Model.swift"
  local common=(-O -wmo -Xcc -march=native -parse-as-library -swift-version 6 -I "$repository/Sources/CDecisionTransformer/include" -I "$directory")
  swiftc "${common[@]}" -module-name DecisionTransformer -c -o "$directory/DecisionTransformer.o" \
    -emit-module -emit-module-path "$directory/DecisionTransformer.swiftmodule" \
    "$repository"/Sources/DecisionTransformer/*.swift
  swiftc "${common[@]}" -module-name Subject -o "$output" "${flags[@]}" "$directory"/Hopper/*.swift
}

realtime() {
  step "whole episodes under RealtimeSanitizer"
  local tools resources
  tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
  resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
  build "$directory/Subject.o" -c "$here/RealTime/Episodes.swift"
  "$tools/clang" -fsanitize=realtime -O1 "$here/RealTime/main.c" "$directory/Subject.o" \
    "$directory/DecisionTransformer.o" -o "$directory/realtime" \
    "$resources/linux/x86_64/swiftrt.o" -L "$resources/linux" -lswiftCore -lswiftGlibc -lm "-Wl,-rpath,$resources/linux"
  "$directory/realtime"
  ! "$directory/realtime" allocate >"$directory/allocate.log" 2>&1 \
    || fail "an allocation was not noticed"
  grep -q 'RealtimeSanitizer' "$directory/allocate.log" || fail "the control ended in another way"
}

soak() {
  step "a soak"
  build "$directory/soak" "$here/Soak/Soak.swift" "$directory/DecisionTransformer.o"
  "$directory/soak" "${1:-1000000}"
}

[[ $(uname -s) == Linux ]] || fail "needs Linux"
[[ $# -gt 0 ]] || set -- address thread realtime soak
while [[ $# -gt 0 ]]; do
  case $1 in
    address | thread) suite "$1" ;;
    realtime) realtime ;;
    soak)
      if [[ ${2:-} =~ ^[0-9]+$ ]]; then
        soak "$2"
        shift
      else
        soak
      fi
      ;;
    *) fail "$1: accepted: address, thread, realtime, soak" ;;
  esac
  shift
done

#!/usr/bin/env bash
# One target of check.sh, which runs this: builds its models, runs them, judges, and prints a line for each.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/targets.sh"
source "$here/build.sh"
target=$1
describe_target "$target"
folder=$scratch/$target
mkdir -p "$folder"
log=$folder/log
stage=start
options=

fail() {
  printf 'reach: %s: %s: %s\n' "$target" "$stage" "$*"
  exit 1
}
# Runs a step of a stage; what it prints is shown where it fails.
run() {
  "$@" >"$log" 2>&1 || {
    local status=$?
    tail -40 "$log"
    fail "$1 ended with status $status"
  }
}

# row <model> <precision> <output of the program> <status of refusals> <act> <prepare> <code>
row() {
  local output=$3 difference steps self_test
  self_test=$(sed -n 's/^self test: //p' "$output")
  difference=$(awk '/^difference: / { print $2 }' "$output")
  steps=$(awk '/^difference: / { print $4 }' "$output")
  [[ $self_test == success ]] || fail "the self test says: $self_test"
  [[ -z $difference || $difference -le 10000 ]] \
    || fail "an action is off by $difference billionths; accepted: 10000"
  [[ -z $difference || $steps -gt 0 ]] || fail "no step was replayed"
  printf '%-13s %-14s %-9s %18s %6s %10s %8s %12s %12s %8s\n' "$target" "$1" "$2" \
    "$([[ -n $difference ]] && awk "BEGIN { printf \"%.1e\", $difference * 1e-9 }" || echo -)" \
    "${steps:--}" passed "$4" "$5" "$6" "$7"
}

check_counts() {
  local report=$1 calls=$2
  # name, calls, least, most
  awk -v expected="$calls" '
    $3 != $4 { printf "%s: from %d to %d instructions\n", $1, $3, $4; failed = 1 }
    { counted += $2; if ($2 < 3) { printf "%s: counted %d times\n", $1, $2; failed = 1 } }
    END {
      if (counted != expected) { printf "%d of %d calls are counted\n", counted, expected; failed = 1 }
      if (NR != 7) { printf "%d of 7 kinds of call\n", NR; failed = 1 }
      exit failed
    }' "$report" || fail "calls differ in their work"
}

check_model() {
  local model=$1 recording=$2 steps=$3 refusals=$4 name precision weights size calls
  name=$(basename "$model" .dtmodel)
  precision=$(precision_of "$repository/$model")
  stage="$name, library"
  build_library "$model"
  weights=$(weights_of "$model") || fail "$weights"
  size=$(($(stat -c %s "$folder/$name/lib$prefix.a") - $(stat -c %s "$weights")))
  stage="$name, programs"
  build_programs "$name" "$recording" "$steps"

  # They are the runtime's, whatever the model, and go to the end of an episode: the first model's is short.
  if [[ $refusals == passed ]]; then
    stage="$name, refused calls"
    run emulate "$folder/$name/refusals"
  fi
  stage="$name, episode and self test"
  # One of the plugins is of a version that this emulator takes.
  for version in 1 2 3 4 5; do
    emulate "$folder/$name/replay" -plugin "$scratch/libcounter-$version.so,$(counted_functions "$name")" \
      >"$folder/$name/output" 2>"$log" && break
    grep -q "version" "$log" || break
  done
  cat "$log" >>"$folder/$name/output"
  calls=$(sed -n 's/^counted calls: //p' "$folder/$name/output")
  [[ -n $calls ]] || { cat "$folder/$name/output"; fail "the program stopped"; }
  local row
  row=$(row "$name" "$precision" "$folder/$name/output" "$refusals" \
    "$(awk '$1 == "act" { print $3 }' "$folder/$name/counts")" \
    "$(awk '$1 == "prepare" { print $3 }' "$folder/$name/counts")" \
    "$((size / 1000)) KB") || { printf '%s\n' "$row"; exit 1; }
  stage="$name, instructions"
  check_counts "$folder/$name/counts" "$calls"
  printf '%s\n' "$row"
}

if [[ $kind == wasm ]]; then
  source "$here/WebAssembly/target.sh"
  check_wasm
else
  refusals=passed
  for model in "${models[@]}"; do
    check_model $model "$refusals"
    refusals=-
  done
  if [[ $kind == linux ]]; then
    stage="BatchOfThree, build"
    build_batch
    stage="BatchOfThree, episodes and self test"
    run emulate "$folder/BatchOfThree/batch"
    row BatchOfThree float32 "$log" - - - -
  fi
fi

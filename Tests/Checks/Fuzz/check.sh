#!/bin/sh
# Damages checkpoints, configs and packed weights, and reads them, under address sanitizer.
#
#   Tests/Checks/Fuzz/check.sh [iterations [first seed [reader ...]]]
#
# The default, 2000 files for each of the readers, is for every change and takes less than a minute once
# built; before a release, run 1000000. A failure names reader and seed:
#   Tests/Checks/Fuzz/check.sh 1 <seed> <reader>
# gives the same file again. No single allocation may exceed 32 MiB, a hundred and more times the files'
# sizes, and a run that hangs is ended.
set -eu
cd "$(dirname "$0")/../../.."
scratch=${FUZZ_SCRATCH:-.build/fuzz}
mkdir -p "$scratch"
# The linker has hundreds of warnings about symbols of the sanitizer.
swift build --sanitize=address --scratch-path "$scratch" --product fuzz >"$scratch/build.log" 2>&1 || {
  cat "$scratch/build.log"
  exit 1
}
program=$(swift build --sanitize=address --scratch-path "$scratch" --show-bin-path)/fuzz
iterations=${1:-2000}
[ $# -gt 0 ] && shift
# A millisecond a file is usual; a hundred times as long is a hang.
limit=$((600 + iterations))
ASAN_OPTIONS=max_allocation_size_mb=32:quarantine_size_mb=8:detect_leaks=0:detect_stack_use_after_return=0 \
  timeout "$limit" "$program" "$iterations" "$@"

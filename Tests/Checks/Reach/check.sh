#!/usr/bin/env bash
# On other processors, run: models built for them, in emulators, in Node and in a browser, against recorded
# episodes; their self tests, refused calls, and how many instructions each act and each prepare executes.
#
# usage: Tests/Checks/Reach/check.sh [--dtgen <path of a built dtgen>] [target ...]
#
# Without targets: all of them, as many at a time as there are cores. A target whose programs are not installed is
# left out, and the last line says so. README.md has what to install, and what each line means.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/targets.sh"

fail() {
  printf 'reach: %s\n' "$*" >&2
  exit 1
}

dtgen=
if [[ ${1:-} == --dtgen ]]; then
  dtgen=$2
  shift 2
fi
targets=("$@")
[[ $# -gt 0 ]] || targets=("${all_targets[@]}")
for target in "${targets[@]}"; do
  [[ " ${all_targets[*]} " == *" $target "* ]] || fail "$target: no target; there are: ${all_targets[*]}"
done

left_out=()
present=()
for target in "${targets[@]}"; do
  describe_target "$target"
  missing=
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || missing+=" $program"
  done
  if [[ -z $missing ]]; then
    present+=("$target")
  else
    left_out+=("$target (not found:$missing)")
  fi
done

if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT
export dtgen scratch

# QEMU takes plugins of a few versions of its interface, and each QEMU its own few.
if [[ ${#present[@]} -gt 0 ]]; then
  for version in 1 2 3 4 5; do
    clang -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC \
      -DPLUGIN_VERSION="$version" -o "$scratch/libcounter-$version.so" "$here/instruction_counter.c"
  done
fi

printf '%-13s %-14s %-9s %18s %6s %10s %8s %12s %12s %8s\n' \
  target model precision "largest difference" steps "self test" refusals act prepare code
failed=()
running=0
for target in "${present[@]}"; do
  if [[ $running -ge $(nproc) ]]; then
    wait -n || true
    running=$((running - 1))
  fi
  "$here/target.sh" "$target" >"$scratch/$target.out" 2>&1 && touch "$scratch/$target.passed" &
  running=$((running + 1))
done
wait || true
for target in "${present[@]}"; do
  cat "$scratch/$target.out"
  [[ -e $scratch/$target.passed ]] || failed+=("$target")
done
for target in "${left_out[@]}"; do printf 'reach: left out: %s\n' "$target"; done
[[ ${#failed[@]} == 0 ]] || fail "failed: ${failed[*]}"
printf 'reach: %d of %d targets passed, %d left out\n' "${#present[@]}" "${#targets[@]}" "${#left_out[@]}"

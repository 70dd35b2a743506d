#!/usr/bin/env bash
# Builds libraries for C with `dtgen library` and drives them from C, C++ and Python.
#
# usage: Tests/Checks/Clients/check.sh
#
# It needs a C and a C++ compiler (CC, CXX; default: those of the Swift toolchain) and works in .build/clients.
# The Python client is left out where there is no python3.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
clients=$repository/Sources/Clients
scratch=$repository/.build/clients
episode=$repository/Sources/hopper/Resources/episode.safetensors
choices=("$repository"/Tests/Data/Families/d3rlpy-cartpole/episode{,_sampled}.safetensors)
mkdir -p "$scratch"
fail() {
  printf 'check.sh: %s\n' "$*" >&2
  exit 1
}

swift build --package-path "$repository" --product dtgen >"$scratch/log" 2>&1 \
  || { tail -40 "$scratch/log" >&2; fail "dtgen cannot be built"; }
dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
cc=${CC:-$toolchain/clang}
cxx=${CXX:-$toolchain/clang++}

hopper=$repository/Sources/hopper/Hopper.dtmodel
pendulum=$repository/Sources/pendulum/Pendulum.dtmodel
cart_pole=$repository/Sources/cartpole/CartPole.dtmodel
pixel=$repository/Tests/Data/Models/PixelActions.dtmodel
# Several agents and each alone, the trunk, and forward with all results and with some.
further=(batch_of_seventeen window_of_one numbered_actions_of_two numbered_actions trunk_four_heads trunk_rounded_four_heads
  forward_one_head forward_hidden_states)
models=("$hopper" "$pendulum" "$cart_pole" "$pixel"
  "$repository"/Tests/Data/Models/{BatchOfSeventeen,WindowOfOne,NumberedActionsOfTwo,NumberedActions}.dtmodel
  "$repository"/Tests/Data/Models/{TrunkFourHeads,TrunkRoundedFourHeads,ForwardOneHead,ForwardHiddenStates}.dtmodel)
for model in "${models[@]}"; do
  "$dtgen" library "$model" --output "$scratch" >"$scratch/log" 2>&1 \
    || { cat "$scratch/log" >&2; fail "$model: no library"; }
done
# The same weights in a file of their own, to know their size.
for model in "$hopper" "$cart_pole"; do
  copy=$scratch/$(basename "$model")
  rm -rf "$copy"
  cp -R "$model" "$copy"
  sed 's/^{/{ "weights": "file",/' "$model/codegen.json" >"$copy/codegen.json"
  "$dtgen" generate "$copy" --output "$scratch" >/dev/null
done

echo "--- the libraries: small, and nothing to install"
for names in hopper:Hopper cart_pole:CartPole; do
  for library in "lib${names%:*}.a" "lib${names%:*}.so"; do
    size=$(($(stat -c %s "$scratch/$library") - $(stat -c %s "$scratch/${names#*:}.weights")))
    echo "$library: $size bytes besides the weights"
    [[ $size -lt 102400 ]] || fail "$library has more than 100 KB besides the weights"
  done
done
for prefix in hopper cart_pole "${further[@]}"; do
  library=$scratch/lib$prefix.a
  "$toolchain/llvm-nm" --undefined-only --format=just-symbols "$library" \
    | sed '/^$/d; /:$/d' | sort -u >"$scratch/undefined"
  ! grep -vE '^mem(cpy|move|set)$' "$scratch/undefined" \
    || fail "lib$prefix.a needs more than memcpy, memmove and memset"
  "$toolchain/llvm-nm" --extern-only --defined-only --format=just-symbols "$library" \
    | sed '/^$/d; /:$/d' | sort >"$scratch/defined"
  grep -oE "\\b${prefix}_[a-z_]+\(" "$scratch/$prefix.h" | tr -d '(' | sort -u \
    | comm -3 - "$scratch/defined" >"$scratch/difference"
  [[ ! -s $scratch/difference ]] || fail "$prefix.h and library differ: $(cat "$scratch/difference")"
done

echo "--- the headers, alone: C99, C11, C++98, C++17"
for prefix in hopper cart_pole pixel_actions "${further[@]}"; do
  header=$scratch/$prefix.h
  for standard in c99 c11; do
    "$cc" -std=$standard -Wall -Wextra -Werror -pedantic -fsyntax-only -x c "$header"
  done
  for standard in c++98 c++17; do
    "$cxx" -std=$standard -Wall -Wextra -Werror -fsyntax-only -Wno-c++11-long-long -x c++ "$header"
  done
done

echo "--- C"
flags=(-O1 -Wall -Wextra -Werror -pedantic -I "$scratch" -I "$clients/Cpp")
"$cc" -std=c11 "${flags[@]}" "$here/C/control_loop.c" "$here/C/episode.c" "$scratch/libhopper.a" -lm \
  -o "$scratch/control_loop"
"$scratch/control_loop" "$episode"
"$cc" -std=c11 "${flags[@]}" "$here/C/control_loop.c" "$here/C/episode.c" -L "$scratch" -lhopper -lm \
  -Wl,-rpath,"$scratch" -o "$scratch/control_loop_shared"
"$scratch/control_loop_shared" "$episode"
"$cc" -std=c11 "${flags[@]}" "$here/C/refusals.c" "$scratch/libhopper.a" -lm -o "$scratch/refusals"
"$scratch/refusals"
"$cc" -std=c11 "${flags[@]}" "$here/C/threads.c" "$here/C/episode.c" "$scratch/libhopper.a" -pthread \
  -o "$scratch/threads"
"$scratch/threads" "$episode"
"$cc" -std=c11 "${flags[@]}" "$here/C/numbered_actions.c" "$here/C/episode.c" "$scratch/libcart_pole.a" -lm \
  -o "$scratch/numbered_actions"
"$scratch/numbered_actions" "${choices[@]}"

echo "--- C++"
"$cxx" -std=c++17 "${flags[@]}" "$here/Cpp/two_models.cpp" "$scratch/libhopper.a" \
  "$scratch/libpendulum.a" -pthread -o "$scratch/two_models"
"$scratch/two_models"
"$cc" -std=c11 "${flags[@]}" -c "$here/C/episode.c" -o "$scratch/episode.o"
"$cxx" -std=c++17 "${flags[@]}" "$here/Cpp/numbered_actions.cpp" "$scratch/episode.o" "$scratch/libhopper.a" \
  "$scratch/libcart_pole.a" -o "$scratch/numbered_actions_in_cpp"
"$scratch/numbered_actions_in_cpp" "${choices[@]}"

"$cxx" -std=c++17 "${flags[@]}" "$here/Cpp/frames.cpp" "$scratch/episode.o" "$scratch/libpixel_actions.a" \
  -o "$scratch/frames_in_cpp"
"$scratch/frames_in_cpp" "$repository/Tests/Data/Families/d3rlpy-discrete-pixel-e/episode.safetensors"

echo "--- several agents, the trunk and forward, in C and C++: the same answers"
goldens=$repository/Tests/Data/Goldens
# answers <program> <libraries> <recorded files>: the programs in both languages, each with the answers that it writes.
answers() {
  local program=$1 recorded=("${@:3}") libraries=()
  for library in $2; do libraries+=("$scratch/lib$library.a"); done
  "$cc" -std=c11 "${flags[@]}" "$here/C/$program.c" "$scratch/episode.o" "${libraries[@]}" -lm -o "$scratch/$program"
  "$cxx" -std=c++17 "${flags[@]}" "$here/Cpp/$program.cpp" "$scratch/episode.o" "${libraries[@]}" \
    -o "$scratch/${program}_in_cpp"
  rm -f "$scratch/$program".*answers
  "$scratch/$program" "${recorded[@]}" "$scratch/$program.answers"
  "$scratch/${program}_in_cpp" "${recorded[@]}" "$scratch/$program.cpp_answers"
  cmp "$scratch/$program.answers" "$scratch/$program.cpp_answers" || fail "$program: C and C++ differ"
}
answers agents "batch_of_seventeen window_of_one numbered_actions_of_two numbered_actions" \
  "$goldens"/{WindowOfOne,WrappedTimesteps}.safetensors
answers trunk trunk_four_heads "$goldens/Trunk/TrunkFourHeads.safetensors"
answers forward "forward_one_head forward_hidden_states" "$goldens/ForwardOneHead.safetensors"

if command -v python3 >/dev/null && [[ -x $here/Python/check.sh ]]; then
  echo "--- Python"
  "$here/Python/check.sh" "$scratch"
fi

"$here/packages.sh"

# How the programs of a target are built and run; sourced by target.sh.

precision_of() {
  local precision
  precision=$(sed -nE 's/.*"precision": *"([a-z0-9]+)".*/\1/p' "$1/codegen.json")
  echo "${precision:-float32}"
}

# The library and the header of the model in the folder $1.
build_library() {
  local flags=(--target "$triple")
  [[ -z $processor ]] || flags+=(--clang-flags "$processor")
  [[ -z $architecture ]] || flags+=(--march "$architecture")
  name=$(basename "$1" .dtmodel)
  mkdir -p "$folder/$name"
  run "$dtgen" library "$repository/$1" --output "$folder/$name" "${flags[@]}" --runtime "$repository/Sources"
  prefix=$(basename "$folder/$name"/lib*.a .a)
  prefix=${prefix#lib}
}

# The path of the model's packed weights, which do not depend on the target; or what went wrong. `options` are more
# keys of codegen.json.
weights_of() {
  local name copy
  name=$(basename "$1" .dtmodel)
  copy=$folder/weights/$name.dtmodel
  if [[ ! -d $copy ]]; then
    mkdir -p "$folder/weights"
    cp -RL "$repository/$1" "$copy"
    sed "0,/{/s//{ \"weights\": \"file\", $options/" "$repository/$1/codegen.json" >"$copy/codegen.json"
    "$dtgen" generate "$copy" --output "$folder/weights" >/dev/null 2>"$log" || {
      cat "$log"
      return 1
    }
  fi
  echo "$folder/weights/$name.weights"
}

# cc <program> <sources and flags ...>
cc() {
  local program=$1
  shift
  local flags=(-std=gnu11 -O1 -Wall -Wextra -Werror)
  case $kind in
    linux) run "$gcc" "${flags[@]}" -static "$@" -o "$program" ;;
    board)
      run "$gcc" "${flags[@]}" -mthumb $processor -ffunction-sections -fdata-sections "$@" \
        "$here/CortexM/startup.c" -T "$here/CortexM/board.ld" $addresses -nostartfiles \
        --specs=nano.specs --specs=rdimon.specs -Wl,--gc-sections,--no-enum-size-warning \
        -Wl,--no-warn-rwx-segments,-z,noexecstack -lm -o "$program"
      ;;
  esac
}

# embed <symbol> <file> <object>
embed() {
  run "$gcc" $processor -c "$here/embedded.S" -DSYMBOL="$1" -DSYMBOL_END="$1_end" \
    -DEMBEDDED_FILE="\"$2\"" -o "$3"
}

# replay and refusals of the model $1, with the recording $2, at most $3 steps of it.
build_programs() {
  local name=$1 recording=$2 steps=$3 out=$folder/$1
  local capitals=${prefix^^}
  cat >"$out/model.h" <<HEADER
#include "$prefix.h"
#define MODEL(name) ${prefix}_##name
#define MODEL_CONSTANT(name) ${capitals}_##name
typedef ${prefix}_controller model_controller;
HEADER
  [[ $recording == - ]] && recording=Tests/Data/Goldens/GeluFourHeads.safetensors
  embed recording "$repository/$recording" "$out/recording.o"
  cc "$out/replay" -I "$out" -I "$here" -DSTEPS="$steps" "$here"/{replay,recording,constant_work}.c \
    "$out/recording.o" "$out/lib$prefix.a"
  # The program that the clients of Hopper's library use, for another model.
  sed "s/hopper/$prefix/g; s/HOPPER/$capitals/g" "$repository/Tests/Checks/Clients/C/refusals.c" >"$out/refusals.c"
  cc "$out/refusals" -I "$out" "$out/refusals.c" "$out/lib$prefix.a"
}

# emulate <program> [more options of the emulator ...]
emulate() {
  local program=$1
  shift
  case $kind in
    linux) timeout 300 $emulator "$@" "$program" ;;
    board) timeout 300 $emulator "$@" -kernel "$program" ;;
  esac
}

# The options of instruction_counter.c for the model $1.
counted_functions() {
  printf 'report=%s' "$folder/$1/counts"
  "${gcc%gcc}nm" "$folder/$1/replay" | awk '$3 ~ /^counted_/ {
    sub(/^counted_/, "", $3)
    printf ",%s=%s", $3, $1
  }'
}

# compile_swift <module> <flags and sources ...>: as dtgen library does it.
compile_swift() {
  local module=$1
  shift
  run swiftc -target "$triple" "${swift_flags[@]}" -Xcc -ffreestanding \
    -enable-experimental-feature Embedded -wmo -Xfrontend -no-allocations \
    -Xfrontend -disable-stack-protector -Xfrontend -function-sections -parse-as-library -O \
    -swift-version 6 -I "$repository/Sources/CDecisionTransformer/include" -I "$folder" \
    -module-name "$module" -emit-module -emit-module-path "$folder/$module.swiftmodule" \
    -c -o "$folder/$module.o" "$@"
}

compile_runtime() {
  compile_swift DecisionTransformer "$repository"/Sources/DecisionTransformer/*.swift
}

compile_batch() {
  options= weights=$(weights_of Tests/Data/Models/BatchOfThree.dtmodel) || fail "$weights"
  echo "typealias Model = BatchOfThree" >"$folder/Model.swift"
  compile_swift Batch "$folder"/weights/BatchOfThree{,Kernels}.swift "$folder/Model.swift" "$here/Batch.swift"
}

# The program of several agents.
build_batch() {
  local out=$folder/BatchOfThree flag
  swift_flags=()
  for flag in ${architecture:+-march=$architecture} $processor; do swift_flags+=(-Xcc "$flag"); done
  mkdir -p "$out"
  compile_runtime
  compile_batch
  embed weights "$weights" "$out/weights.o"
  embed recording "$repository/Tests/Data/Goldens/Batches/BatchOfThree.safetensors" "$out/recording.o"
  cc "$out/batch" -I "$here" -DAGENTS=3 -DSTATE=8 -DACTION=2 "$here"/{batch,recording}.c \
    "$out/weights.o" "$out/recording.o" "$folder/Batch.o" "$folder/DecisionTransformer.o" \
    -Wl,--gc-sections
}

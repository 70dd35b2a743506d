#!/usr/bin/env bash
# Libraries built for AVX-512 (x86-64-v4), run wherever this runs: in Bochs, an emulator of a whole PC that knows
# processors with it and older ones. The image is a boot sector, the libraries of several models, and a program that
# runs the self test of each, drives it through a recorded episode, and counts the instructions of an act and a prepare.
# On a processor without AVX-512 the same image must refuse to make a controller.
#
# usage: Tests/Checks/Emulated/check.sh [path of a built dtgen]
#
# It needs Linux on x86-64 and the packages bochs, bochsbios and vgabios.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
directory=$(mktemp -d)
emulators=()
trap 'kill "${emulators[@]}" 2>/dev/null || true; rm -rf "$directory"' EXIT

fail() {
  printf 'emulated: %s\n' "$*" >&2
  exit 1
}
left_out() {
  printf 'left out: AVX-512 in an emulator; %s\n' "$*"
  exit 0
}
[[ $(uname -sm) == "Linux x86_64" ]] || left_out "needs Linux on x86-64"
bios=/usr/share/bochs/BIOS-bochs-latest
vga=/usr/share/vgabios/vgabios.bin
bochs=$(command -v bochs-bin || command -v bochs) || left_out "bochs is not found"
[[ -f $bios && -f $vga ]] || left_out "the packages bochsbios and vgabios are not found"

toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
dtgen=${1:-}
if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi

# The program itself is built for every x86-64 processor.
compile() {
  "$toolchain/clang" -target x86_64-none-elf -std=c23 -O2 -ffreestanding -fno-builtin -fno-pic -mno-red-zone \
    -Wall -Wextra -Werror -I "$here" -c "$@"
}

# add <-march, which is the image's name> <model folder> <C name> <episode> <answers> <their type> <target return>
#   <steps> <largest difference>
add() {
  local march=$1 folder=$directory/$1 model=$repository/$2.dtmodel name=$3
  mkdir -p "$folder"
  "$dtgen" library "$model" --runtime "$repository/Sources" --march "$march" --output "$folder" \
    >"$directory/log" 2>&1 || { cat "$directory/log" >&2; fail "$2: no library"; }
  compile "$here/model.c" -o "$folder/$name.o" -DMODEL="$name" -DCONSTANT="${name^^}" -DHEADER="\"$folder/$name.h\"" \
    -DEPISODE="\"$repository/$4\"" -DANSWERS="\"$5\"" -DANSWER="$6" -DTARGET_RETURN="$7" -DSTEPS="$8" \
    -DLARGEST_DIFFERENCE="$9"
  echo "MODEL($name)" >>"$folder/models"
}

# link <image>: of what was added.
link() {
  local folder=$directory/$1
  "$toolchain/clang" -target x86_64-none-elf -c "$here/start.S" -o "$folder/start.o"
  compile "$here/machine.c" -o "$folder/machine.o"
  compile -mgeneral-regs-only "$here/exceptions.c" -o "$folder/exceptions.o"
  compile "$here/run.c" -o "$folder/run.o" -DMODELS="$(tr '\n' ' ' <"$folder/models")"
  "$toolchain/ld.lld" -static -T "$here/image.lds" -o "$folder/program" "$folder"/*.o "$folder"/lib*.a
  "$toolchain/llvm-objcopy" -O binary "$folder/program" "$folder/disk"
  # Whole cylinders of 16 heads and 63 sectors.
  truncate -s %$((16 * 63 * 512)) "$folder/disk"
}

# start <image> <processor of Bochs>: runs beside others; its output goes to a file.
start() {
  local folder=$directory/$1-$2
  mkdir "$folder"
  # A disk of its own: Bochs locks the file.
  cp "$directory/$1/disk" "$folder/disk"
  # No screen is needed; the one for a remote viewer is in the package and waits for none.
  cat >"$folder/bochsrc" <<END
display_library: rfb, options="timeout=0"
romimage: file=$bios
vgaromimage: file=$vga
cpu: model=$2, ips=100000000, reset_on_triple_fault=0
megs: 64
ata0-master: type=disk, path="$folder/disk", mode=flat
boot: disk
port_e9_hack: enabled=1
sound: driver=dummy
speaker: enabled=0
panic: action=fatal
log: $folder/log
END
  # Built with its debugger, as Debian does, it waits for these.
  printf "continue\nquit\n" >"$folder/commands"
  timeout 600 "$bochs" -q -f "$folder/bochsrc" -rc "$folder/commands" <"$folder/commands" >"$folder/output" 2>&1 &
  emulators+=($!)
}

# end <image> <processor> right|refused: waits for the one that was started first, shows what it printed, and judges it.
end() {
  local folder=$directory/$1-$2 models expected refusal='this processor lacks instructions that the library was built for'
  wait "${emulators[0]}" || true  # A machine that is turned off is an error to Bochs.
  emulators=("${emulators[@]:1}")
  printf -- '--- %s on %s\n' "$1" "$2"
  grep -aE '^(.* models are right on |[a-z0-9_]+: self test: |exception|illegal instruction)' "$folder/output" \
    | tee "$folder/lines" || true  # Nothing printed is judged below.
  models=$(wc -l <"$directory/$1/models")
  expected=$([[ $3 == right ]] && echo "$models" || echo 0)
  if ! grep -q "^$expected of $models models are right on " "$folder/lines"; then
    [[ -s $folder/lines ]] || cat "$folder/log" "$folder/output" | tail -40 >&2
    echo "  wrong: expected $expected of $models models to be right"
    failed=1
  fi
  if [[ $3 == refused && $(grep -c ": self test: $refusal; create: $refusal\$" "$folder/lines") != "$models" ]]; then
    echo "  wrong: expected each model to be refused"
    failed=1
  fi
}

hopper=Sources/hopper/Resources/episode.safetensors
goldens=Tests/Data/Goldens
failed=0
# The last number: what rounding moves these models' actions (see their manifests), with room; float32 elsewhere.
add x86-64-v4 Sources/hopper/Hopper hopper $hopper env_actions float 3000 22 1e-5
add x86-64-v4 Sources/dtbench/HopperBFloat16 hopper_bfloat16 $hopper env_actions float 3000 22 5e-3
add x86-64-v4 Sources/dtbench/HopperInt8 hopper_int8 $hopper env_actions float 3000 22 2e-2
add x86-64-v4 Tests/Data/Models/RoundedOneHead rounded_one_head $goldens/ReluOneHead.safetensors actions double 2000 46 5e-3
add x86-64-v4 Tests/Data/Models/Int16OneHead int16_one_head $goldens/ReluOneHead.safetensors actions double 2000 46 5e-3
add x86-64-v4 Tests/Data/Models/RoundedFourHeads rounded_four_heads $goldens/TanhOddInner.safetensors actions double 200 99 8e-3
add x86-64-v4 Tests/Data/Models/EightHeads eight_heads $goldens/EightHeads.safetensors actions double 100 99 2e-5
link x86-64-v4
start x86-64-v4 corei7_skylake_x
start x86-64-v4 corei7_haswell_4770

add x86-64-v3 Tests/Data/Models/ReluOneHead relu_one_head $goldens/ReluOneHead.safetensors actions double 2000 46 2e-5
add x86-64-v3 Tests/Data/Models/Int8OneHead int8_one_head $goldens/ReluOneHead.safetensors actions double 2000 46 2e-1
add x86-64-v3 Tests/Data/Models/Int16OneHead int16_one_head $goldens/ReluOneHead.safetensors actions double 2000 46 5e-3
link x86-64-v3
start x86-64-v3 corei7_haswell_4770
start x86-64-v3 corei7_sandy_bridge_2600k
start x86-64-v3 core2_penryn_t9600

end x86-64-v4 corei7_skylake_x right
end x86-64-v4 corei7_haswell_4770 refused
end x86-64-v3 corei7_haswell_4770 right
end x86-64-v3 corei7_sandy_bridge_2600k refused
end x86-64-v3 core2_penryn_t9600 refused
[[ $failed == 0 ]] || fail "libraries do not compute, or are not refused, on an emulated processor"

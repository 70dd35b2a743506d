# What there is to know about each target; sourced.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
all_targets=(arm64 arm64-dotprod arm64-i8mm riscv64 riscv64v cortex-m4 cortex-m7 cortex-m33 cortex-m55 wasm)

# Sets `kind` and `programs` (what has to be installed) of the target $1; for those with an instruction set of
# QEMU's also `triple`, `architecture` (of --march, or empty), `processor` (other flags of the C compiler), `gcc`,
# `emulator`, and for boards `addresses`. `models` are those that are built: folder, recording, most steps.
describe_target() {
  local small="Tests/Data/Models/GeluFourHeads.dtmodel Tests/Data/Goldens/GeluFourHeads.safetensors 1000"
  local rounded="Tests/Data/Models/RoundedOneHead.dtmodel - 0"
  local integers="Tests/Data/Models/Int8OneHead.dtmodel - 0"
  local pairs="Tests/Data/Models/Int16OneHead.dtmodel - 0"
  local hopper="Sources/hopper/Hopper.dtmodel Sources/hopper/Resources/episode.safetensors 100"
  architecture=
  models=("$small" "$rounded" "$integers" "$pairs")
  case $1 in
    arm64)
      kind=linux triple=aarch64-none-none-elf processor= gcc=aarch64-linux-gnu-gcc emulator=qemu-aarch64
      models=("$small" "$rounded" "$hopper" "Sources/dtbench/HopperBFloat16.dtmodel - 0"
        "$integers" "Sources/dtbench/HopperInt8.dtmodel - 0" "$pairs")
      ;;
    # Other instructions for products of integers, and nothing else.
    arm64-dotprod)
      kind=linux triple=aarch64-none-none-elf architecture=armv8.2-a+dotprod processor=
      gcc=aarch64-linux-gnu-gcc emulator=qemu-aarch64 models=("$integers")
      ;;
    arm64-i8mm)
      kind=linux triple=aarch64-none-none-elf architecture=armv8.2-a+dotprod+i8mm processor=
      gcc=aarch64-linux-gnu-gcc emulator=qemu-aarch64 models=("$integers")
      ;;
    riscv64)
      kind=linux triple=riscv64-none-none-eabi architecture=rv64gc processor=-mabi=lp64d
      gcc=riscv64-linux-gnu-gcc emulator=qemu-riscv64
      ;;
    riscv64v)
      kind=linux triple=riscv64-none-none-eabi architecture=rv64gcv processor=-mabi=lp64d
      gcc=riscv64-linux-gnu-gcc emulator="qemu-riscv64 -cpu rv64,v=true,vext_spec=v1.0,vlen=128"
      ;;
    cortex-m4)
      board mps2-an386 "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16" 0x0 0x400 4095K 0x20000000 ;;
    cortex-m7)
      board mps2-an500 "-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16" 0x0 0x400 4095K 0x20000000 ;;
    cortex-m33)
      board mps2-an505 "-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16" \
        0x10000000 0x10000400 4095K 0x38000000
      ;;
    cortex-m55)
      board mps3-an547 "-mcpu=cortex-m55 -mfloat-abi=hard" 0x0 0x11000000 2048K 0x31000000 ;;
    wasm) kind=wasm ;;
  esac
  case $kind in
    linux) programs=("$gcc" "${emulator%% *}") ;;
    board) programs=(arm-none-eabi-gcc qemu-system-arm) ;;
    wasm) programs=(node) ;;
  esac
}

# A board of QEMU's: machine, flags, and where vectors, flash and RAM are.
board() {
  kind=board triple=armv7em-none-none-eabi processor=$2 gcc=arm-none-eabi-gcc
  emulator="qemu-system-arm -M $1 -nographic -monitor none -serial none -semihosting-config enable=on,target=native"
  addresses="-Wl,--defsym=vectors_address=$3,--defsym=flash_address=$4,--defsym=flash_size=$5,--defsym=ram_address=$6"
}

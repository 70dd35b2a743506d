#!/bin/sh
# Measures how much memory `dtgen generate` takes for a checkpoint of 100 MB in each format, and fails where
# the peak is 1.5 times the file's size or more. Needs Python 3 (its standard library) and /usr/bin/time.
#
#   Tests/Checks/Memory/check.sh [hidden size [layers]]
set -eu
cd "$(dirname "$0")/../../.."
hidden=${1:-512}
layers=${2:-8}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
swift build --product dtgen >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
dtgen=$(swift build --show-bin-path)/dtgen
status=0
for format in safetensors zip legacy; do
  folder=$work/$format/Large.dtmodel
  python3 Tests/Checks/Memory/checkpoint.py "$folder" "$format" "$hidden" "$layers"
  size=$(cat "$folder"/*model.* | wc -c)
  # The second time the output is there, and is compared instead of written.
  for run in written unchanged; do
    /usr/bin/time -f %M -o "$work/peak" "$dtgen" generate "$folder" --output "$work/out" >"$work/log"
    grep -q "^$run " "$work/log" || { cat "$work/log"; exit 1; }
    peak=$(($(cat "$work/peak") * 1024))
    ratio=$((100 * peak / size))
    printf '%-12s %-10s %11d bytes, peak %11d, %d.%02d times\n' \
      "$format" "$run" "$size" "$peak" $((ratio / 100)) $((ratio % 100))
    [ "$ratio" -lt 150 ] || status=1
  done
  rm -rf "$work/out" "$work/$format"
done
exit $status

#!/usr/bin/env bash
# The Python client against Hopper's shared library: good calls, bad calls, the recorded episode.
#
# usage: Tests/Clients/Python/check.sh
#
# It builds libhopper.so and Hopper.weights in .build/clients. PYTHON is a Python with NumPy (default:
# python3 where that has it, else a virtual environment in .build/clients made by python3).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
scratch=$repository/.build/clients
python=${PYTHON:-python3}

model=$scratch/Hopper.dtmodel

mkdir -p "$scratch"
rm -rf "$model"
cp -R "$repository/Sources/hopper/Hopper.dtmodel" "$model"
dtgen() {
  swift run --package-path "$repository" dtgen "$@" >"$scratch/log" 2>&1 || {
    tail -40 "$scratch/log" >&2
    echo "check.sh: dtgen $1 failed" >&2
    exit 1
  }
}
dtgen library "$model" --output "$scratch"
# The same weights in a file of their own.
sed 's/^{/{ "weights": "file",/' "$repository/Sources/hopper/Hopper.dtmodel/codegen.json" \
  >"$model/codegen.json"
dtgen generate "$model" --output "$scratch"

if ! "$python" -c 'import numpy' 2>/dev/null; then
  [[ -x $scratch/python/bin/python ]] || "$python" -m venv "$scratch/python"
  "$scratch/python/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
  python=$scratch/python/bin/python
fi
HOPPER_LIBRARY=$scratch/libhopper.so HOPPER_WEIGHTS=$scratch/Hopper.weights \
  "$python" -m unittest discover --start-directory "$here"

#!/usr/bin/env bash
# The Python client against Hopper's shared library: good calls, bad calls, the recorded episode.
#
# usage: Tests/Clients/Python/check.sh [library]
#
# Without the path of a libhopper.so it builds one. PYTHON is a Python with NumPy (default: python3
# where that has it, else a virtual environment in .build/clients).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
scratch=$repository/.build/clients
python=${PYTHON:-python3}

library=${1:-}
if [[ -z $library ]]; then
  mkdir -p "$scratch"
  swift run --package-path "$repository" dtgen library "$repository/Sources/hopper/Hopper.dtmodel" \
    --output "$scratch/hopper" >"$scratch/library.log" 2>&1 || {
    tail -40 "$scratch/library.log" >&2
    echo "check.sh: the library could not be built" >&2
    exit 1
  }
  library=$scratch/hopper/libhopper.so
fi
if ! "$python" -c 'import numpy' 2>/dev/null; then
  [[ -x $scratch/python/bin/python ]] || "$python" -m venv "$scratch/python"
  "$scratch/python/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
  python=$scratch/python/bin/python
fi
HOPPER_LIBRARY=$library "$python" -m unittest discover --start-directory "$here"

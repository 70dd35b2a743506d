#!/bin/sh
# Makes a virtual environment with every peer in the pinned versions.
#   Tests/Tools/Peers/setup.sh [folder]      default: .build/peers in the package
set -eu
here=$(cd "$(dirname "$0")" && pwd)
environment=${1:-$here/../../../.build/peers}
command -v "${CC:-gcc}" >/dev/null || { echo "setup.sh: a C compiler is needed" >&2; exit 1; }
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/python" -m pip install --requirement "$here/requirements.txt"
echo "ready: $environment/bin/python $here/peers.py"

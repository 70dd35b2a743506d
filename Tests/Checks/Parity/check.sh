#!/usr/bin/env bash
# Random small models and the published gym shapes, through the build plugin, against Hugging Face.
#
# usage: Tests/Checks/Parity/check.sh [--models N] [--seed S] [swift build options]
#
# PYTHON is a Python with Tests/Tools/Oracle/requirements.txt (default: Tests/Tools/Oracle/.venv/bin/python).
# The package stays in .build/parity/package until the next run.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
scratch=${PARITY_SCRATCH:-$repository/.build/parity}
package=$scratch/package
python=${PYTHON:-$repository/Tests/Tools/Oracle/.venv/bin/python}
models=200
seed=1
options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --models) models=$2 && shift 2 ;;
    --seed) seed=$2 && shift 2 ;;
    *) options+=("$1") && shift ;;
  esac
done

if ! "$python" -c 'import torch, transformers' 2>/dev/null; then
  echo "parity: $python: no Python with torch and transformers; Tests/Checks/Parity/README.md says how to get one" >&2
  exit 1
fi
mkdir -p "$scratch"
rm -rf "$package"
"$python" "$repository/Tests/Checks/Parity/parity.py" "$package" --models "$models" --seed "$seed"

swift() { command swift "$1" --package-path "$package" --scratch-path "$scratch/build" --product parity \
  ${options[@]+"${options[@]}"} "${@:2}"; }
began=$SECONDS
swift build >"$scratch/build.log" 2>&1 || {
  grep -E 'error:' "$scratch/build.log" | sort -u | head -40 || tail -40 "$scratch/build.log"
  echo "parity: the package does not build; $scratch/build.log says why" >&2
  exit 1
}
echo "built in $((SECONDS - began)) s"
began=$SECONDS
status=0
"$(swift build --show-bin-path)/parity" "$package/Goldens" || status=$?
echo "compared in $((SECONDS - began)) s"
exit $status

#!/usr/bin/env bash
# The Swift controllers in MuJoCo beside Hugging Face's models: the tables and the picture.
#
# usage: Tests/Tools/Oracle/environments.sh [options of environments.py, such as --quick or --core 1]
#
# Makes a virtual environment in .build/environments (PYTHON makes it; default: python3), builds the
# three shared libraries there (MARCH: their instructions, default native), and writes
# environments.json, environments.md and robots.jpg beside them. It takes about 10 minutes, with --quick
# one.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
scratch=.build/environments
march=${MARCH:-native}
log=$scratch/log
fail() {
  tail -40 "$log" >&2
  echo "environments.sh: $*; the log is $log" >&2
  exit 1
}

mkdir -p "$scratch"
if [[ ! -x $scratch/python/bin/python ]]; then
  "${PYTHON:-python3}" -m venv "$scratch/python"
fi
"$scratch/python/bin/python" -m pip install --requirement Tests/Tools/Oracle/environments-requirements.txt \
  >"$log" 2>&1 || fail "the Python packages could not be installed"

"$scratch/python/bin/python" -m unittest discover --start-directory Tests/Tools/Oracle >"$log" 2>&1 \
  || fail "the loop around Hugging Face's model, or the statistics, are wrong"

for model in Sources/hopper/Hopper Tests/Data/Models/HalfCheetah Sources/pendulum/Pendulum; do
  swift run dtgen library "$model.dtmodel" --output "$scratch/libraries" --march "$march" >"$log" 2>&1 \
    || fail "$model: no library"
done

cd "$scratch"  # where MuJoCo may leave its log
python/bin/python ../../Tests/Tools/Oracle/environments.py --libraries libraries --json environments.json \
  --markdown environments.md --picture robots.jpg "$@"

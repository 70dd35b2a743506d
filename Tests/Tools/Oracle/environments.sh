#!/usr/bin/env bash
# The Swift controllers in MuJoCo beside Hugging Face's models: the tables and the picture.
#
# usage: Tests/Tools/Oracle/environments.sh [options of environments.py, such as --quick or --core 1]
#
# Makes a virtual environment in .build/environments (PYTHON makes it; default: python3), and in it each
# model's folder in every precision, with `dtgen calibrate` the precisions of the one with a bound, and their
# shared libraries (MARCH: their instructions, default native); writes environments.json, environments.md and
# robots.jpg beside them. It takes about 20 minutes, with --quick ten.
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
  || fail "the loop around Hugging Face's model, the folders, the statistics or the tables are wrong"

# There, since MuJoCo may leave its log.
(cd "$scratch" && python/bin/python ../../Tests/Tools/Oracle/environments_models.py models) >"$log" 2>&1 \
  || fail "no model folders"

swift build -c release --product dtgen >"$log" 2>&1 || fail "no dtgen"
dtgen=$(swift build -c release --show-bin-path)/dtgen
for model in "$scratch"/models/budget/*.dtmodel; do
  "$dtgen" calibrate "$model" >"$model.log" 2>&1 || { log=$model.log; fail "$model: not calibrated"; }
done
for model in "$scratch"/models/*/*.dtmodel; do
  precision=$(basename "$(dirname "$model")")
  "$dtgen" library "$model" --output "$scratch/libraries/$precision" --march "$march" >"$log" 2>&1 \
    || fail "$model: no library"
done

cd "$scratch"
python/bin/python ../../Tests/Tools/Oracle/environments.py --libraries libraries --models models \
  --json environments.json --markdown environments.md --picture robots.jpg "$@"

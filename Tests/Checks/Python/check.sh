#!/usr/bin/env bash
# Sources/Python/save_for_dtgen.py: statistics of training sets, and the model folders that it writes.
#
# usage: Tests/Checks/Python/check.sh
#
# PYTHON is a Python 3.9 or later (default: python3). What it lacks of the modules below is installed into .build/python,
# where that can be done; tests of what is missing after that are left out, and this says so. DTGEN is a built dtgen
# (default: builds one).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
environment=$repository/.build/python
python=${PYTHON:-python3}
say() { printf 'python: %s\n' "$*"; }

if ! command -v "$python" >/dev/null; then
  say "left out: there is no $python"
  exit 0
fi
has() { "$python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1"; }
install() {
  "$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 30 "$1" >/dev/null 2>&1 </dev/null
}

# An environment beside what the machine has: most of it is large, and may be there.
enter() {
  [[ $python != "$environment/bin/python" ]] || return 0
  "$environment/bin/python" -c '' 2>/dev/null \
    || "$python" -m venv --clear --system-site-packages "$environment" >/dev/null 2>&1 || return 1
  python=$environment/bin/python
}
mkdir -p "$repository/.build"
while read -r module requirement; do
  if has "$module"; then continue; fi
  if enter && ! has "$module"; then
    # An older Python has older versions. (Of torch only a build for processors alone: others have gigabytes.)
    install "$requirement" || [[ $module == torch ]] || install "${requirement%%=*}" || true
  fi
  has "$module" || say "left out: what needs $module, which cannot be installed here"
done <<'MODULES'
numpy numpy==2.4.6
h5py h5py==3.16.0
PIL pillow
minari minari==0.5.4
torch torch==2.13.0+cpu
transformers transformers==5.23.0
MODULES
if ! has numpy; then
  say "left out: all of it"
  exit 0
fi

if [[ -z ${DTGEN:-} ]] && command -v swift >/dev/null; then
  swift build --package-path "$repository" --product dtgen >"$repository/.build/python.log" 2>&1 \
    || { tail -40 "$repository/.build/python.log" >&2; exit 1; }
  DTGEN=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi
[[ -n ${DTGEN:-} ]] || say "left out: what needs dtgen"
DTGEN=${DTGEN:-} "$python" -W ignore -m unittest discover --start-directory "$here"

#!/usr/bin/env bash
# Pages of `dtgen inspect --html` in a real browser: no error, no request, every tensor there in proportion to
# its bytes, details by mouse and by keyboard, nothing sticking out or cut off at 1280 and at 390 pixels, a label
# at every row, enough contrast in light and in dark. Trained models, a model of many heads with a recorded episode, a
# trunk, rounded weights, and none.
#
# Needs chromium (Debian: apt-get install chromium) and Python 3; skips, and says so, where there is no browser.
#
# usage: Tests/Checks/Pages/check.sh [--screenshots <folder>] [path of a built dtgen]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$repository/Tests/Checks/Pages
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

screenshots=()
if [[ ${1:-} == --screenshots ]]; then
  screenshots=(--screenshots "$2")
  shift 2
fi

browser=
for name in chromium chromium-browser google-chrome; do
  browser=$(command -v "$name") && break
done
if [[ -z $browser ]] || ! command -v python3 >/dev/null; then
  echo "pages: skipped: chromium and python3 are needed"
  exit 0
fi

dtgen=${1:-}
if [[ -z $dtgen ]]; then
  swift build --package-path "$repository" --product dtgen >&2
  dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
fi

# Writes the page of a model folder, twice: the bytes must be the same.
page() {
  local folder=$1 name
  shift
  name=$(basename "$folder" .dtmodel)
  "$dtgen" inspect "$folder" --html "$directory/$name.html" "$@" >/dev/null
  "$dtgen" inspect "$folder" --html "$directory/again" "$@" >/dev/null
  cmp "$directory/$name.html" "$directory/again"
  "$dtgen" inspect "$folder" --json >"$directory/$name.json"
}

models=$repository/Tests/Data/Models
page "$repository/Sources/hopper/Hopper.dtmodel" --bench "$here/hopper.json"
page "$models/HalfCheetah.dtmodel"
page "$repository/Sources/pendulum/Pendulum.dtmodel"
page "$models/EightHeads.dtmodel" --golden "$repository/Tests/Data/Goldens/EightHeads.safetensors"
page "$models/BatchOfFive.dtmodel"
page "$models/ForwardFourHeads.dtmodel"
page "$models/RoundedOneHead.dtmodel"
page "$models/TrunkFourHeads.dtmodel"
# Without a checkpoint, with a window that is too long to draw whole.
mkdir -p "$directory/Large.dtmodel"
cat >"$directory/Large.dtmodel/config.json" <<'JSON'
{"model_type": "decision_transformer", "state_dim": 376, "act_dim": 17, "hidden_size": 768,
 "n_layer": 12, "n_head": 12, "max_ep_len": 1000}
JSON
echo '{"window": 64}' >"$directory/Large.dtmodel/codegen.json"
page "$directory/Large.dtmodel"

python3 "$here/check.py" "$browser" "$directory" "${screenshots[@]}"

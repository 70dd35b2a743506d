#!/usr/bin/env bash
# The Python client against the shared libraries of Hopper, CartPole and models of the tests: good and bad calls, recorded
# episodes, and the answers that the programs in C have left in the folder.
#
# usage: Tests/Checks/Clients/Python/check.sh [folder of libhopper.so, Hopper.weights, and the others']
#
# Without a folder it builds them in .build/clients. PYTHON is a Python with NumPy (default:
# python3 where that has it, else a virtual environment in .build/clients made by python3).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../../.." && pwd)
client=$repository/Sources/Clients/Python
scratch=$repository/.build/clients
python=${PYTHON:-python3}

folder=${1:-$scratch}

dtgen() {
  swift run --package-path "$repository" dtgen "$@" >"$scratch/log" 2>&1 || {
    tail -40 "$scratch/log" >&2
    echo "check.sh: dtgen $1 failed" >&2
    exit 1
  }
}
mkdir -p "$scratch"
if [[ $# -eq 0 ]]; then
  for name in hopper/Hopper cartpole/CartPole; do
    model=$scratch/${name#*/}.dtmodel
    rm -rf "$model"
    cp -R "$repository/Sources/$name.dtmodel" "$model"
    dtgen library "$model" --output "$scratch"
    # The same weights in a file of their own.
    sed 's/^{/{ "weights": "file",/' "$repository/Sources/$name.dtmodel/codegen.json" \
      >"$model/codegen.json"
    dtgen generate "$model" --output "$scratch"
  done
  for name in PixelActions BatchOfSeventeen WindowOfOne NumberedActionsOfTwo NumberedActions TrunkFourHeads \
    TrunkRoundedFourHeads ForwardOneHead ForwardHiddenStates; do
    dtgen library "$repository/Tests/Data/Models/$name.dtmodel" --output "$scratch"
  done
fi

if ! "$python" -c 'import numpy' 2>/dev/null; then
  [[ -x $scratch/python/bin/python ]] || "$python" -m venv "$scratch/python"
  "$scratch/python/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
  python=$scratch/python/bin/python
fi
# The lines of the documentation, beside a library that is already there.
article=$repository/Sources/DecisionTransformer/DecisionTransformer.docc/Articles/CallingItFromC.md
run_lines() { # run_lines <marker> <library> <state>
  sed -n "\|^<!-- $1 -->\$|,/^\`\`\`\$/{/^<!--/d;/^\`\`\`/d;p}" "$article" >"$scratch/lines.py"
  [[ -s $scratch/lines.py ]] || { echo "check.sh: no lines in $article: $1" >&2; exit 1; }
  sed -i -e "s|\"deploy/$2\"|\"$folder/$2\"|" -e "1i state = next_state = $3" \
    -e '$a print("documentation: done")' "$scratch/lines.py"
  PYTHONPATH=$client "$python" "$scratch/lines.py"
}
run_lines 'used by: Tests/Checks/Clients/Python/check.sh as the lines of the documentation' \
  libhopper.so '[0.0] * 11'
run_lines 'used by: Tests/Checks/Clients/Python/check.sh as the lines with numbered actions' \
  libcart_pole.so '[0.0] * 4'
run_lines 'used by: Tests/Checks/Clients/Python/check.sh as the lines with several agents' \
  libbatch_of_seventeen.so '[[0.0] * 10] * 17; rewards = [0.0] * 17'
run_lines 'used by: Tests/Checks/Clients/Python/check.sh as the lines with a trunk' \
  libtrunk_four_heads.so '[[0.0] * 24] * 3; inputs_embeds = further_embeds = state'
run_lines 'used by: Tests/Checks/Clients/Python/check.sh as the lines with forward' \
  libforward_one_head.so '[[0.0] * 4] * 2; actions = [[0.0] * 2] * 2; returns = [[1.0]] * 2'
HOPPER_LIBRARY=$folder/libhopper.so HOPPER_WEIGHTS=$folder/Hopper.weights \
  PIXEL_LIBRARY=$folder/libpixel_actions.so CART_POLE_LIBRARY=$folder/libcart_pole.so CART_POLE_WEIGHTS=$folder/CartPole.weights \
  CLIENTS_FOLDER=$folder PYTHONPATH=$client "$python" -m unittest discover --start-directory "$here"

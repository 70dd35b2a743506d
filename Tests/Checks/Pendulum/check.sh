#!/usr/bin/env bash
# The closed loop does what it is asked for: over --seeds starts, the mean return rises with the target
# and is near the target where the model is good. Hugging Face's model, over five starts of Gymnasium:
# -1880, -1621, -1187, -468, -249 (Tests/Tools/Oracle/record_pendulum.py).
#
# usage: Tests/Checks/Pendulum/check.sh [options of pendulum --sweep, --seeds 100 for example]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
sweep=$(swift run --package-path "$repository" -c release -Xcc -march=native pendulum --sweep --json "$@")
printf '%s\n' "$sweep"

# The number behind each "mean" or "target".
numbers() { grep -o "\"$1\": [-+.0-9e]*" <<<"$sweep" | sed 's/.*: //' | tr '\n' ' '; }
[[ $(numbers target) == "-1600 -1200 -800 -400 -200 " ]] || {
  printf 'pendulum: the targets are not the default ones\n' >&2
  exit 1
}
numbers mean | awk '
  function fail(text) { print "pendulum: " text > "/dev/stderr"; exit 1 }
  {
    for (i = 2; i <= 4; i++) if (!($i > $(i - 1))) fail("the mean return does not rise: " $0)
    if (!($4 > -620 && $4 < -320)) fail("asked for -400: " $4)
    if (!($5 > -350 && $5 < -150)) fail("asked for -200: " $5)
    printf "pendulum: the mean return rises with the target: %.0f %.0f %.0f %.0f %.0f\n", $1, $2, $3, $4, $5
  }'

#!/usr/bin/env bash
# The closed loop with discrete actions, as an optimised program: a pole that is asked to stand for 30, 60 or 100 steps
# stands about as long, the same seed gives the same episodes, and wrong options are refused with status 2. d3rlpy's own
# loop, greedy, over six starts of Gymnasium: 28.8, 57.7, 100.3 (Tests/Data/Families/d3rlpy-cartpole/case.json).
#
# usage: Tests/Checks/CartPole/check.sh [path of a built cartpole]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
fail() {
  printf 'cartpole: %s\n' "$*" >&2
  exit 1
}
cartpole=${1:-}
if [[ -z $cartpole ]]; then
  swift build --package-path "$repository" -c release -Xcc -march=native --product cartpole >&2
  cartpole=$(swift build --package-path "$repository" -c release -Xcc -march=native --show-bin-path)/cartpole
fi

sweep=$("$cartpole" --sweep 30,60,100 --seeds 4 --json)
printf '%s\n' "$sweep"
# The number behind each "mean" or "target".
numbers() { grep -o "\"$1\": [-+.0-9e]*" <<<"$sweep" | sed 's/.*: //' | tr '\n' ' '; }
[[ $(numbers target) == "30 60 100 " ]] || fail "the targets are not those that were asked for"
numbers mean | awk '
  function fail(text) { print "cartpole: " text > "/dev/stderr"; exit 1 }
  {
    split("30 60 100", asked)
    for (i = 1; i <= 3; i++) if (!($i > asked[i] - 5 && $i < asked[i] + 5)) fail("asked for " asked[i] ": " $i)
    printf "cartpole: it stands as long as it is asked to: %.1f %.1f %.1f\n", $1, $2, $3
  }'

# Of 130 steps, which is the default; a line for the build, and one for each episode.
text=$("$cartpole" --fast --episodes 3)
printf '%s\n' "$text"
line='^seed [0-2]  target 130  return [0-9]+  [a-z0-9 ]+  act [0-9.]+ µs, at most [0-9.]+ µs'
[[ $(grep -cE "$line" <<<"$text") == 3 && $(wc -l <<<"$text") == 4 ]] || fail "--fast --episodes 3 prints something else"

for options in "" --sample; do
  # shellcheck disable=SC2086
  episodes=$("$cartpole" --fast --episodes 3 --seed 5 --json $options)
  printf '%s\n' "$episodes"
  object='\{"seed": [5-7], "target": 130, "return": [0-9]+, "steps": [0-9]+, "terminated": (true|false)\}'
  [[ $episodes =~ ^\{\"episodes\":\ \[$object,\ $object,\ $object\]\}$ ]] || fail "--json $options prints something else"
  # shellcheck disable=SC2086
  [[ $("$cartpole" --fast --episodes 3 --seed 5 --json $options) == "$episodes" ]] \
    || fail "the same seed gives other episodes: $options"
done

# refused <words> <argument>...
refused() {
  local words=$1 status=0 message
  shift
  message=$("$cartpole" "$@" 2>&1) || status=$?
  [[ $status == 2 && $message == "cartpole: $words; see 'cartpole --help'" ]] || fail "$*: status $status: $message"
}
refused "--seed 'x': a whole number from 0 to 2147483647 is accepted" --seed x
refused "--target '-1': a number from 0 to 1000 is accepted" --target -1
refused "--sweep '60,60': 60 is there twice" --sweep 60,60
refused "--fast is not accepted with --sweep" --sweep --fast
refused "--seeds is accepted with --sweep only" --seeds 4
echo "cartpole: wrong options are refused"

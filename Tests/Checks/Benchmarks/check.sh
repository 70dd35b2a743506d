#!/usr/bin/env bash
# The documentation's commands with dtbench, cut short: the report as JSON, the page that shows it, and a library for C
# beside the type in the program, whose actions must have the same bits; one shape of the sweep; and the plot of the
# peers. It judges no time. At the end, that none is printed without proof (refusals.sh).
#
# usage: Tests/Checks/Benchmarks/check.sh
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$repository"

swift build -c release -Xcc -march=native --product dtbench
dtbench=$(swift build -c release -Xcc -march=native --show-bin-path)/dtbench
"$dtbench" --model Hopper --seconds 0.2 --json >"$directory/bench.json"
grep -A 5 '"self_test"' "$directory/bench.json" | grep -q '"passed" : true' || {
  echo "check.sh: dtbench does not say that the self test passed" >&2
  exit 1
}
"$dtbench" --model all --seconds 0.2 --explain >"$directory/explained"
models=$(grep -cE ', [a-z0-9]+ weights$' "$directory/explained")
calls=$(grep -c 'operations together' "$directory/explained")
[[ $models -ge 2 && $calls == $((2 * models)) ]] || {
  echo "check.sh: dtbench explains $calls calls of $models models, not act and prepare of each" >&2
  exit 1
}
shares=$(grep -cE '^  at 1000? Hz act takes .* of the period and prepare .* \(p50\), .* at p99.9$' "$directory/explained") || true
[[ $shares == $((2 * models)) ]] || {
  echo "check.sh: dtbench says $shares times what part of a period calls take, not twice for each of $models models" >&2
  exit 1
}
swift run dtgen inspect Sources/hopper/Hopper.dtmodel --html "$directory/hopper.html" \
  --bench "$directory/bench.json"
swift run dtgen library Sources/hopper/Hopper.dtmodel --output "$directory" --march native
"$dtbench" --seconds 0.2 --library "$directory/libhopper.so" >"$directory/report"
sed -n '/^through C/,$p' "$directory/report"
grep -q 'every action has the same bits: yes' "$directory/report" || {
  echo "check.sh: through C the actions have other bits" >&2
  exit 1
}

dtgen=$(swift build --show-bin-path)/dtgen
if command -v python3 >/dev/null; then
  Tests/Tools/Benchmarks/sweep.py --only H64L3K20N1 --seconds 0.05 --dtgen "$dtgen"
  python3 -B -m unittest discover --start-directory Tests/Tools/Peers
fi
Tests/Checks/Benchmarks/refusals.sh "$dtgen"

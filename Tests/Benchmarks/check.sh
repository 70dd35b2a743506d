#!/usr/bin/env bash
# The README's commands with dtbench, cut short: the report as JSON, the page that shows it, and a library for C
# beside the type in the program, whose actions must have the same bits. It judges no time.
#
# usage: Tests/Benchmarks/check.sh
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$repository"

swift build -c release -Xcc -march=native --product dtbench
dtbench=$(swift build -c release -Xcc -march=native --show-bin-path)/dtbench
"$dtbench" --model Hopper --seconds 0.2 --json >"$directory/bench.json"
swift run dtgen inspect Sources/hopper/Hopper.dtmodel --html "$directory/hopper.html" \
  --bench "$directory/bench.json"
swift run dtgen library Sources/hopper/Hopper.dtmodel --output "$directory" --march native
"$dtbench" --seconds 0.2 --library "$directory/libhopper.so" >"$directory/report"
sed -n '/^through C/,$p' "$directory/report"
grep -q 'every action has the same bits: yes' "$directory/report" || {
  echo "check.sh: through C the actions have other bits" >&2
  exit 1
}

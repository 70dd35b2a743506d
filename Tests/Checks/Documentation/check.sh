#!/usr/bin/env bash
# Builds the documentation with the toolchain's docc, every warning an error, and checks what docc does not: that every
# public declaration of the runtime and of generated types has a comment, that every page has a place, that the code in
# README.md and in the articles is code that compiles, that their commands run and print what is said, that links lead
# somewhere, and that README.md stays short.
#
# usage: Tests/Checks/Documentation/check.sh [--build-only]
#
# The archive is .build/documentation/DecisionTransformer.doccarchive, a static site: any web server shows it, for
# example "python3 -m http.server --directory .build/documentation/DecisionTransformer.doccarchive" at
# http://localhost:8000/documentation/. Articles are plain Markdown, for code hosts; docc reads a copy with its own links.
# --build-only leaves the examples and the commands out.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$repository/Tests/Checks/Documentation
catalogue=$repository/Sources/DecisionTransformer/DecisionTransformer.docc
output=$repository/.build/documentation
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

say() { printf 'documentation: %s\n' "$*"; }
fail() {
  say "FAILED: $*" >&2
  exit 1
}
docc=$(command -v docc || xcrun --find docc 2>/dev/null) \
  || fail "docc: not found; it comes with the toolchain (https://swift.org/install)"

swiftc -swift-version 6 -parse-as-library -o "$directory/tool" "$here"/Tool/*.swift
tool() { "$directory/tool" "$@"; }

# --- What lies before the reader ------------------------------------------------------------------
readme=$repository/README.md
[[ $(wc -c <"$readme") -le 10240 ]] || fail "README.md: $(wc -c <"$readme") bytes; accepted: 10240. The rest belongs into an article"
articles=("$catalogue"/Articles/*.md)
for article in "${articles[@]}"; do
  grep -qF "](${article#"$repository"/})" "$readme" || fail "README.md has no link to $(basename "$article")"
done
guides=("$readme" "$repository/CONTRIBUTING.md" "$repository/Sources/DecisionTransformerCodegen/README.md")
tool articles "$repository" "${guides[@]}" "${articles[@]}" "$catalogue"/*.md "$here"/HopperModel.docc/*.md \
  || fail "code in the documentation that is not what it claims to be"
find "$repository/Tests" "$repository/Sources/Clients" -name '*.md' -not -path '*/HopperModel.docc/*' -print0 \
  | xargs -0 "$directory/tool" links "$repository" "${guides[@]}" "${articles[@]}" "$catalogue"/*.md \
  || fail "links that lead nowhere"

# --- Symbol graphs -----------------------------------------------------------------------------------
# module <name> <source>...: compiles a module's interface and writes its symbol graph.
module() {
  local name=$1
  shift
  mkdir -p "$directory/graphs/$name"
  swiftc -emit-module -wmo -swift-version 6 -parse-as-library -module-name "$name" \
    -I "$repository/Sources/CDecisionTransformer/include" -I "$directory" \
    -emit-module-path "$directory/$name.swiftmodule" \
    -emit-symbol-graph -emit-symbol-graph-dir "$directory/graphs/$name" -emit-extension-block-symbols "$@"
}
module DecisionTransformer "$repository"/Sources/DecisionTransformer/*.swift
# Generated types of every kind: with weights in the program, functions for C, outputs, several agents, and the trunk.
swift build --package-path "$repository" --product dtgen >"$directory/log" 2>&1 \
  || { cat "$directory/log"; fail "dtgen does not build"; }
dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
# As the plugin has it, with the weights in the program: init() is there.
"$dtgen" generate "$repository/Sources/hopper/Hopper.dtmodel" --output "$directory/Hopper" >"$directory/log"
module HopperModel "$directory"/Hopper/*.swift
for model in ExecutedActions ForwardHiddenStates BatchOfTwo TrunkFourHeads; do
  "$dtgen" generate "$repository/Tests/Data/Models/$model.dtmodel" --output "$directory/$model" >"$directory/log"
  module "${model}Model" "$directory/$model"/*.swift
done
tool coverage "$directory"/graphs/*/*.symbols.json || fail "public declarations without a comment"

# --- The archive -----------------------------------------------------------------------------------------
convert() { # convert <catalogue> <module> [option...]
  "$docc" convert "$1" --additional-symbol-graph-dir "$directory/graphs/$2" \
    --output-path "$directory/$2.doccarchive" --warnings-as-errors \
    --enable-experimental-external-link-support "${@:3}" >"$directory/log" 2>&1 \
    || { cat "$directory/log"; fail "docc finds something wrong in $1"; }
}
tool catalogue "$repository" "$catalogue" "$directory/DecisionTransformer.docc"
convert "$directory/DecisionTransformer.docc" DecisionTransformer
convert "$here/HopperModel.docc" HopperModel --dependency "$directory/DecisionTransformer.doccarchive"
pages=$directory/DecisionTransformer.doccarchive/data/documentation/decisiontransformer
model=$directory/HopperModel.doccarchive/data/documentation/hoppermodel
tool groups "$pages.json" "$pages/packedweights.json" "$pages/vectormath.json" "$model.json" "$model/hopper.json" \
  || fail "pages without a place in the catalogue"
rm -rf "$output"
mkdir -p "$output"
"$docc" merge "$directory/DecisionTransformer.doccarchive" "$directory/HopperModel.doccarchive" \
  --synthesized-landing-page-name "Decision Transformers in Swift" --synthesized-landing-page-kind Package \
  --output-path "$output/DecisionTransformer.doccarchive" >"$directory/log" 2>&1 \
  || { cat "$directory/log"; fail "docc does not merge the archives"; }
say "built: $output/DecisionTransformer.doccarchive"
[[ ${1:-} != --build-only ]] || exit 0

# --- Examples ------------------------------------------------------------------------------------------------
printf '{"weights": "file",%s' "$(sed '1s/{//' "$repository/Sources/hopper/Hopper.dtmodel/codegen.json")" \
  >"$directory/codegen.json"
mkdir "$directory/Hopper.dtmodel"
cp "$repository"/Sources/hopper/Hopper.dtmodel/{config.json,model.safetensors} "$directory/codegen.json" \
  "$directory/Hopper.dtmodel"
"$dtgen" generate "$directory/Hopper.dtmodel" --output "$directory/Hopper" >"$directory/log"
swift run --package-path "$repository" examples "$directory/Hopper/Hopper.weights" 2>"$directory/log" \
  || { cat "$directory/log"; fail "the examples do not run"; }

# --- Commands -----------------------------------------------------------------------------------------------
# They run in an empty folder with links to the repository's, on the debug build that "swift test" makes. There a
# measurement says nothing and takes long: with --help, dtbench, pendulum and cartpole read their options and stop. For
# --json dtbench gives an older report (Tests/Checks/Benchmarks/check.sh makes a new one). A toolset, with which all
# would be built anew, is tried on a program that prints its vector level.
swift() {
  local verb=$1 rest=() argument report= toolset=
  shift
  while [[ $# -gt 0 ]]; do
    argument=$1
    shift
    case $argument in
      -c | -Xcc) shift ;;
      dtbench | pendulum | cartpole) rest+=("$argument" --help) ;;
      --toolset) toolset=$PWD/$1 && shift ;;
      --json) report=$repository/Tests/Checks/Pages/hopper.json rest+=(--json) ;;
      *) rest+=("$argument") ;;
    esac
  done
  if [[ -n $toolset ]]; then
    [[ $(uname -m) == x86_64 ]] || { echo "not run: $toolset is for x86-64" >&2; return; }
    mkdir -p Level/Sources/Level
    ln -sfn "$repository/Sources/CDecisionTransformer" Level/Sources/CDecisionTransformer
    printf '%s\n' '// swift-tools-version: 6.2' 'import PackageDescription' 'let package = Package(name: "Level", targets: [' \
      '  .target(name: "CDecisionTransformer"),' \
      '  .executableTarget(name: "Level", dependencies: ["CDecisionTransformer"])])' >Level/Package.swift
    printf '%s\n' 'import CDecisionTransformer' 'print("level", dt_vector_level())' >Level/Sources/Level/main.swift
    command swift run --package-path "$PWD/Level" --toolset "$toolset" | grep -qx 'level 1' \
      || { echo "$toolset has no effect" >&2; return 1; }
  elif [[ " ${rest[*]} " == *" dtbench --help "* && -n $report ]]; then
    command swift "$verb" --package-path "$repository" "${rest[@]}" >&2
    cat "$report"
  else
    command swift "$verb" --package-path "$repository" "${rest[@]}"
  fi
}
export -f swift
export repository
mkdir "$directory/scratch"
ln -s "$repository"/{Sources,Tests,Generated} "$directory/scratch"
mkdir "$directory/scratch/Robot.dtmodel"
cp "$repository/Sources/hopper/Hopper.dtmodel/config.json" "$directory/scratch/Robot.dtmodel"
if python3 -c 'import numpy' 2>/dev/null; then
  (cd "$directory/scratch" && python3 - <<'PYTHON'
import pickle
import numpy as np

episodes = [dict(observations=np.full((3, 11), float(i)), rewards=np.ones(3)) for i in range(2)]
pickle.dump(episodes, open("episodes.pkl", "wb"))
PYTHON
  )
fi
for article in "$readme" "${articles[@]}"; do
  name=$(basename "$article" .md)
  tool script "$article" >"$directory/$name.sh"
  (cd "$directory/scratch" && bash -euo pipefail "$directory/$name.sh") >"$directory/$name.log" 2>"$directory/log" </dev/null \
    || { tail -n 20 "$directory/$name.log" "$directory/log"; fail "the commands of $name"; }
  ! grep '^not run: ' "$directory/log" || say "$name: not all of it ran"
  tool printed "$article" "$directory/$name.log" || fail "$name does not show what its commands print"
done
say "ok"

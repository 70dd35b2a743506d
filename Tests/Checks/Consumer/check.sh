#!/usr/bin/env bash
# A new user's package, made from README.md and the articles, outside this repository: it has to build and run
# without a warning, rebuild what changed and nothing else, and refuse wrong input with a clear line.
#
# usage: Tests/Checks/Consumer/check.sh [swift build options]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readme=$repository/README.md
articles=$repository/Sources/DecisionTransformer/DecisionTransformer.docc/Articles
# (A user's folders may have spaces and other signs in their names.)
parent=$(mktemp -d)
directory="$parent/a user's é folder"
mkdir "$directory"
trap 'rm -rf "$parent"' EXIT
options=("$@")
log=$directory/log
package=$directory/Robot

say() { printf 'consumer: %s\n' "$*"; }
fail() {
  say "FAILED: $*"
  [[ ! -s $log ]] || tail -40 "$log" | sed 's/^/  | /'
  exit 1
}
swift_robot() { # swift <verb> --package-path Robot <arguments>, silently
  local verb=$1
  shift
  swift "$verb" --package-path "$package" "$@" >"$log" 2>&1 </dev/null
}
build() { swift_robot build ${options[@]+"${options[@]}"}; }
must_build() { build || fail "$1: the build failed"; }
must_run() {
  swift_robot run ${options[@]+"${options[@]}"} || fail "$1: the program does not run"
  grep '^torques:' "$log" >"$directory/torques" || fail "$1: the program prints no torques"
}
saw() { grep -qF -- "$1" "$log" || fail "expected in the output: $1"; }
saw_no() { ! grep -qF -- "$1" "$log" || fail "not expected in the output: $1"; }
generated() { find "$package/.build/plugins/outputs" -name "$1" | head -1; }
# Of code without the line that says which codegen.json it is made of.
digest() { grep -v "^// codegen.json sha256" "$(generated "$1")" | cksum; }
outputs() { find "$package/.build/plugins/outputs" -type f -exec cksum {} + | sort; }
edit() { # edit <sed script> <file>
  sed -i.orig "$1" "$2" && rm "$2.orig"
}
# (SwiftPM prints a plugin's own errors twice.)
errors() { sort -u "$log" | grep -c '^error: .*\.dtmodel' || true; }
# must_refuse <what> <errors> <line>...: the build fails with so many errors about the model, among
# them these, and leaves the outputs as they were.
must_refuse() {
  local what=$1 count=$2 line before
  shift 2
  before=$(outputs)
  ! build || fail "$what: the build should have failed"
  for line in "$@"; do saw "$line"; done
  [[ $(errors) == "$count" ]] || fail "$what: $(errors) errors, expected $count"
  [[ $(outputs) == "$before" ]] || fail "$what: something was written"
}
# block <page> <marker>: prints the fenced block that follows the line "<!-- marker -->".
block() {
  awk -v marker="<!-- $2 -->" '
    $0 == marker { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    inside { print }
  ' "$1" >"$directory/block"
  [[ -s $directory/block ]] || fail "$1: no block behind <!-- $2 -->"
  cat "$directory/block"
}
in_package() { (cd "$package" && bash -euo pipefail "$1") >"$log" 2>&1 </dev/null; }

# --- The quick start --------------------------------------------------------------------------------
# Each "<!-- used by: ... as quick start: PATH -->" is followed by a fenced block: the contents of PATH.
sed -n 's/^<!-- used by: Tests\/Checks\/Consumer\/check.sh as quick start: \(.*\) -->$/\1/p' "$readme" | while read -r path; do
  mkdir -p "$(dirname "$package/$path")"
  block "$readme" "used by: Tests/Checks/Consumer/check.sh as quick start: $path" >"$package/$path"
done
[[ -f $package/Package.swift ]] || fail "no quick start in the README"

# What is published is a repository with a tag: the working tree, committed.
published=$parent/decision-transformer
version=$(sed -n 's/.*static let version = "\(.*\)"/\1/p' \
  "$repository/Sources/DecisionTransformerCodegen/Pipeline/Compiler.swift")
mkdir "$published"
(cd "$repository" && tar --exclude=./.build --exclude=./.git -cf - .) | tar -xf - -C "$published"
git -C "$published" init -q
git -C "$published" add --all
git -C "$published" -c user.name=consumer -c user.email=consumer@example.com \
  commit -q --no-gpg-sign -m "$version"
git -C "$published" tag "$version"
edit "s|\.package(url: \"[^\"]*\"|.package(url: \"file://$published\"|" "$package/Package.swift"
grep -qF "file://$published" "$package/Package.swift" \
  || fail "the quick start's dependency is not on a line of its own: .package(url: ..., from: ...)"
target=$(dirname "$(find "$package/Sources" -name main.swift)")
hopper=$target/Hopper.dtmodel
cp -R "$repository/Sources/hopper/Hopper.dtmodel" "$hopper"

must_build "quick start"
saw_no "warning:"
say "the quick start builds without a warning"
must_run "quick start"
[[ $(wc -l <"$directory/torques") -eq 5 ]] || fail "the quick start does not print five lines"
cp "$directory/torques" "$directory/torques-embedded"
say "it runs: $(tail -1 "$directory/torques")"

# --- Where a controller lives --------------------------------------------------------------------------
cp "$target/main.swift" "$directory/main.swift"
places=$(sed -n 's/^<!-- used by: Tests\/Checks\/Consumer\/check.sh as a place: \(.*\) -->$/\1/p' "$articles/WhereAControllerLives.md")
for place in $places; do
  block "$articles/WhereAControllerLives.md" "used by: Tests/Checks/Consumer/check.sh as a place: $place" >"$target/$place"
done
cp "$repository/Tests/Checks/Consumer/Places.swift" "$target/main.swift"
must_build "where a controller lives"
saw_no "warning:"
swift_robot run ${options[@]+"${options[@]}"} || fail "where a controller lives: the program does not run"
[[ $(grep -c ': right$' "$log") -eq 7 ]] || fail "where a controller lives: not every place gives the action"
saw_no ": wrong"
mv "$directory/main.swift" "$target/main.swift"
(cd "$target" && rm $places)
must_build "quick start"
say "a controller lives at the top level, in a class, an actor, a thread, a task, a lock, an array; a stand-in takes its place"

# --- What runs again, and what does not ------------------------------------------------------------
must_build "no change"
saw_no "Generating"
saw_no "Compiling $(basename "$target")"

mkdir "$target/Models"
pendulum=$target/Models/Pendulum.dtmodel
cp -R "$repository/Sources/pendulum/Pendulum.dtmodel" "$pendulum"
must_build "second model, in a folder below"
saw "Generating Pendulum"
saw_no "warning:"
must_build "no change"
saw_no "Generating"
say "several models of one target build; a build without changes does nothing"

code=$(digest Hopper.swift)
weights=$(digest HopperWeights.swift)
edit 's/"window": 20/"window": 19/' "$hopper/codegen.json"
must_build "changed option"
saw "Generating Hopper"
saw_no "Generating Pendulum"
[[ $(digest Hopper.swift) != "$code" ]] || fail "another window leaves the code as it was"

mv "$hopper/codegen.json" "$directory/codegen.json"
must_build "options removed"
saw "Generating Hopper"
mv "$directory/codegen.json" "$hopper/codegen.json"
edit 's/"window": 19/"window": 20/' "$hopper/codegen.json"
must_build "options restored"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the same options give other code"
[[ $(digest HopperWeights.swift) == "$weights" ]] || fail "the same model gives other weights"

# The lowest byte of one weight in the middle of the file.
cp "$hopper/model.safetensors" "$directory/model.safetensors"
size=$(wc -c <"$hopper/model.safetensors")
printf '\125' | dd of="$hopper/model.safetensors" bs=1 seek=$((size / 8 * 4)) conv=notrunc 2>/dev/null
must_build "another checkpoint"
saw "Generating Hopper"
saw_no "Generating Pendulum"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the code depends on the checkpoint"
[[ $(digest HopperWeights.swift) != "$weights" ]] || fail "the weights ignore the checkpoint"
cp "$directory/model.safetensors" "$hopper/model.safetensors"
say "options and checkpoint are followed, for their own model only; code depends on no weight"

# The program's own first step, as the row of a loop.
must_build "as it was"
zeros=$(printf '0, %.0s' {1..10})0
torques=$(sed -n '1s/^torques: \(.*\)$/\1/p' "$directory/torques" | sed 's/  */, /g')
rows() { printf '{"states": [[%s]], "rewards": [0], "actions": [[%s]]}\n' "$zeros" "$1" >"$hopper/expected.json"; }
rows "$torques"
# (For a file that is new SwiftPM links the tool again, and all models follow.)
must_build "an expected row"
saw "Generating Hopper"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the code depends on expected rows"
[[ $(digest HopperWeights.swift) != "$weights" ]] || fail "the self test ignores expected rows"
must_run "an expected row"
rows "9${torques#*[0-9]}"
must_refuse "another action" 2 "Hopper.dtmodel/expected.json: actions[0][0]: found 9" "Hopper.dtmodel/expected.json: actions: 1 of 3 "
rm "$hopper/expected.json"
must_build "no expected row"
[[ $(digest HopperWeights.swift) == "$weights" ]] || fail "expected rows that are gone leave something behind"
say "rows that the folder expects are checked when they change, and travel with the weights"

# --- Wrong input -----------------------------------------------------------------------------------
must_build "as it was"
cp "$hopper/codegen.json" "$hopper/config.json" "$directory"

edit 's/"window": 20/"context": 20/; s/"return_scale": 1000.0/"return_scale": 0/' "$hopper/codegen.json"
must_refuse "two wrong options" 2 \
  "Hopper.dtmodel/codegen.json: context: " "Hopper.dtmodel/codegen.json: return_scale: "
# The answer to a wrong key lists the keys; the article explains each, and README.md no others.
grep -F 'codegen.json: context: ' "$log" | head -1 | sed 's/.*accepted: //' | tr -dc 'a-z_ \n' \
  | tr ' ' '\n' >"$directory/keys"
[[ $(wc -l <"$directory/keys") -gt 9 ]] || fail "the answer to a wrong key does not list the keys"
while read -r key; do
  grep -q "^| .*\`$key\`.* | .* |" "$articles/TheModelFolder.md" \
    || fail "TheModelFolder.md: codegen.json's $key is not explained"
done <"$directory/keys"
sed -n '/^| key | default/,/^$/s/^| \(`[^|]*\) |.*/\1/p' "$readme" | tr -dc 'a-z_\n ' | tr -s ' ' '\n' >"$directory/common"
[[ -s $directory/common ]] || fail "README: no table of common keys"
while read -r key; do
  grep -qx "$key" "$directory/keys" || fail "README: $key is no key of codegen.json"
done <"$directory/common"
cp "$directory/codegen.json" "$hopper"

edit 's/"n_head": 1/"n_head": 3/; s/"relu"/"elu"/' "$hopper/config.json"
must_refuse "a number of heads that does not divide, and an unknown activation" 2 \
  "Hopper.dtmodel/config.json: n_head: " "Hopper.dtmodel/config.json: activation_function: "
cp "$directory/config.json" "$hopper"

head -c 100000 "$directory/model.safetensors" >"$hopper/model.safetensors"
must_refuse "half a checkpoint" 1 "Hopper.dtmodel/model.safetensors: "
cp "$directory/model.safetensors" "$hopper"

mv "$hopper/model.safetensors" "$hopper/model.pt"
must_refuse "a checkpoint under another name" 1 \
  "Hopper.dtmodel/model.pt: looks like a safetensors file and is not read under this name; "
mv "$hopper/model.pt" "$hopper/model.safetensors"

rm "$hopper/config.json"
must_refuse "no config.json" 1 "Hopper.dtmodel/config.json: "
cp "$directory/config.json" "$hopper"

cp -R "$hopper" "$target/Models/Hopper.dtmodel"
must_refuse "two models of one name" 1 "same name"
rm -r "$target/Models/Hopper.dtmodel"

for name in AbCd Ab_Cd; do
  cp -R "$hopper" "$target/Models/$name.dtmodel"
  edit 's/"window": 20/"c_interface": true, "window": 20/' "$target/Models/$name.dtmodel/codegen.json"
done
must_refuse "two models whose functions for C have the same names" 1 \
  "/AbCd.dtmodel, " '/Ab_Cd.dtmodel: "c_interface" gives all of them functions that begin with ab_cd_; '
rm -r "$target/Models/AbCd.dtmodel" "$target/Models/Ab_Cd.dtmodel"

mkdir "$target/Models/struct.dtmodel"
cp "$hopper/config.json" "$target/Models/struct.dtmodel/"
must_refuse "a model that is named like a keyword" 1 "struct.dtmodel: "
rm -r "$target/Models/struct.dtmodel"

must_build "repaired"
say "wrong input is refused with a line for each problem; a repaired folder builds again"

# --- Settings and names of the user's own ------------------------------------------------------------
# `swift test --filter TargetTests` has every form of generated code and every name; here is a real package.
cp "$package/Package.swift" "$directory/Package.swift"
edit 's|plugins: |swiftSettings: [.defaultIsolation(MainActor.self), .strictMemorySafety()], plugins: |' \
  "$package/Package.swift"
grep -q strictMemorySafety "$package/Package.swift" || fail "no place for settings in the quick start"
cat >"$target/Own.swift" <<'END'
final class DecisionTransformer { var history: [Float] = [] }
enum StepError { case slipped }
struct Processor { var load = 0.5 }
struct SelfTest { var passed = false }
struct Vector { var x = 0.0, y = 0.0 }
struct Span { var start = 0.0, end = 1.0 }
func max(_ a: Int, _ b: Int) -> Int { a }

nonisolated func control(_ hopper: consuming Hopper) throws -> Float {
  hopper.reset(targetReturn: 1)
  let action = try hopper.act(Hopper.State(repeating: 0.5))
  try hopper.prepare(executed: action, reward: 1)
  return action[0]
}
END
cp "$target/main.swift" "$directory/main.swift"
echo 'print("off the main actor:", try await Task.detached { try control(Hopper()) }.value)' >>"$target/main.swift"
must_build "default isolation, strict memory safety, own types"
saw_no "warning:"
must_run "default isolation, strict memory safety, own types"
saw "off the main actor:"
cmp "$directory/torques" "$directory/torques-embedded" || fail "settings of the target change the actions"
mv "$directory/Package.swift" "$package/Package.swift"
mv "$directory/main.swift" "$target/main.swift"
rm "$target/Own.swift"
say "default isolation, strict memory safety, and types of the user's own under the runtime's names"

# --- The command plugin ------------------------------------------------------------------------------
command() {
  swift_robot package --allow-writing-to-package-directory generate-decision-transformer "$@"
}
command || fail "swift package generate-decision-transformer"
for model in Hopper Pendulum; do
  for file in "$model.swift" "${model}Kernels.swift" "${model}Weights.swift" ".$model.manifest.json"; do
    cmp "$package/Generated/${model}Model/$file" "$(generated "$file")" \
      || fail "the command plugin's $file is not what the build plugin made"
  done
done
command --check || fail "--check finds fresh output stale"
echo "// by hand" >>"$package/Generated/HopperModel/Hopper.swift"
! command --check || fail "--check overlooks an edited file"
saw "-// by hand"
block "$articles/TheGeneratorTool.md" "used by: Tests/Checks/Consumer/check.sh as checked-in code" >"$directory/write.sh"
in_package "$directory/write.sh" || fail "the article's command does not write the code"
command --code-only --check || fail "--check finds fresh code stale"
say "the command plugin writes the same files, and its check finds an edited one"

# --- Weights in a file ---------------------------------------------------------------------------------
edit 's/"window": 20/"weights": "file", "window": 20/' "$hopper/codegen.json"
must_fail() { ! build || fail "$1: the build should have failed"; }
must_fail "init() with weights in a file"
saw "note: "
saw "open it with PackedWeights(path:)"
block "$articles/WhereTheWeightsGo.md" \
  "used by: Tests/Checks/Consumer/check.sh as weights in a file: Sources/Robot/main.swift" >"$target/main.swift"
must_build "weights in a file"
saw_no "warning:"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the code depends on where the weights go"
block "$articles/WhereTheWeightsGo.md" "used by: Tests/Checks/Consumer/check.sh as packed weights" >"$directory/write.sh"
in_package "$directory/write.sh" || fail "the command plugin does not write packed weights"
(cd "$package" && must_run "weights in a file")
[[ $(cut -d' ' -f 2 "$directory/torques") == $(head -1 "$directory/torques-embedded" | cut -d' ' -f 2) ]] \
  || fail "the mapped weights give other actions than the embedded ones"
say "weights in a file: $(cat "$directory/torques")"
printf '\125' | dd of="$package/deploy/HopperModel/Hopper.weights" bs=1 seek=1000000 conv=notrunc 2>/dev/null
# (The shell's own remark on a program that ends with a fatal error is not wanted.)
{ (cd "$package" && ! swift_robot run ${options[@]+"${options[@]}"}); } 2>/dev/null \
  || fail "damaged weights are accepted"
saw "the weights are damaged"

# --- dtgen in the user's package -------------------------------------------------------------------------
# The code names the codegen.json that it was made of, which was edited since.
block "$articles/TheGeneratorTool.md" "used by: Tests/Checks/Consumer/check.sh as checked-in code" >"$directory/write.sh"
in_package "$directory/write.sh" || fail "the article's command does not write the code again"
# Each of the article's lines, either of which has to notice a stale file.
block "$articles/TheGeneratorTool.md" "used by: Tests/Checks/Consumer/check.sh as stale code" >"$directory/lines"
[[ $(wc -l <"$directory/lines") -eq 2 ]] || fail "not two lines for continuous integration"
while read -r line; do
  echo "$line" >"$directory/check.sh"
  in_package "$directory/check.sh" || fail "finds fresh code stale: $line"
  cp "$package/Generated/HopperModel/Hopper.swift" "$directory/Hopper.swift"
  echo "// by hand" >>"$package/Generated/HopperModel/Hopper.swift"
  ! in_package "$directory/check.sh" || fail "overlooks an edited file: $line"
  saw "-// by hand"
  mv "$directory/Hopper.swift" "$package/Generated/HopperModel/Hopper.swift"
done <"$directory/lines"

# (What follows edits Package.swift and compares numbers with it.)
if ! type -P python3 >/dev/null; then
  say "ok; left out: a model anywhere, release speed in debug builds: there is no python3"
  exit 0
fi

# --- A model anywhere ------------------------------------------------------------------------------------
# Alone in a library target, and in a test target.
cp "$package/Package.swift" "$directory/Package.swift"
mkdir -p "$package/Sources/Brain" "$package/Tests/RobotTests"
cp -R "$repository/Sources/pendulum/Pendulum.dtmodel" "$package/Sources/Brain/"
echo "// The model beside this file becomes the type Pendulum." >"$package/Sources/Brain/Model.swift"
cp -R "$repository/Sources/pendulum/Pendulum.dtmodel" "$package/Tests/RobotTests/Balance.dtmodel"
cat >"$package/Tests/RobotTests/ModelTests.swift" <<'END'
import Brain
import DecisionTransformer
import Testing

@Test func modelsComputeTheirCheckpoints() throws {
  try Pendulum.selfTest().requirePassed()
  try Balance.selfTest().requirePassed()
}
END
python3 - "$package/Package.swift" <<'END' || fail "no place for further targets in the quick start"
import re, sys
path = sys.argv[1]
text = open(path).read()
package = re.search(r'package: "([^"]*)"', text).group(1)
uses = f"""dependencies: [.product(name: "DecisionTransformer", package: "{package}")%s],
      plugins: [.plugin(name: "DecisionTransformerPlugin", package: "{package}")]"""
targets = f""".target(name: "Brain", {uses % ""}),
    .testTarget(name: "RobotTests", {uses % ', "Brain"'}),
    .executableTarget("""
assert text.count(".executableTarget(") == 1
open(path, "w").write(text.replace(".executableTarget(", targets))
END
swift_robot test ${options[@]+"${options[@]}"} || fail "a model alone in a library target, and one in a test target"
saw_no "warning:"
grep -q "Test run with 1 test.* passed" "$log" || fail "the test of the user's package did not run"
rm -r "$package/Sources/Brain" "$package/Tests"
mv "$directory/Package.swift" "$package/Package.swift"
say "a model alone in a library target, and in a test target; a path with spaces"

# --- Release speed in debug builds --------------------------------------------------------------------------
if [[ $(uname -s) == Linux ]]; then
  cp "$directory/codegen.json" "$hopper"
  mkdir -p "$package/Models"
  mv "$hopper" "$package/Models/Hopper.dtmodel"
  rm -r "$target/Models" "$package/Generated"
  block "$articles/DebugBuilds.md" "used by: Tests/Checks/Consumer/check.sh as a library: commands" >"$directory/library.sh"
  in_package "$directory/library.sh" || fail "dtgen library --artifact-bundle"
  # What dtgen prints is what the article shows.
  sed -n '/^\.binaryTarget/,$p' "$log" >"$directory/printed"
  block "$articles/DebugBuilds.md" "used by: Tests/Checks/Consumer/check.sh as a library: Package.swift" >"$package/Package.swift"
  tr -d ' \n' <"$package/Package.swift" >"$directory/shown"
  grep -qF "$(tr -d ' \n' <"$directory/printed" | sed 's/,\],path/],path/')" <(sed 's/,\],path/],path/' "$directory/shown") \
    || fail "dtgen prints other targets than the article: $(cat "$directory/printed")"
  edit "s|\.package(url: \"[^\"]*\"|.package(url: \"file://$published\"|" "$package/Package.swift"
  block "$readme" "used by: Tests/Checks/Consumer/check.sh as quick start: Sources/Robot/main.swift" >"$directory/main.swift"
  { echo "import HopperModel"; cat "$directory/main.swift"; } >"$target/main.swift"
  must_build "a compiled library"
  # (SwiftPM hands the C compiler a flag of its own that it does not need.)
  ! grep "warning:" "$log" | grep -v "^clang: warning: argument unused" || fail "a compiled library: warnings"
  must_run "a compiled library"
  python3 - "$directory/torques" "$directory/torques-embedded" <<'END' || fail "the library gives other actions"
import sys
rows = [[list(map(float, line.split()[1:])) for line in open(path)] for path in sys.argv[1:]]
assert [len(row) for row in rows[0]] == [3] * 5
assert all(abs(a - b) < 2e-6 for new, old in zip(*rows) for a, b in zip(new, old)), rows
END
  say "a compiled library in a debug build: $(tail -1 "$directory/torques")"
fi
say "ok"

#!/usr/bin/env bash
# A new user's package, made from the quick start, outside this repository: it has to build and run
# without a warning, rebuild what changed and nothing else, and refuse wrong input with a clear line.
#
# usage: Tests/Consumer/check.sh [swift build options]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
options=("$@")
log=$directory/log
package=$directory/Robot

say() { printf 'consumer: %s\n' "$*"; }
fail() {
  say "FAILED: $*"
  [[ ! -s $log ]] || sed 's/^/  | /' "$log" | tail -40
  exit 1
}
build() { swift build --package-path "$package" ${options[@]+"${options[@]}"} >"$log" 2>&1; }
must_build() { build || fail "$1: the build failed"; }
must_fail() { ! build || fail "$1: the build should have failed"; }
saw() { grep -qF -- "$1" "$log" || fail "expected in the build's output: $1"; }
saw_no() { ! grep -qF -- "$1" "$log" || fail "not expected in the build's output: $1"; }
generated() { find "$package/.build/plugins/outputs" -name "$1" | head -1; }
digest() { cksum <"$(generated "$1")"; }

# --- The quick start -----------------------------------------------------------------------------
# Each "<!-- quick start: PATH -->" is followed by a fenced block: the contents of PATH.
source=$repository/README.md
grep -q '^<!-- quick start: ' "$source" 2>/dev/null || source=$repository/Tests/Consumer/quick-start.md
awk -v root="$package" '
  /^<!-- quick start: / { file = root "/" $4; folder = file; sub("/[^/]*$", "", folder)
                          system("mkdir -p \"" folder "\""); next }
  file && /^```/ { if (inside) file = ""; inside = !inside; next }
  inside { print > file }
' "$source"
[[ -f $package/Package.swift ]] || fail "no quick start in ${source#"$repository"/}"

# The package under test takes the place of the published one, under the published name.
ln -s "$repository" "$directory/decision-transformer"
sed -i.orig 's|\.package(url:.*)|.package(path: "../decision-transformer")|' "$package/Package.swift"
grep -qF 'path: "../decision-transformer"' "$package/Package.swift" \
  || fail "the quick start's dependency is not on a line of its own: .package(url: ..., from: ...)"
rm "$package/Package.swift.orig"
target=$(dirname "$(find "$package/Sources" -name main.swift)")
hopper=$target/Hopper.dtmodel
cp -R "$repository/Sources/hopper/Hopper.dtmodel" "$hopper"

must_build "quick start"
saw_no "warning:"
say "the quick start builds without a warning"
swift run --package-path "$package" ${options[@]+"${options[@]}"} >"$log" 2>&1 \
  || fail "the quick start does not run"
say "it runs: $(tail -1 "$log")"

# --- What runs again, and what does not ------------------------------------------------------------
must_build "no change"
saw_no "Generating"
saw_no "Compiling $(basename "$target")"

mkdir "$target/Models"
pendulum=$target/Models/Pendulum.dtmodel
cp -R "$repository/Tests/Models/Pendulum.dtmodel" "$pendulum"
must_build "second model, in a folder below"
saw "Generating Pendulum"
saw_no "warning:"
must_build "no change"
saw_no "Generating"
say "several models of one target build; a build without changes does nothing"

code=$(digest Hopper.swift)
weights=$(digest HopperWeights.swift)
sed -i.orig 's/"window": 20/"window": 19/' "$hopper/codegen.json" && rm "$hopper/codegen.json.orig"
must_build "changed option"
saw "Generating Hopper"
saw_no "Generating Pendulum"
[[ $(digest Hopper.swift) != "$code" ]] || fail "another window leaves the code as it was"

mv "$hopper/codegen.json" "$directory/codegen.json"
must_build "options removed"
saw "Generating Hopper"
mv "$directory/codegen.json" "$hopper/codegen.json"
sed -i.orig 's/"window": 19/"window": 20/' "$hopper/codegen.json" && rm "$hopper/codegen.json.orig"
must_build "options restored"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the same options give other code"
[[ $(digest HopperWeights.swift) == "$weights" ]] || fail "the same model gives other weights"

# The lowest byte of one weight in the middle of the file.
size=$(wc -c <"$hopper/model.safetensors")
printf '\125' | dd of="$hopper/model.safetensors" bs=1 seek=$((size / 8 * 4)) conv=notrunc 2>/dev/null
must_build "another checkpoint"
saw "Generating Hopper"
saw_no "Generating Pendulum"
[[ $(digest Hopper.swift) == "$code" ]] || fail "the code depends on the checkpoint"
[[ $(digest HopperWeights.swift) != "$weights" ]] || fail "the weights ignore the checkpoint"
say "options and checkpoint are followed, for their own model only; code depends on no weight"

# --- Wrong input -----------------------------------------------------------------------------------
cp "$hopper/codegen.json" "$directory/codegen.json"
sed -i.orig 's/"window": 20/"windows": 20, "return_scale": 0/; s/"return_scale": 1000.0/"action_scale": 0/' \
  "$hopper/codegen.json" && rm "$hopper/codegen.json.orig"
must_fail "two wrong options"
saw "Hopper.dtmodel/codegen.json: windows: "
saw "Hopper.dtmodel/codegen.json: return_scale: "
saw "Hopper.dtmodel/codegen.json: action_scale: "
cp "$directory/codegen.json" "$hopper/codegen.json"

mv "$hopper/model.safetensors" "$directory/model.safetensors"
head -c 100000 "$directory/model.safetensors" >"$hopper/model.safetensors"
must_fail "half a checkpoint"
saw "Hopper.dtmodel/model.safetensors: "
mv "$directory/model.safetensors" "$hopper/model.safetensors"

mv "$hopper/config.json" "$directory/config.json"
must_fail "no config.json"
saw "Hopper.dtmodel/config.json: "
mv "$directory/config.json" "$hopper/config.json"

cp -R "$hopper" "$target/Models/Hopper.dtmodel"
must_fail "two models of one name"
saw "same name"
rm -r "$target/Models/Hopper.dtmodel"

mkdir "$target/Models/struct.dtmodel"
cp "$hopper/config.json" "$target/Models/struct.dtmodel/"
must_fail "a model that is named like a keyword"
saw "struct.dtmodel: "
rm -r "$target/Models/struct.dtmodel"

must_build "repaired"
say "wrong input is refused with its file and key, and a repaired folder builds again"

# --- The command plugin ------------------------------------------------------------------------------
command() {
  swift package --package-path "$package" --allow-writing-to-package-directory \
    generate-decision-transformer "$@" >"$log" 2>&1
}
command || fail "swift package generate-decision-transformer"
for model in Hopper Pendulum; do
  for file in "$model.swift" "${model}Weights.swift"; do
    cmp "$package/Generated/${model}Model/$file" "$(generated "$file")" \
      || fail "the command plugin's $file is not what the build plugin made"
  done
done
command --check || fail "--check finds fresh output stale"
echo "// by hand" >>"$package/Generated/HopperModel/Hopper.swift"
! command --check || fail "--check overlooks an edited file"
saw "-// by hand"
say "the command plugin writes the same files, and its check finds an edited one"
say "ok"

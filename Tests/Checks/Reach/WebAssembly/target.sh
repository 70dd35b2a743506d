# WebAssembly with its 128-bit vectors; sourced by ../target.sh. Modules without imports: the model's code and its C
# interface, beside weights in a file of their own.

# link <module> <objects ...>, and in `exports` the functions that JavaScript calls
link() {
  local module=$1
  shift
  run wasm-ld --no-entry --gc-sections --strip-all -z stack-size=65536 --export=__heap_base \
    "${exports[@]/#/--export=}" "$@" -o "$module"
}

check_wasm() {
  local site=$folder/site name model browser program
  triple=wasm32-unknown-none-wasm swift_flags=(-Xcc -msimd128)
  PATH=$PATH:$(dirname "$(readlink -f "$(command -v swiftc)")")
  mkdir -p "$site"
  stage="runtime, build"
  compile_runtime
  echo '[' >"$site/models.json"
  for model in Sources/hopper/Hopper.dtmodel Sources/dtbench/Hopper{BFloat16,Int16,Int8}.dtmodel; do
    name=$(basename "$model" .dtmodel)
    stage="$name, build"
    options='"c_interface": true,' weights=$(weights_of "$model") || fail "$weights"
    compile_swift "${name}Model" "$folder/weights/$name"{,Kernels}.swift
    prefix=$(basename "$(grep -l "_create_with_weights(" "$folder/weights"/*.h | tail -1)" .h)
    # Without embedded weights there is neither create nor self_test, nor where they lie.
    mapfile -t exports < <(grep -oE "\b${prefix}_[a-z_]+\(" "$folder/weights/$prefix.h" | tr -d '(' \
      | sort -u | grep -vE "${prefix}_(create|self_test|weights)$")
    link "$site/$name.wasm" "$folder/${name}Model.o" "$folder/DecisionTransformer.o"
    cp "$weights" "$site/$name.weights"
    printf '{ "name": "%s", "prefix": "%s", "precision": "%s", "code": %d, "agents": 1 },\n' "$name" \
      "$prefix" "$(precision_of "$repository/$model")" "$(stat -c %s "$site/$name.wasm")" >>"$site/models.json"
    rm "$folder/weights/$prefix.h"
  done
  stage="BatchOfThree, build"
  compile_batch
  exports=(batch_memory_size batch_self_test batch_replay)
  link "$site/BatchOfThree.wasm" "$folder/Batch.o" "$folder/DecisionTransformer.o"
  cp "$weights" "$site/BatchOfThree.weights"
  printf '{ "name": "BatchOfThree", "precision": "float32", "code": %d, "agents": 3 }]\n' \
    "$(stat -c %s "$site/BatchOfThree.wasm")" >>"$site/models.json"
  cp "$repository/Sources/hopper/Resources/episode.safetensors" "$site/Hopper.safetensors"
  cp "$repository/Tests/Data/Goldens/Batches/BatchOfThree.safetensors" "$site/BatchOfThree.safetensors"
  cp "$here"/WebAssembly/*.mjs "$site"
  echo '<!doctype html><title>reach</title>' >"$site/index.html"

  stage="Node"
  run node "$site/node.mjs"
  sed 's/^/node       /' "$log"
  stage="browser"
  browser=
  for program in chromium chromium-browser google-chrome; do
    browser=$(command -v "$program") && break
  done
  if [[ -n $browser ]] && command -v python3 >/dev/null; then
    run timeout 120 python3 "$here/WebAssembly/in_browser.py" "$browser" "$site"
    sed 's/^/browser    /' "$log"
  else
    echo "reach: left out: wasm in a browser (not found: chromium or python3)"
  fi
}

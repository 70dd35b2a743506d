#!/usr/bin/env bash
# The packages of `dtgen library --package all`, each used from an empty folder as the documentation shows it, and from a
# folder that was moved: with CMake, pkg-config and pip.
#
# usage: Tests/Checks/Clients/packages.sh
#
# It needs a C and a C++ compiler (CC, CXX; default: those of the Swift toolchain) and works in .build/packages. What
# needs CMake, pkg-config or Python (PYTHON; default: python3) with NumPy, or the network to get that, is left out where
# they are not there, and the script says so.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
scratch=$repository/.build/packages
article=$repository/Sources/DecisionTransformer/DecisionTransformer.docc/Articles/CallingItFromC.md
episode=$repository/Sources/hopper/Resources/episode.safetensors
families=$repository/Tests/Data/Families
rm -rf "$scratch"
mkdir -p "$scratch"
fail() {
  printf 'packages.sh: %s\n' "$*" >&2
  exit 1
}
quietly() {
  "$@" >"$scratch/log" 2>&1 || { tail -40 "$scratch/log" >&2; fail "$* failed"; }
}
# lines <comment>: a block of the article, by the comment above it.
lines() {
  local found
  found=$(sed -n "\|^<!-- $1 -->\$|,/^\`\`\`\$/{/^<!--/d;/^\`\`\`/d;p}" "$article")
  [[ -n $found ]] || fail "no lines in $article: $1"
  printf '%s\n' "$found"
}

quietly swift build --package-path "$repository" --product dtgen
dtgen=$(swift build --package-path "$repository" --show-bin-path)/dtgen
toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
export CC=${CC:-$toolchain/clang} CXX=${CXX:-$toolchain/clang++}
python=${PYTHON:-python3}

echo "--- the packages of models of every kind in one folder"
models=("$repository"/Sources/{hopper/Hopper,cartpole/CartPole}.dtmodel
  "$repository"/Tests/Data/Models/{PixelActions,BatchOfSeventeen,NumberedActionsOfTwo,TrunkFourHeads,ForwardOneHead}.dtmodel)
further=(batch_of_seventeen numbered_actions_of_two trunk_four_heads forward_one_head)
for model in "${models[@]}"; do
  quietly "$dtgen" library "$model" --output "$scratch/packages" --package all
done
(cd "$scratch/packages" && find . -type f | sort)
# The same bytes again; and those that a run without packages writes.
quietly "$dtgen" library "${models[0]}" --output "$scratch/again" --package all
(cd "$scratch/again" && find . -type f -exec cmp {} "$scratch/packages/{}" \;) >"$scratch/difference"
[[ ! -s $scratch/difference ]] || fail "other bytes: $(cat "$scratch/difference")"
quietly "$dtgen" library "${models[0]}" --output "$scratch/flat"
[[ $(cd "$scratch/flat" && echo *) == "hopper.h libhopper.a libhopper.so" ]] || fail "other files without --package"
cmp "$scratch/flat/hopper.h" "$scratch/packages/include/hopper.h"
for library in libhopper.{a,so}; do cmp "$scratch/flat/$library" "$scratch/packages/lib/$library"; done
# Nothing finds the folder that they were written into; and spaces do no harm.
moved="$scratch/moved to another place"
mv "$scratch/packages" "$moved"
rm -rf "$scratch/again" "$scratch/flat"

# new_folder <name>: an empty folder with the programs, and the packages where the documentation has them.
new_folder() {
  folder=$scratch/$1
  mkdir "$folder"
  cp -R "$moved" "$folder/packages"
  cp "$here"/C/episode.[ch] "$here/C/control_loop.c" "$here"/Cpp/{control_loop,packaged_models,packaged_kinds}.cpp "$folder"
  cd "$folder"
}
# Examples in C99 and C++17 are compiled with warnings as errors, the package's headers among them.
warnings=(-Wall -Wextra -Werror -pedantic)
recorded=("$repository"/Tests/Data/Goldens/{Trunk/TrunkFourHeads,ForwardOneHead}.safetensors)
choices=("$families"/{d3rlpy-cartpole,d3rlpy-discrete-pixel-e}/episode.safetensors)

echo "--- CMake"
if command -v cmake >/dev/null; then
  new_folder cmake
  lines 'used by: Tests/Checks/Clients/packages.sh as CMakeLists.txt' >CMakeLists.txt
  lines 'used by: Tests/Checks/Clients/packages.sh as the commands of CMake' >commands
  quietly bash -e commands
  build/control_loop "$episode"

  # Both targets, C and C++, with the moved folder.
  mkdir more && cd more
  cat >CMakeLists.txt <<EOF
cmake_minimum_required(VERSION 3.15)
project(more C CXX)
set(CMAKE_CXX_STANDARD 17)
add_compile_options(${warnings[*]})
find_package(hopper 0.1 REQUIRED)
find_package(cart_pole 0.1.0 EXACT REQUIRED)
find_package(pixel_actions REQUIRED)
find_package(hopper REQUIRED) # twice does no harm
foreach(version 0.0.9 0.2 1 0.1.1)
  find_package(hopper \${version} QUIET)
  if(hopper_FOUND)
    message(FATAL_ERROR "hopper \${version} is found: \${hopper_VERSION}")
  endif()
endforeach()
if(NOT CMAKE_VERSION VERSION_LESS 3.19)
  find_package(hopper 0.0.1...0.2 REQUIRED)
  find_package(hopper 0.1.1...0.2 QUIET)
  if(hopper_FOUND)
    message(FATAL_ERROR "hopper is found in a range that it is not in")
  endif()
endif()
add_library(episode STATIC ../episode.c)
target_include_directories(episode PUBLIC ..)
add_executable(in_c ../control_loop.c)
target_link_libraries(in_c episode hopper::hopper m)
add_executable(shared ../control_loop.cpp)
target_link_libraries(shared episode hopper::shared)
find_package(PkgConfig)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(HOPPER REQUIRED IMPORTED_TARGET hopper-shared)
  add_executable(pkg_config ../control_loop.cpp)
  target_link_libraries(pkg_config episode PkgConfig::HOPPER)
endif()
add_executable(packaged_models ../packaged_models.cpp)
target_link_libraries(packaged_models episode hopper::hopper cart_pole::cart_pole pixel_actions::pixel_actions)
add_executable(packaged_kinds ../packaged_kinds.cpp)
target_link_libraries(packaged_kinds episode)
foreach(model ${further[*]})
  find_package(\${model} REQUIRED)
  target_link_libraries(packaged_kinds \${model}::\${model})
endforeach()
EOF
  quietly cmake -S . -B build "-DCMAKE_PREFIX_PATH=$moved"
  quietly cmake --build build
  build/in_c "$episode"
  build/shared "$episode"
  [[ ! -e build/pkg_config ]] || build/pkg_config "$episode"
  [[ $(ldd build/shared) == *"$moved/lib/libhopper.so"* ]] || fail "hopper::shared is not linked"
  [[ $(ldd build/in_c) != *libhopper* ]] || fail "hopper::hopper is not linked statically"
  build/packaged_models "${choices[@]}"
  build/packaged_kinds "${recorded[@]}"

  # A folder that was copied in part says what is missing.
  mkdir -p part/lib ../missing && cp -R "$moved/lib/cmake" part/lib
  printf '%s\n' 'cmake_minimum_required(VERSION 3.15)' 'project(missing C)' 'find_package(hopper REQUIRED)' \
    >../missing/CMakeLists.txt
  ! cmake -S ../missing -B missing "-DCMAKE_PREFIX_PATH=$PWD/part" >log 2>&1 || fail "a package without header is found"
  tr -s ' \n' ' ' <log | grep -qF "include/hopper.h is missing" || fail "what is missing is not said: $(cat log)"
else
  echo "left out: there is no cmake"
fi

echo "--- pkg-config"
if command -v pkg-config >/dev/null; then
  new_folder pkg-config
  lines 'used by: Tests/Checks/Clients/packages.sh as the commands with pkg-config' | sed 's/^cc /"$CC" /' >commands
  quietly bash -e commands
  ./control_loop "$episode"
  [[ $(ldd control_loop) != *libhopper* ]] || fail "hopper.pc does not link statically"

  # The moved folder. The names that it is in have spaces, which pkg-config marks for the shell.
  export PKG_CONFIG_PATH="$moved/lib/pkgconfig"
  "$CC" -std=c11 -c episode.c -o episode.o
  eval "\"\$CXX\" -std=c++17 ${warnings[*]} control_loop.cpp episode.o $(pkg-config --cflags --libs hopper-shared)" \
    '-Wl,-rpath,"$moved/lib" -o shared'
  ./shared "$episode"
  eval "\"\$CXX\" -std=c++17 ${warnings[*]} packaged_models.cpp episode.o" \
    "$(pkg-config --cflags --libs hopper cart_pole pixel_actions) -o packaged_models"
  ./packaged_models "${choices[@]}"
  eval "\"\$CXX\" -std=c++17 ${warnings[*]} packaged_kinds.cpp episode.o" \
    "$(pkg-config --cflags --libs "${further[@]}") -o packaged_kinds"
  ./packaged_kinds "${recorded[@]}"
  [[ $(pkg-config --modversion hopper) == 0.1.0 ]] || fail "another version: $(pkg-config --modversion hopper)"
else
  echo "left out: there is no pkg-config"
fi

echo "--- pip"
new_folder pip
numpy=$(sed -n 's/^numpy==.*/&/p' "$here/Python/requirements.txt")
if ! command -v "$python" >/dev/null; then
  echo "left out: there is no $python"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "left out: $("$python" --version); the wheels are for 3.10 and later"
else
  # NumPy from where it is already, else from the network; the wheels need nothing else.
  if "$python" -c 'import numpy' 2>/dev/null; then
    quietly "$python" -m venv --system-site-packages environment
  else
    quietly "$python" -m venv environment
    environment/bin/python -m pip install --quiet "$numpy" >log 2>&1 || rm -rf environment
  fi
  if [[ -d environment ]]; then
    lines 'used by: Tests/Checks/Clients/packages.sh as control_loop.py' | sed '1i state = next_state = [0.0] * 11; reward = 1.0' >control_loop.py
    lines 'used by: Tests/Checks/Clients/packages.sh as the commands of pip' | sed -e '/-m venv/d' -e 's/pip install/pip install --no-index/' >commands
    grep -q -- --no-index commands || fail "the commands of pip are others"
    quietly bash -e commands
    cat "$scratch/log" | tail -2
    environment/bin/pip install --quiet --no-index "$moved"/{cart_pole,pixel_actions}-*.whl
    for model in "${further[@]}"; do environment/bin/pip install --quiet --no-index "$moved/$model"-*.whl; done
    # (Of what else is installed there, it may complain.)
    environment/bin/pip check >log || true
    ! grep -E '^(hopper|cart[_-]pole|pixel[_-]actions|(batch|numbered|trunk|forward)[_-][a-z_-]*) ' log || fail "pip check complains"
    environment/bin/python -m py_compile environment/lib/python*/site-packages/{hopper,cart_pole,pixel_actions,batch_of_seventeen,numbered_actions_of_two,trunk_four_heads,forward_one_head}/*.py
    environment/bin/python "$here/Python/installed_packages.py"
    environment/bin/python "$here/Python/installed_kinds.py"
    # A wheel of other weights has another version: pip does not leave the old ones.
    cp -R "${models[0]}" Hopper.dtmodel
    sed 's/"window": 20/"window": 19/' "${models[0]}/codegen.json" >Hopper.dtmodel/codegen.json
    quietly "$dtgen" library Hopper.dtmodel --output packages --package wheel
    grep -qF "note: packages/hopper-0.1.0+sha" "$scratch/log" || fail "the older wheel is not named"
    newest=$(sed -n 's/^written \(.*\.whl\) .*/\1/p' "$scratch/log")
    environment/bin/pip install --quiet --no-index "$newest"
    [[ $(environment/bin/python -c 'import hopper; print(hopper.Controller.window)') == 19 ]] \
      || fail "pip has not installed the newer wheel"
  else
    echo "left out: $python has no NumPy, and $numpy cannot be installed"
  fi
fi

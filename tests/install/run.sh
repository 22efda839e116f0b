#!/bin/sh
# run.sh CMAKE BUILD COMPILER [FLAGS]: installs BUILD into a scratch prefix, moves the prefix, and builds
# and runs consumer/, the examples and the program of the README against it: by find_package(gph), and
# by pkg-config. FLAGS instrument a build
# (sanitizers). Uses GPH_MPIRUN of gph_test_script().
set -eu
cmake=$1 build=$2 compiler=$3 flags=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

expect() {
    expected="0.1.0 GPH_OK 120"
    output=$($GPH_MPIRUN 2 "$@")
    [ "$output" = "$expected" ] || { echo "$*: '$output' instead of '$expected'" && exit 1; }
}

"$cmake" --install "$build" --prefix "$scratch/first" >"$scratch/log"
mv "$scratch/first" "$scratch/prefix"
prefix=$scratch/prefix
[ -z "$(find "$prefix/include" -name '*.h' ! -path '*/gph/*')" ]

"$prefix/bin/gph" --version

"$cmake" -S "$here/consumer" -B "$scratch/build" -G Ninja -D CMAKE_C_COMPILER="$compiler" \
    -D CMAKE_C_FLAGS="$flags" -D CMAKE_PREFIX_PATH="$prefix" >>"$scratch/log" 2>&1 &&
    "$cmake" --build "$scratch/build" >>"$scratch/log" 2>&1 || { cat "$scratch/log" && exit 1; }
expect "$scratch/build/consumer"

"$cmake" -S "$here/../../examples" -B "$scratch/examples" -G Ninja -D CMAKE_C_COMPILER="$compiler" \
    -D CMAKE_C_FLAGS="$flags" -D CMAKE_PREFIX_PATH="$prefix" >>"$scratch/log" 2>&1 &&
    "$cmake" --build "$scratch/examples" >>"$scratch/log" 2>&1 || { cat "$scratch/log" && exit 1; }
sh "$here/examples.sh" "$scratch/examples"

pc=$(dirname "$(find "$prefix" -name gph.pc)")
export PKG_CONFIG_PATH="$pc${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
# shellcheck disable=SC2046,SC2086
"$compiler" $flags "$here/consumer/consumer.c" -o "$scratch/consumer" $(pkg-config --cflags --libs gph)
LD_LIBRARY_PATH=$(dirname "$pc")
export LD_LIBRARY_PATH
expect "$scratch/consumer"
mkdir "$scratch/pkgconfig"
for source in "$here"/../../examples/*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2046,SC2086
    "$compiler" $flags "$source" -o "$scratch/pkgconfig/example_$name" $(pkg-config --cflags --libs gph)
done
sh "$here/examples.sh" "$scratch/pkgconfig"

# The program of the README is the indented text behind "hello.c:".
awk '/hello\.c.*:$/ { on = 1; next } on && /^[^ ]/ { exit } on { print substr($0, 5) }' \
    "$here/../../README.md" >"$scratch/hello.c"
grep -q gph_clique_find "$scratch/hello.c"
# shellcheck disable=SC2046,SC2086
"$compiler" $flags "$scratch/hello.c" -o "$scratch/hello" $(pkg-config --cflags --libs gph)
output=$($GPH_MPIRUN 2 "$scratch/hello")
[ "$output" = "120 triangles" ] || { echo "README: '$output'" && exit 1; }
echo "built against the installed library by CMake and by pkg-config"

#!/bin/sh
# run.sh CMAKE BUILD COMPILER [FLAGS]: installs BUILD into a scratch prefix, moves the prefix, and builds
# and runs consumer/ against it: by find_package(gph), and by pkg-config. FLAGS instrument a build
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

pc=$(dirname "$(find "$prefix" -name gph.pc)")
export PKG_CONFIG_PATH="$pc${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
# shellcheck disable=SC2046,SC2086
"$compiler" $flags "$here/consumer/consumer.c" -o "$scratch/consumer" $(pkg-config --cflags --libs gph)
LD_LIBRARY_PATH=$(dirname "$pc") expect "$scratch/consumer"
echo "built against the installed library by CMake and by pkg-config"

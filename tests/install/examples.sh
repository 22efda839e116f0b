#!/bin/sh
# examples.sh FOLDER: runs the examples that were built there on two ranks, and looks at what they
# print. Uses GPH_MPIRUN of gph_test_script().
set -eu
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

expect() {
    name=$1 wanted=$2
    output=$($GPH_MPIRUN 2 "$folder/example_$name")
    [ "$output" = "$wanted" ] || { echo "example $name: '$output' instead of '$wanted'" && exit 1; }
}

expect network "0 1 1 0"
expect heat "77 sweeps, vertex 52 is hottest: 97.985. "
expect iterate "10462 edges, 20 of them between numbers that follow each other; node 988 has most neighbours: 485"
expect text_cliques "10 words, 33 pairs, 33 groups of 4 in text_cliques.txt"
expect expressions "+
  1
  *
    2
    x
  sin
    /
      pi
      2
8 at x = 3
3 expressions in 3 levels; the first is 4"
[ "$(cat expressions.values)" = "4
9
8" ]
[ "$(wc -l <text_cliques.txt)" -gt 5 ]
echo "examples of $folder run"

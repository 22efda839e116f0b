#!/bin/sh
# Installs what is missing, builds release, and counts cliques under mpirun: of a generated graph and
# of a text that is on every machine.
. "$(dirname "$0")/common.sh"

scripts/deps.sh build
build_preset release -D GPH_BUILD_TESTS=OFF
mpi_environment

ranks=2
threads=$(($(nproc) / ranks))
[ "$threads" -ge 1 ] || threads=1
gph="mpirun -n $ranks build/release/apps/gph/gph"
text=/usr/share/common-licenses/GPL-3
[ -r "$text" ] || text=README.md

# Each command is shown as one could type it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

run $gph info rmat:scale=14 --threads "$threads"
run $gph cliques rmat:scale=14 -k 4 --threads "$threads"
run $gph cliques "text:path=$text,unit=word,window=5" -k 4 --threads "$threads"
say "done: build/release/apps/gph/gph --help tells what else there is"

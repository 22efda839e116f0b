#!/bin/sh
# gph usage: help and version print once, mistakes exit with 2, say so once, and leave stdout alone.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

for ranks in 0 3; do
    run 0 "$ranks" --help
    says out "Usage: gph COMMAND"
    nothing_in err
    for command in info convert generate cliques; do
        says out "  $command "
    done
done
run 0 0 convert --help
says out "Usage: gph convert [options] IN OUT"
says out "  --threads N"
nothing_in err
run 0 2 cliques -h
says out "  -k K"

for ranks in 0 2; do
    run 0 "$ranks" --version
    says out "gph "
    says out "MPI: "
    says out "HDF5: "
done

# mistake MESSAGE ARGUMENT...
mistake()
{
    message=$1
    shift
    run 2 0 "$@"
    says err "gph: error: $message"
    says err "try: gph"
    nothing_in out
}
mistake "no command given"
mistake "unknown command 'inf'; did you mean 'info'?" inf x
mistake "gph cliques needs -k K" cliques complete:n=5
mistake "--max-memory: 'much' is not a size" info x --max-memory much
for ranks in 1 7; do
    run 2 "$ranks" info x --thread 2
    says err "gph: error: gph info has no option '--thread'; did you mean '--threads'?"
    nothing_in out
done
finish

#!/bin/sh
# Where settings come from: default, config file, environment, command line, in rising order.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

printf 'threads: 2\nseed: 5\nclique:\n  max_k: 7\n' >some.yaml

# threads WANTED ENVIRONMENT... -- ARGUMENT...: threads of a run, by what it reports and uses.
threads()
{
    wanted_threads=$1
    shift
    run 0 "$ranks" "$@" --json -
    nothing_in err
    json settings/threads "$wanted_threads"
    [ "$wanted_threads" = 0 ] || json threads "$wanted_threads"
}

for ranks in 0 2; do
    graph="info path:n=5"
    # shellcheck disable=SC2086 # several words
    {
        threads 0 $graph
        threads 2 $graph --config some.yaml
        json settings/seed 5
        export GPH_CONFIG=some.yaml
        threads 2 $graph
        export GPH_THREADS=3
        threads 3 $graph
        json settings/seed 5
        threads 1 $graph --threads 1
        threads 1 $graph --threads=2 --set threads=1
        json settings/seed 5
        unset GPH_CONFIG GPH_THREADS
    }
done

# A setting of a module, from each source.
run 2 0 cliques path:n=5 -k 8 --config some.yaml
says err "gph: error: "
GPH_CLIQUE_MAX_K=8 run 0 0 cliques path:n=5 -k 8 --config some.yaml --json -
json settings/clique.max_k 8
json result/count 0
run 0 0 cliques path:n=5 --set clique.k=9 --max-k 9 --config some.yaml

# Settings of other commands may stand in a config file; wrong lines are named.
run 0 0 info path:n=5 --config some.yaml
printf 'seed: 1\n\nthreds: 2\n' >bad.yaml
for ranks in 0 3; do
    run 2 "$ranks" info path:n=5 --config bad.yaml
    says err "bad.yaml:3: unknown setting 'threds'; did you mean 'threads'?"
    nothing_in out
done
printf 'clique:\n  max_k: [1]\n' >bad.yaml
run 2 0 info path:n=5 --config bad.yaml
says err "bad.yaml:2: clique.max_k must be a single value"
run 2 0 info path:n=5 --config absent.yaml
says err "absent.yaml: No such file"
GPH_SEED=x run 2 0 info path:n=5
says err "GPH_SEED: 'x' is not a whole number"
GPH_THREDS=1 run 0 0 info path:n=5
says err "did you mean GPH_THREADS?"
run 0 0 info path:n=5 --config "$GPH_SOURCE_DIR/configs/defaults.yaml"

# OMP_NUM_THREADS holds where nothing is set; else ranks share the cores.
OMP_NUM_THREADS=3 run 0 0 info path:n=5 --json -
json threads 3
OMP_NUM_THREADS=3 run 0 0 info path:n=5 --threads 2 --json -
json threads 2
run 0 7 info path:n=5 --json -
json ranks 7
finish

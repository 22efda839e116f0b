#!/bin/sh
# gph partition: figures and parts are the same on any number of ranks and threads; mistakes are named.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

graph=rmat:scale=9,edgefactor=6,seed=4
run 0 0 partition "$graph" --parts 5 --strategy hash --out hash.tsv --json -
json result/parts 5
json result/strategies/0/strategy hash
json result/strategies/0/empty_parts 0
[ "$(wc -l <hash.tsv)" = 512 ] || fail "hash.tsv has $(wc -l <hash.tsv) lines"
digest=$("$json_get" digest <out)
for ranks in 1 2 7; do
    run 0 "$ranks" partition "$graph" --parts 5 --strategy hash --out again.tsv --json - --threads 3
    json digest "$digest"
    cmp -s hash.tsv again.tsv || fail "parts differ on $ranks ranks"
done

# The table, without --json; parts are ranks unless told.
run 0 3 partition "$graph"
nothing_in err
for strategy in block edge hash; do
    says out "$strategy "
done
says out "parts                3"
run 0 0 partition complete:n=10 --strategy edge --parts 10 --json -
json result/strategies/0/cut 45
json result/strategies/0/halo 90
json result/strategies/0/messages 90
json result/strategies/0/max_ghosts 9
run 0 0 partition complete:n=10 --strategy block --parts 1 --json -
json result/strategies/0/cut 0
json result/strategies/0/vertex_balance 1

# A forecast on more ranks than there are; the same wherever it is made.
run 0 0 partition "$graph" --simulate 65536 --tiles 262144 --strategy hash --per-rank ranks.tsv --json -
json result/parts 65536
[ "$(wc -l <ranks.tsv)" = 65537 ] || fail "ranks.tsv has $(wc -l <ranks.tsv) lines"
idle=$("$json_get" result/forecasts/0/idle_ranks <out)
[ "$idle" -ge 65024 ] && [ "$idle" -lt 65100 ] || fail "$what: $idle idle ranks"
cp ranks.tsv first.tsv
run 0 3 partition "$graph" --simulate 65536 --tiles 262144 --strategy hash --per-rank ranks.tsv --json -
json result/forecasts/0/idle_ranks "$idle"
cmp -s first.tsv ranks.tsv || fail "forecasts differ on 3 ranks"
run 0 2 partition "$graph" --simulate 4 --calibrate --strategy edge --json -

# Cliques have an order of their own.
run 0 0 partition "$graph" --simulate 16 --job cliques -k 4 --json -
json result/k 4
bytes=$("$json_get" result/forecasts/0/bytes <out)
run 0 3 partition "$graph" --simulate 16 --job cliques -k 4 --json -
json result/forecasts/0/bytes "$bytes"
run 2 0 partition "$graph" --job cliques
says err "--job cliques needs --simulate"

# Results where partitions put the vertices.
for algorithm in pagerank bfs components; do
    run 0 0 run $algorithm "$graph" --out edge.tsv --json -
    digest=$("$json_get" digest <out)
    for strategy in block hash; do
        for ranks in 1 3; do
            run 0 $ranks run $algorithm "$graph" --partition $strategy --tiles 50 --out other.tsv --json -
            json digest "$digest"
            cmp -s edge.tsv other.tsv || fail "$what: another file"
        done
    done
done

# Mistakes.
run 2 0 partition "$graph" --simulate 4 --parts 4
says err "--parts and --simulate both say how many"
run 2 0 partition "$graph" --simulate 4 --per-rank x.tsv
says err "--per-rank needs --simulate and one --strategy"
run 2 2 partition "$graph" --simulate 4 --latency 0
says err "must be above 0"
run 2 0 partition "$graph" --simulate 65537
says err "--simulate: '65537'"
run 2 2 run pagerank "$graph" --partition best
says err "--partition: 'best'"
run 2 2 partition "$graph" --out x.tsv
says err "--out needs one --strategy"
run 2 0 partition "$graph" --parts 65537
says err "--parts: '65537'"
run 2 0 partition "$graph" --strategy best
says err "--strategy: 'best'"
run 3 2 partition nothing.txt
says err "nothing.txt"
run 1 2 partition "$graph" --strategy block --out no/such/x.tsv
says err "no/such/x.tsv"
no_leftovers
finish

#!/bin/sh
# Forecasts against the message counters of Open MPI: bytes and messages of ten sweeps of PageRank, the
# difference of a run of 20 and one of 10, at most 5% off.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

if ! ompi_info --parsable 2>/dev/null | grep -q '^mca:pml:monitoring:'; then
    echo "skipped: no message counters (Open MPI's pml monitoring)"
    exit 0
fi
graph=rmat:scale=12,edgefactor=12,seed=2

# In a subshell: counted RANKS STRATEGY SWEEPS: bytes and messages between ranks, those of collectives left out.
counted()
{
    rm -f counters.*
    export OMPI_MCA_pml=ob1,monitoring OMPI_MCA_pml_monitoring_enable=2
    export OMPI_MCA_pml_monitoring_enable_output=3 OMPI_MCA_pml_monitoring_filename=counters
    run 0 "$1" run pagerank $graph --partition "$2" --tolerance 0 --iterations "$3" --threads 1
    cat counters.*.prof | awk '$1 == "E" { bytes += $4; messages += $6 } END { print bytes, messages }'
}

# near WHAT PREDICTED COUNTED
near()
{
    echo "$1: predicted $2, counted $3"
    awk -v p="$2" -v c="$3" 'BEGIN { exit !(c > 0 && p >= 0.95 * c && p <= 1.05 * c) }' ||
        fail "$1: predicted $2, counted $3"
}

strategies="edge hash"
run 0 0 partition $graph --json -
[ "$("$json_get" result/strategies/3/strategy <out 2>/dev/null)" = scotch ] && strategies="edge scotch"
for size in 2 4 8; do
    for strategy in $strategies; do
        run 0 0 partition $graph --simulate $size --strategy $strategy --json -
        bytes=$("$json_get" result/forecasts/0/bytes <out)
        messages=$("$json_get" result/forecasts/0/messages <out)
        # shellcheck disable=SC2046 # two numbers each
        set -- $(counted $size $strategy 10) $(counted $size $strategy 20)
        near "bytes of a sweep, $size ranks, $strategy" "$bytes" $((($3 - $1) / 10))
        near "messages of a sweep, $size ranks, $strategy" "$messages" $((($4 - $2) / 10))
    done
done
finish

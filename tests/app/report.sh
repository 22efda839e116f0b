#!/bin/sh
# gph --report: what it counts agrees with what Open MPI counts, advice names a bad set-up, and nothing
# of it touches the result.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"
graph=rmat:scale=10,seed=5

for ranks in 0 1 3; do
    run 0 "$ranks" cliques $graph -k 4 --threads 2
    nothing_in err
    mv out plain
    run 0 "$ranks" cliques $graph -k 4 --threads 2 --report
    cmp out plain || fail "$what: the report changes standard output"
    says err "phase, seconds"
    says err "memory: peak of a rank"
    says err "calls of collectives"
    says err "cores busy"
    for phase in read build order orient count; do
        grep -q "^$phase " err || fail "$what: no phase $phase"
    done
    run 0 "$ranks" cliques $graph -k 4 --threads 2 --json -
    json ranks "$([ "$ranks" = 0 ] && echo 1 || echo "$ranks")"
    json digest "$(sed -n 's/^digest *//p' plain)"
    json report/hosts 1
    json report/checkpoints/written 0
    "$json_get" report/phases/count/thread_max <out >/dev/null || fail "$what: no times of threads"
done

# One rank sends nothing.
run 0 1 cliques $graph -k 4 --threads 1 --json -
json report/messages 0
json report/message_bytes 0

# Messages of our own calls, as Open MPI's monitoring counts them ("E": external).
OMPI_MCA_pml=ob1,monitoring OMPI_MCA_pml_monitoring_enable=2 \
    OMPI_MCA_pml_monitoring_enable_output=3 OMPI_MCA_pml_monitoring_filename="$folder/seen" \
    run 0 3 cliques $graph -k 4 --threads 2 --json -
if [ -e seen.0.prof ]; then
    seen=$(cat seen.*.prof | awk -F'\t' '$1 == "E" { bytes += $4; count += $5 } END { print bytes, count }')
    json report/message_bytes "${seen% *}"
    json report/messages "${seen#* }"
else
    echo "not compared: this MPI has no monitoring"
fi

# Far more threads than cores.
run 0 2 cliques $graph -k 3 --threads 600 --json -
json report/advice/0/cause oversubscribed
run 0 2 cliques $graph -k 3 --threads 600 --report
says err "threads share each core"
mkdir checkpoints
run 0 2 cliques rmat:scale=12 -k 4 --threads 1 --checkpoint checkpoints --checkpoint-every 1ms --report
says err "for which work stood still"
finish

#!/bin/bash
# Fault campaign: runs of `gph cliques --list` that are killed or stopped at random moments and
# resumed on other numbers of ranks and threads until they are done; every final file must equal
# that of an undisturbed run. Prints a scoreboard; exit status 1 when anything differed.
#
#   campaign.sh [--kills N] [--stops N] [--seed S] [--folder DIR]
#
# Environment: GPH_COMMAND (the gph to test), GPH_MPIRUN (mpirun with its flag for ranks last).
set -u
kills=200
stops=40
seed=$$
folder=
while [ $# -gt 0 ]; do
    case $1 in
    --kills) kills=$2 ;;
    --stops) stops=$2 ;;
    --seed) seed=$2 ;;
    --folder) folder=$2 ;;
    *)
        echo "campaign.sh: unknown option $1" >&2
        exit 2
        ;;
    esac
    shift 2
done
: "${GPH_COMMAND:?names the gph to test}"
: "${GPH_MPIRUN:=mpirun -n}"
RANDOM=$seed
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder/checkpoints" && cd "$folder" || exit 1

graph=rmat:scale=12,edgefactor=16,seed=7
size=4
killed=0 stopped=0 finished=0 wrong=0 resumed=0 slow=0 odd=0 stuck=0

# The undisturbed run, and how long the work takes here at best.
span=
for form in txt bin h5; do
    began=$(date +%s.%N)
    # shellcheck disable=SC2086 # a command with its options
    $GPH_MPIRUN 2 "$GPH_COMMAND" cliques $graph -k $size --threads 1 --quiet --list right.$form \
        >right.out || exit 1
    span=$(awk -v a="$began" -v b="$(date +%s.%N)" -v s="$span" \
        'BEGIN { t = b - a; print s == "" || t < s ? t : s }')
done
digest=$(sed -n 's/^digest *//p' right.out)
echo "reference: digest $digest, $span s a run, seed $seed"

# fraction MAX: a random number of seconds from 0 to MAX.
fraction()
{
    awk -v r="$RANDOM" -v m="$1" 'BEGIN { print r / 32768 * m }'
}

# start FORM: begins or resumes the job in the background; mpirun's process is $job.
start()
{
    ranks=$((RANDOM % 5 + 1))
    threads=$((RANDOM % 3 + 1))
    # shellcheck disable=SC2086
    $GPH_MPIRUN $ranks "$GPH_COMMAND" cliques $graph -k $size --threads $threads --quiet \
        --list out.$1 --checkpoint checkpoints --checkpoint-every 50ms --resume >out.log 2>err.log &
    job=$!
}

# check FORM: the finished file against the right one.
check()
{
    finished=$((finished + 1))
    case $1 in
    h5) h5diff right.h5 out.h5 >/dev/null 2>&1 || cmp -s right.h5 out.h5 ;;
    *) cmp -s "right.$1" "out.$1" ;;
    esac
    same=$?
    got=$(sed -n 's/^digest *//p' out.log)
    if [ $same != 0 ] || [ "$got" != "$digest" ] || [ -e "out.$1.part" ]; then
        wrong=$((wrong + 1))
        echo "WRONG: out.$1 after $disturbed disturbances, digest $got" >&2
        cp "out.$1" "wrong-$wrong.$1" 2>/dev/null
    fi
    rm -f out.* checkpoints/*
}

# kill_one: SIGKILL to a random rank of the running job.
kill_one()
{
    mapfile -t ranks_of < <(pgrep -P "$job")
    [ ${#ranks_of[@]} -gt 0 ] || return 1
    kill -KILL "${ranks_of[RANDOM % ${#ranks_of[@]}]}" 2>/dev/null
}

# stop_one: a signal to mpirun; the job must end with status 5, soon, or be done already.
stop_one()
{
    case $((RANDOM % 2)) in
    0) signal=USR1 ;;
    *) signal=TERM ;;
    esac
    if [ $signal = USR1 ]; then
        kill -USR1 "$job" 2>/dev/null
    else
        # mpirun leaves its ranks little time after SIGTERM; send it to them directly.
        pkill -TERM -P "$job" 2>/dev/null
    fi
}

# await: waits for the job's end; its exit status. An mpirun that missed the end of its ranks (some
# do, when one is killed while they start) is ended; ranks that go on for too long are a failure.
await()
{
    lonely=0
    until_then=$((SECONDS + 600))
    while kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        if pgrep -r R,S,D -P "$job" >/dev/null; then lonely=0; else lonely=$((lonely + 1)); fi
        if [ $lonely = 300 ]; then
            stuck=$((stuck + 1))
            kind=kill
            kill -KILL "$job" 2>/dev/null
        elif [ $SECONDS -gt $until_then ]; then
            echo "HANGS: ranks that do not end" >&2
            odd=$((odd + 1))
            pkill -KILL -P "$job"
            until_then=$((SECONDS + 60))
        fi
    done
    wait "$job"
}

forms=(txt bin h5)
disturbed=0
form=txt
while [ $((killed + stopped)) -lt $((kills + stops)) ]; do
    start $form
    sleep "$(fraction "$span")"
    if ! kill -0 "$job" 2>/dev/null; then
        kind=none
    elif [ $killed -lt "$kills" ]; then
        kind=kill
        kill_one && killed=$((killed + 1)) && disturbed=$((disturbed + 1))
    else
        kind=stop
        asked=$(date +%s.%N)
        stop_one
        stopped=$((stopped + 1))
        disturbed=$((disturbed + 1))
    fi
    await
    status=$?
    if [ $kind = stop ] && [ $status = 5 ]; then
        took=$(awk -v a="$asked" -v b="$(date +%s.%N)" 'BEGIN { print b - a > 2.5 }')
        slow=$((slow + took))
    elif [ $kind != kill ] && [ $status != 0 ] &&
        ! grep -qE 'exited on signal (10|15) ' err.log; then
        # (A signal before gph listens to it ends it as any other program.)
        odd=$((odd + 1))
        echo "ODD: status $status after $kind:" >&2
        cat err.log >&2
    fi
    if [ $status = 0 ]; then
        check $form
        disturbed=0
        form=${forms[RANDOM % 3]}
    else
        resumed=$((resumed + 1))
    fi
done
# What was begun is finished.
for attempt in 1 2 3; do
    start $form
    await && check $form && break
    [ $attempt = 3 ] && odd=$((odd + 1)) && cat err.log >&2
done

printf '%-34s %s\n' "runs killed (SIGKILL, one rank)" $killed "runs stopped (SIGUSR1, SIGTERM)" \
    $stopped "resumed" $resumed "finished" $finished "finished with another result" $wrong \
    "stops that took over 2.5 s" $slow "unexpected ends" $odd \
    "launchers that outlived their ranks" $stuck
[ $wrong = 0 ] && [ $odd = 0 ] && [ $slow = 0 ]

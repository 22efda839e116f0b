# shellcheck shell=sh
# What the scripts of this folder share. Each works in a folder of its own, notes what is wrong by
# `fail`, goes on, and ends with `finish`. Environment: cmake/GphTest.cmake, gph_test_script().
set -u
json_get=$1
failures=0

# Settings of whoever runs the tests must not reach them.
for variable in $(env | sed -n 's/^\(GPH_[A-Z0-9_]*\)=.*/\1/p'); do
    case $variable in
    GPH_COMMAND | GPH_MPIRUN | GPH_SOURCE_DIR | GPH_TEST_*) ;;
    *) unset "$variable" ;;
    esac
done
unset OMP_NUM_THREADS

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

fail()
{
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# run STATUS RANKS ARGUMENT...: runs gph, output in the files out and err. RANKS 0: without mpirun.
run()
{
    wanted=$1
    ranks=$2
    shift 2
    what="gph $* on $ranks ranks"
    if [ "$ranks" = 0 ]; then
        timeout 120 "$GPH_COMMAND" "$@" >out 2>err
    else
        # shellcheck disable=SC2086 # a command with its options
        timeout 120 $GPH_MPIRUN "$ranks" "$GPH_COMMAND" "$@" >out 2>err
    fi
    status=$?
    [ "$status" = "$wanted" ] || { fail "$what: status $status, not $wanted" && cat err >&2; }
}

# says FILE TEXT: the file of the last run has a line with this text, exactly one.
says()
{
    count=$(grep -cF -e "$2" "$1")
    [ "$count" = 1 ] || { fail "$what: '$2' stands $count times in $1" && cat "$1" >&2; }
}

# nothing_in FILE: the file of the last run is empty.
nothing_in()
{
    [ ! -s "$1" ] || { fail "$what: $1 is not empty" && cat "$1" >&2; }
}

# json PATH VALUE [FILE]: the member PATH of the JSON object of the last run is VALUE.
json()
{
    value=$("$json_get" "$1" <"${3:-out}") || fail "$what: no $1 in its JSON object"
    [ "$value" = "$2" ] || fail "$what: $1 is $value, not $2"
}

# no_leftovers: no temporary file is left in the folder.
no_leftovers()
{
    left=$(find . -name '*tmp*')
    [ -z "$left" ] || fail "$what: leaves $left"
}

finish()
{
    [ "$failures" = 0 ] || echo "$failures failed" >&2
    [ "$failures" = 0 ]
    exit
}

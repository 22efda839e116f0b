# shellcheck shell=bash
# What the cluster tests share. They work in a folder of their own, note what is wrong by `fail`, and
# end with `finish`. Exit status 77: skipped, with the reason on the last line.
# Environment: cmake/GphTest.cmake, gph_test_script().
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${GPH_COMMAND:?names the gph to test}"
: "${GPH_SOURCE_DIR:=$(cd "$here/../.." && pwd)}"
json_get=$1
failures=0
began=$SECONDS

skip()
{
    echo "skipped: $*"
    exit 77
}

fail()
{
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

say()
{
    echo "[$((SECONDS - began)) s] $*"
}

finish()
{
    say "$failures failed"
    [ "$failures" = 0 ]
    exit
}

# need COMMAND...: skips unless all are there, hosts can be made, and this is root.
need()
{
    [ "$(id -u)" = 0 ] || skip "hosts of one machine need root"
    for command in "$@"; do
        command -v "$command" >/dev/null ||
            skip "$command is not installed (scripts/deps.sh cluster installs it)"
    done
    unshare -n -u -m sh -c 'ip link add br0 type bridge && ip link add veth1 type veth peer name veth2 &&
        mount -t tmpfs tmpfs /dev/shm' 2>/dev/null ||
        skip "no network namespaces, bridges or mounts are allowed here"
}

# Settings of whoever runs the tests must not reach them.
for variable in $(env | sed -n 's/^\(GPH_[A-Z0-9_]*\|SLURM_[A-Z0-9_]*\|OMPI_MCA_[a-z0-9_]*\)=.*/\1/p'); do
    case $variable in
    GPH_COMMAND | GPH_MPIRUN | GPH_SOURCE_DIR | GPH_TEST_*) ;;
    *) unset "$variable" ;;
    esac
done
# Several hosts share few cores here; a host has its own network card, eth0.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader,tcp OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_MCA_btl_tcp_if_include=eth0 OMPI_MCA_oob_tcp_if_include=eth0
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMP_WAIT_POLICY=passive

# A search that takes at least SECONDS on two ranks of this machine, for something to happen
# meanwhile: sets `search` and its `digest`.
find_search()
{
    for k in 5 6 7 8 9 10; do
        search="cliques rmat:scale=13,edgefactor=16,seed=7 -k $k --method recursion"
        local start=$SECONDS
        # shellcheck disable=SC2086 # several words
        OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo \
            mpirun -n 2 "$GPH_COMMAND" $search --threads 1 --json plain.json >/dev/null || return 1
        [ $((SECONDS - start)) -lt "$1" ] || break
    done
    digest=$("$json_get" digest <plain.json)
    say "plain run: $search takes $((SECONDS - start)) s, digest $digest"
}

# same FILE WHAT: the JSON result in FILE has the digest of the plain run.
same()
{
    local got
    got=$([ -e "$1" ] && "$json_get" digest <"$1" 2>/dev/null)
    [ "$got" = "$digest" ] || fail "$2: digest '$got', not $digest"
}

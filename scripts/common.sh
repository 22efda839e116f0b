# Shared by the scripts beside it: sourced, not run. Plain POSIX sh.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

say() {
    printf '%s\n' "== $*" >&2
}

die() {
    printf '%s\n' "$(basename "$0"): $*" >&2
    exit 1
}

# build_preset PRESET [cmake options]: configures build/PRESET where needed, and builds it.
build_preset() {
    preset=$1
    shift
    say "building the preset $preset"
    cmake --preset "$preset" "$@" >"/tmp/gph-configure.$$" 2>&1 || {
        cat "/tmp/gph-configure.$$" >&2
        rm -f "/tmp/gph-configure.$$"
        die "the preset $preset was not configured"
    }
    rm -f "/tmp/gph-configure.$$"
    cmake --build --preset "$preset"
}

# Settings for mpirun on one host; root must say twice that it means it.
mpi_environment() {
    set -a
    . scripts/openmpi.env
    set +a
    if [ "$(id -u)" = 0 ]; then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
}

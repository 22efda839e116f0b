#!/bin/sh
# Installs the packages that grapheme-hpc needs and that are missing (Debian, Ubuntu); elsewhere, or
# without the right to install, names them and stops. Needs the network only if something is missing.
#   scripts/deps.sh build   to build libgph and gph, and to run them (default)
#   scripts/deps.sh test    and to build and pass the tests
#   scripts/deps.sh full    and for sanitizers, coverage and static checks
#   scripts/deps.sh cluster for the tests on a SLURM and on several hosts of this one machine; without
#                           these packages they are skipped
#   scripts/deps.sh bench   for the pictures of gph bench, and the peers of bench/peers.py
. "$(dirname "$0")/common.sh"

build="gcc libc6-dev cmake ninja-build pkg-config libopenmpi-dev openmpi-bin libhdf5-openmpi-dev
    libutf8proc-dev librandom123-dev libxxhash-dev libcjson-dev libyaml-dev zlib1g-dev
    libscotch-dev
    libexpat1-dev"
test="libcunit1-dev help2man dpkg-dev file hdf5-tools python3-h5py graphviz clang libomp-dev clang-format-14"
cluster="slurmctld slurmd slurm-client munge iproute2 openmpi-bin"
bench="gnuplot-nox python3-igraph python3-networkx"
full="libclang-rt-dev clang-tidy cppcheck gcovr doxygen"

case ${1:-build} in
build) wanted=$build ;;
test) wanted="$build $test" ;;
full) wanted="$build $test $full" ;;
cluster) wanted=$cluster ;;
bench) wanted=$bench ;;
*) die "usage: scripts/deps.sh [build|test|full|cluster|bench]" ;;
esac

# Lists those of the packages $* that are not installed.
missing() {
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk '$2 == "installed" { print $1 }') || true
    for package in "$@"; do
        case " $(echo $installed) " in
        *" $package "*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    command -v mpicc >/dev/null && command -v cmake >/dev/null &&
        say "this is no Debian: going on with what is here" && exit 0
    die "this is no Debian or Ubuntu; install what these Debian packages hold:
$(echo $wanted)"
fi
needed=$(missing $wanted)
[ -z "$needed" ] && exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "neither root nor sudo; have these packages installed: $needed"
    as_root=sudo
fi
say "installing: $needed"
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=900"
$apt update
$apt install --no-install-recommends $needed

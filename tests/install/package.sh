#!/bin/bash
# package.sh CPACK BUILD: makes the Debian package of BUILD, unpacks it, and tries what is in it: the
# command, its manual pages, and completion. Skipped (77) where there are no Debian tools.
set -eu
cpack=$1 build=$2
command -v dpkg-deb >/dev/null && command -v dpkg-shlibdeps >/dev/null && command -v file >/dev/null || {
    echo "skipped: no tools for Debian packages"
    exit 77
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "package: $*" && exit 1; }

"$cpack" --config "$build/CPackConfig.cmake" -G DEB -B "$scratch" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" && fail "no package"; }
dpkg-deb --info "$scratch"/gph_*.deb | grep -q '^ Depends:.*libhdf5-openmpi.*libopenmpi3' ||
    fail "it does not name the libraries that it needs"
dpkg-deb -x "$scratch"/gph_*.deb "$scratch/root"
usr=$scratch/root/usr

count=$("$usr/bin/gph" cliques complete:n=10 -k 3 --json - | grep -Ec '"count":[[:space:]]*"120"') || true
[ "$count" = 1 ] || fail "the packaged command does not count"
[ -f "$usr/share/modulefiles/gph/$("$usr/bin/gph" --version | sed -n '1s/gph //p')" ] ||
    fail "no environment module of this version"
if command -v help2man >/dev/null; then
    for command in $("$usr/bin/gph" --help | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'); do
        zcat "$usr/share/man/man1/gph-$command.1.gz" | grep -q "^gph-$command \\\\- " ||
            fail "no manual page of $command"
    done
fi

# expect WORDS TYPED...: what completion proposes.
. "$usr/share/bash-completion/completions/gph"
expect() {
    local wanted=$1
    shift
    COMP_WORDS=("$usr/bin/gph" "$@")
    COMP_CWORD=$#
    _gph "$usr/bin/gph"
    [ "${COMPREPLY[*]}" = "$wanted" ] || fail "completion of '$*': '${COMPREPLY[*]}', not '$wanted'"
}
expect "cliques" cli
expect "--order" cliques --ord
expect "core degree" cliques --order ""
expect "error" cliques --log-level e
touch "$scratch/graph.txt" && cd "$scratch"
expect "graph.txt" info gra
echo "package: the command, manual pages, completion"

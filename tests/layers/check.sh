#!/bin/sh
# Checks the layers of a source tree: check.sh ROOT prints each violation as FILE:LINE: WHAT and
# exits 1 if there is one. Looked at are ROOT/src and ROOT/include/gph.
#   - a file includes headers of its own folder and of those that layers.txt allows to it; the public
#     header gph/NAME.h or gph/NAME_more.h belongs to the folder NAME, and gph/gph.h is for
#     applications only;
#   - the library takes its communicator from the caller, never ends the process, and never prints:
#     no MPI_COMM_WORLD, exit, abort, MPI_Abort, printf and the like (the progress line on stderr,
#     asked for by the caller, is drawn in src/par/progress.c).
set -eu
root=$1
here=$(cd "$(dirname "$0")" && pwd)

files=$(cd "$root" && find src include/gph -name '*.[ch]' | sort)
[ -n "$files" ] || { echo "no sources under $root" >&2 && exit 1; }

cd "$root"
# shellcheck disable=SC2086
awk '
function complain(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what
    bad = 1
}

# Folder that a public header belongs to, by its file name.
function public_layer(name) {
    sub(/(_.*)?\.h$/, "", name)
    return name
}

# Folder that a file belongs to.
function layer_of(path, parts, n) {
    n = split(path, parts, "/")
    return parts[1] == "src" ? parts[2] : public_layer(parts[n])
}

# Removes string and character literals and comments; `within` says that a comment goes on.
function code(line, at) {
    if (within) {
        at = index(line, "*/")
        if (!at)
            return ""
        within = 0
        line = substr(line, at + 2)
    }
    gsub(/\047\\?.\047/, " ", line)
    gsub(/"([^"\\]|\\.)*"/, " ", line)
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
    sub(/\/\/.*/, "", line)
    at = index(line, "/*")
    if (at) {
        within = 1
        line = substr(line, 1, at - 1)
    }
    return line
}

function check_include(line, parts, target, n) {
    split(line, parts, /["<>]/)
    n = split(parts[2], parts, "/")
    if (n == 1)
        return # of the same folder, or of the system
    target = parts[1]
    if (target == "gph")
        target = public_layer(parts[2])
    if (target == "gph" && FILENAME != "include/gph/gph.h")
        complain("gph/gph.h is for applications; include the modules you need")
    if (FILENAME == "include/gph/gph.h" || target == layer)
        return
    if (target in known && !((layer, target) in allowed))
        complain(layer " must not include a header of " target)
}

FILENAME == table {
    sub(/#.*/, "")
    if (NF == 0)
        next
    sub(/:/, "", $1)
    known[$1] = 1
    for (i = 2; i <= NF; i++)
        allowed[$1, $i] = 1
    next
}
FNR == 1 {
    within = 0
    layer = layer_of(FILENAME)
    if (!(layer in known) && FILENAME != "include/gph/gph.h")
        complain(layer " is no layer of tests/layers/layers.txt")
}
/^[ \t]*#[ \t]*include/ {
    check_include($0)
    next
}
{
    line = code($0)
    if (FILENAME !~ /^src\//)
        next
    if (line ~ /(^|[^A-Za-z0-9_])MPI_COMM_WORLD([^A-Za-z0-9_]|$)/)
        complain("the library uses the communicator of its context, not MPI_COMM_WORLD")
    if (line ~ /(^|[^A-Za-z0-9_])(_?exit|_Exit|quick_exit|abort|MPI_Abort)[ \t]*\(/)
        complain("the library returns a status and never ends the process")
    if (line ~ /(^|[^A-Za-z0-9_])(v?printf|puts|putchar|perror)[ \t]*\(|(^|[^A-Za-z0-9_])stdout([^A-Za-z0-9_]|$)/)
        complain("the library never prints")
    if (line ~ /(^|[^A-Za-z0-9_])stderr([^A-Za-z0-9_]|$)/ && FILENAME != "src/par/progress.c")
        complain("the library never prints")
}
END { exit bad }
' table="$here/layers.txt" "$here/layers.txt" $files

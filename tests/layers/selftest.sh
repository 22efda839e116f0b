#!/bin/sh
# Proves that check.sh can fail: plants one violation at a time in a small tree, and checks that it is
# found where it is, and that the tree passes without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/include/gph" "$tree/src/par" "$tree/src/nn"
failed=0

clean_tree() {
    rm -f "$tree"/src/*/*.c
    printf '#include <stdint.h>\n' >"$tree/include/gph/base.h"
    printf '#include "gph/base.h"\n#include <mpi.h>\n' >"$tree/include/gph/par.h"
    printf '#include "gph/base.h"\n#include "gph/par.h"\n' >"$tree/include/gph/gph.h"
    cat >"$tree/src/par/team.c" <<'CODE'
#include "par/team.h"
#include "base/env.h"
#include "team_private.h"
/* exit(1) and MPI_COMM_WORLD in a comment
   that goes on: printf("x"); */
int my_exit(int x); // abort() here neither
int gph_snprintf(char *s) { return snprintf(s, 1, "exit(1) abort() \" printf("); }
char quote(void) { return '"'; } /* stdout */
CODE
    printf '#include "mp/mp.h"\n#include "dist/halo.h"\n' >"$tree/src/nn/nn.c"
}

# plant FILE LINE: the tree with LINE as the last one of FILE must be refused, naming FILE.
plant() {
    clean_tree
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >>"$tree/$1"
    if output=$("$here/check.sh" "$tree"); then
        echo "not found in $1: $2"
        failed=1
    elif ! echo "$output" | grep -q "^$1:$(awk 'END { print NR }' "$tree/$1"): "; then
        echo "found in the wrong place in $1: $2: $output"
        failed=1
    fi
}

clean_tree
"$here/check.sh" "$tree" || { echo "the clean tree is refused" && failed=1; }
plant src/base/a.c '#include "par/comm.h"'
plant src/base/a.c '#  include "gph/par.h"'
plant src/base/a.c '#include "gph/gph.h"'
plant include/gph/base.h '#include "gph/par.h"'
plant src/par/team.c '#include "gph/clique_more.h"'
plant src/par/team.c '#include "clique/find.h"'
plant src/clique/a.c '#include "mp/mp.h"'
plant src/ckpt/a.c '#include "clique/dag.h"'
plant src/dist/a.c '#include "ckpt/snapshot.h"'
plant src/mp/a.c '#include "nn/nn.h"'
plant src/par/team.c '    MPI_Comm_dup(MPI_COMM_WORLD, &x);'
plant src/par/team.c '    exit(EXIT_FAILURE);'
plant src/par/team.c '    if (x) abort ();'
plant src/par/team.c '    MPI_Abort(comm, 1);'
plant src/par/team.c '/* why */ printf("hello");'
plant src/par/team.c '    fprintf(stderr, "hello");'
plant src/par/team.c '    fflush(stdout);'
plant src/novel/a.c '#include "base/env.h"'
[ "$failed" = 0 ] && echo "every planted violation was found"
exit "$failed"

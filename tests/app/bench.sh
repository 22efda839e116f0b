#!/bin/sh
# gph bench: all pairs are run, results compared, files written; a run that fails or differs is told.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"
launcher=$GPH_MPIRUN

run 0 0 bench 'cliques complete:n=12 -k 3' --counts 1,2,4 --repeat 2 --launcher "$launcher"
says out "speedup  efficiency"
says out "results              all equal"
says out "scaling              strong"
[ "$(grep -c '^ *[124]  *[124] ' out)" = 6 ] || fail "$what: not six rows"
[ "$(wc -l <gph-bench.csv)" = 7 ] || fail "$what: not six rows in the CSV file"
grep -q "^4,1,4,$(nproc),$([ "$(nproc)" -lt 4 ] && echo 1 || echo 0)," gph-bench.csv ||
    fail "$what: cores are not told"
grep -q "^set output 'gph-bench.svg'" gph-bench.gp || fail "$what: no script"
if command -v gnuplot >/dev/null; then
    grep -q '</svg>' gph-bench.svg || fail "$what: no picture"
    says out "files                gph-bench.csv, .gp, .svg"
else
    says out "files                gph-bench.csv, .gp"
fi
no_leftovers
ls gph-bench.run* >/dev/null 2>&1 && fail "$what: leaves files"

# Weak scaling: the work grows, and only equal work must give equal results.
run 0 0 bench 'info er:n={100*p},m={200*p},seed=3' --counts 1,2 --repeat 1 --out weak --json - \
    --launcher "$launcher"
json result/scaling weak
json result/rows/2/ranks 2
json result/rows/2/threads 1
json result/results "equal for equal work"
grep -q '^2,1,2,' weak.csv || fail "$what: no row in the CSV file"
run 0 0 bench 'info path:n={3+lg}' --counts 4 --repeat 1 --out weak --launcher "$launcher" --json -
run 0 0 bench 'cliques complete:n=12 -k 3' --counts 1 --repeat 1 --launcher "env $launcher"

# What is wrong is told.
run 3 0 bench 'cliques absent.txt -k 3' --counts 1 --launcher "$launcher"
says err "gph: error: 1 ranks, 1 threads: exit status 3: absent.txt: no such file"
run 2 0 bench 'cliques er:n={100*q} -k 3' --launcher "$launcher"
says err "braces hold {N*p}"
run 2 0 bench 'cliques x -k 3' --counts 2,1
says err "--counts: '2,1' is no list"
run 1 0 bench 'cliques complete:n=5 -k 3' --counts 1 --launcher "absent-launcher -n"
run 2 2 bench 'cliques complete:n=5 -k 3'
says err "start it without"

# A program that gives another result on two ranks is found out.
cat >liar <<'END'
#!/bin/sh
ranks=$1
shift
"$@" || exit
for last; do :; done
[ "$ranks" = 1 ] || sed -i 's/"digest":\t"..../"digest":\t"0bad/' "$last"
END
chmod +x liar
run 6 0 bench 'cliques complete:n=12 -k 3' --counts 1,2 --repeat 1 --launcher ./liar
says err "give another result"
finish

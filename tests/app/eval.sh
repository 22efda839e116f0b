#!/bin/sh
# eval: values of expressions, bindings, files of expressions, and what is refused.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

run 0 0 eval '+ 1 * 2 x' --bind x=3 --json -
json result/value 7
json result/levels 3
run 3 2 eval '(- (^ 2 10) y x)' --bind x=3
says err "expression:1:1: '-' takes 1 or 2 operands and has 3"
run 0 2 eval '* 2 x' --bind "x=/ pi 4"
says out 1.570796326794
run 0 1 eval '/ -1 0' --json -
json result/value -inf

# Files: one value a line, the same on any number of ranks; graphs of them; and back.
printf '# three\n+ x y\n\n(max x y 1)\nlog -1\nsin y\n' >math.txt
printf '3.5\n3\nnan\n0.479425538604203\n' >wanted.txt
for ranks in 0 3 4; do
    run 0 $ranks eval math:path=math.txt --bind x=3,y=0.5 --output values.txt --json -
    cmp values.txt wanted.txt || fail "values on $ranks ranks"
    json result/expressions 4
    digest=$("$json_get" digest <out)
    [ "$digest" = "${first:=$digest}" ] || fail "another digest on $ranks ranks"
done
run 0 2 convert math:path=math.txt math.h5
run 0 3 eval math.h5 --bind x=3,y=0.5 --output values.txt
cmp values.txt wanted.txt || fail "values by way of HDF5"
run 0 3 convert math.h5 again.txt --format text
printf '+ x y\n(max x y 1)\nlog -1\nsin y\n' | cmp - again.txt || fail "expressions do not come back"
run 0 2 info math:path=math.txt --json -
json result/vertices 11
json result/edges 7

run 2 2 eval math:path=math.txt --bind x=3
says err "symbol 'y' has no value"
run 3 0 eval '+ 1'
says err "expression:1:1: '+' takes 2 operands and has 1"
run 2 0 eval x --bind x
says err "'x' is not NAME=VALUE"
run 2 0 eval x --bind x=1,x=2
says err "two values"
run 2 0 eval x --bind 'x=+ 1'
says err "expression:1:1"
printf '1\n+ 1 2\n(sin 1 2)\n' >bad.txt
run 3 3 eval math:path=bad.txt
says err "bad.txt:3:1: 'sin' takes 1 operand and has 2"
no_leftovers

# Texts go round, also by way of HDF5; Graphviz can read what is written.
printf 'Gr\303\274\303\237e, \330\263\331\204\330\247\331\205!\r\n\360\237\221\250\342\200\215\360\237\221\251 end' >text.txt
for unit in grapheme word; do
    run 0 3 convert textgraph:path=text.txt,unit=$unit,window=3 text.h5
    run 0 2 convert text.h5 again.txt --format text
    cmp text.txt again.txt || fail "text does not come back from a graph of ${unit}s"
    run 0 2 cliques text.h5 -k 3 --json -
    run 0 3 convert text.h5 text.dot
    if command -v dot >/dev/null; then
        dot -Tsvg text.dot >text.svg 2>dot.err || { fail "dot: $unit" && cat dot.err; }
    fi
done

# Colours: cliques of a graph of words, components, and what is refused.
printf 'a b c\na b c\n\nx y\n' >words.txt
spec=text:path=words.txt,unit=word,window=3
run 0 2 cliques $spec -k 3 --list cliques.txt
run 0 3 convert $spec cliques.dot --groups cliques.txt
says cliques.dot '0 [label="a", fillcolor="0.000 0.450 1.000"];'
says cliques.dot '0 -- 1;'
printf 'vertex kind\na p\nb q\nx q\n' >labels.txt
run 0 2 convert $spec labels.dot --labels labels.txt
says labels.dot '0 [label="a", fillcolor="0.618 0.450 1.000"];'
says labels.dot '1 [label="b", fillcolor="0.236 0.450 1.000"];'
says labels.dot '2 [label="c"];'
run 3 2 convert path:n=3 ids.dot --labels labels.txt
says err "labels.txt: names no vertex of the graph"
run 2 0 convert path:n=3 ids.txt --labels labels.txt
run 2 0 convert path:n=3 ids.dot --labels labels.txt --groups labels.txt
no_leftovers
finish

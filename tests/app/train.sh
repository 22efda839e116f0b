#!/bin/sh
# gph train and gph predict: configs, the same weights on any number of ranks, stops, bad input.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

cat >small.yaml <<EOF
data:
  path: sbm:n=400,classes=3,features=8,p_in=0.06,p_out=0.005,seed=3
  tiles: 6
train:
  epochs: 8
  rate: 0.05
seeds: 2
EOF

# One digest on any number of ranks; options overrule the file.
run 0 1 train small.yaml --threads 1 --json one.json
digest=$("$json_get" digest <one.json)
accuracy=$("$json_get" result/accuracy <one.json)
for ranks in 2 4; do
    run 0 "$ranks" train small.yaml --threads 2 --json -
    json digest "$digest"
    json result/accuracy "$accuracy"
    json result/seeds 2
done
run 0 1 train small.yaml --set seeds=1 --epochs 3 --json -
json result/epochs 3
json settings/train.rate 0.05

# Stopped at once, gone on with on other ranks.
run 5 2 train small.yaml --checkpoint state --max-time 1ms
says err "--resume"
run 2 1 train small.yaml --checkpoint state
says err "--resume"
run 0 3 train small.yaml --checkpoint state --resume --json -
json digest "$digest"

# Files, and predictions from them.
run 0 2 train small.yaml --set seeds=1 --model model.h5 --csv m.csv --metrics m.h5 --curves m.svg \
    --json trained.json
[ "$(wc -l <m.csv)" = 9 ] || fail "m.csv has $(wc -l <m.csv) lines"
grep -q '^<svg ' m.svg || fail "m.svg is no picture"
run 0 3 predict model.h5 sbm:n=400,classes=3,features=8,p_in=0.06,p_out=0.005,seed=3 \
    --out classes.tsv --json -
json result/test_accuracy "$("$json_get" result/accuracy <trained.json)"
[ "$(wc -l <classes.tsv)" = 401 ] || fail "classes.tsv has $(wc -l <classes.tsv) lines"

# Graphs: chains and rings, in folds and without, and what a model says of them.
mkdir rings
awk 'BEGIN {
    for (g = 1; g <= 24; g++) {
        n = 3 + g % 4
        print g % 2 == 0 ? "ring" : "chain" >"rings/R_graph_labels.txt"
        for (i = 1; i <= n; i++) {
            print g >"rings/R_graph_indicator.txt"
            print (i % 2 ? "C" : "O") >"rings/R_node_labels.txt"
            if (i < n || g % 2 == 0)
                print first + i ", " first + (i < n ? i + 1 : 1) >"rings/R_A.txt"
        }
        first += n
    }
}' </dev/null
cat >rings.yaml <<EOF
data:
  path: rings
  fold_count: 3
model:
  kind: gin
  hidden: 8
  dropout: 0
train:
  task: graphs
  epochs: 20
  batch: 8
EOF
run 0 2 train rings.yaml --model folds.h5 --metrics rings.h5 --curves rings.svg --json -
json result/folds 3
grep -q '^<svg ' rings.svg || fail "rings.svg is no picture"
run 0 1 train rings.yaml --folds none --model rings-model.h5 --json -
json result/folds 1
says out '"train_accuracy"'
grep -q '"accuracy"' out && fail "an accuracy without testing"
run 0 1 predict rings-model.h5 rings --out rings.tsv --json one.json
digest=$("$json_get" digest <one.json)
at=$(awk -F '\t' 'NR > 1 && $3 == ($1 % 2 ? "ring" : "chain") { n++ } END { printf "%.6f", n / 24 }' rings.tsv)
awk "BEGIN { d = $at - $("$json_get" result/accuracy <one.json); exit !(d * d < 1e-10) }" ||
    fail "rings.tsv has an accuracy of $at"
for ranks in 2 3; do
    run 0 "$ranks" predict rings-model.h5 rings --threads 2 --out again.tsv --json -
    json digest "$digest"
    cmp rings.tsv again.tsv || fail "other rows on $ranks ranks"
done
printf 't # odd\nv 0 C\nv 1 N\ne 0 1\n' >odd.txt
run 3 2 predict rings-model.h5 odd.txt
says err "does not know the label 'N'"
run 3 2 predict rings-model.h5 "sbm:n=400"
says err "classifies the graphs of a collection"
run 3 2 predict model.h5 rings
says err "classifies the vertices"
head -c 2000 rings-model.h5 >cut.h5
run 3 2 predict cut.h5 rings
says err "cut.h5"

# What it would take: numbers, and no files.
for config in small.yaml rings.yaml; do
    run 0 2 train $config --estimate --model unwanted.h5 --json -
    for key in estimated_seconds seconds_error epoch_seconds epoch_flops epoch_bytes_sent \
        memory_of_a_rank epochs_sampled; do
        value=$("$json_get" "result/$key" <out) || fail "$config: no $key"
        awk "BEGIN { exit !($value > 0) }" || fail "$config: $key is $value"
    done
    [ ! -e unwanted.h5 ] || fail "an estimate wrote a model"
done

# Configs as shipped. at_least NAME ACCURACY: the last run reached it.
at_least()
{
    reached=$("$json_get" result/accuracy <out) || fail "$what: no accuracy"
    awk "BEGIN { exit !($reached >= $2) }" || fail "$1: accuracy $reached, not $2 or more"
}
run 0 2 train "$GPH_SOURCE_DIR/configs/sbm.yaml" --set seeds=1 --evaluate-every 100 --json -
at_least sbm 0.94
data=${GPH_TEST_DATA:-$GPH_SOURCE_DIR/../shared/data}
for name in cora citeseer; do
    if [ -d "$data/nodes/$name" ]; then
        run 0 1 train "$GPH_SOURCE_DIR/configs/$name.yaml" --path "$data/nodes/$name" \
            --set seeds=2 --evaluate-every 200 --json -
        if [ $name = cora ]; then at_least cora 0.805; else at_least citeseer 0.69; fi
    else
        echo "skipped: $data/nodes/$name is not there" >&2
    fi
done

# Expressions: learnt as shipped in less time, and the same on any number of ranks.
run 0 2 train "$GPH_SOURCE_DIR/configs/expressions.yaml" --epochs 10 --threads 1 --csv e.csv \
    --curves e.svg --json trained.json
last=$("$json_get" result/loss <trained.json)
first=$("$json_get" result/first_loss <trained.json)
accuracy=$("$json_get" result/accuracy <trained.json)
awk "BEGIN { exit !(10 * $last < $first) }" || fail "expressions: loss $last, at first $first"
awk "BEGIN { exit !($accuracy >= 0.9) }" || fail "expressions: accuracy $accuracy"
[ "$(wc -l <e.csv)" = 11 ] || fail "e.csv has $(wc -l <e.csv) lines"
cat >tiny.yaml <<EOF
train:
  task: expressions
  epochs: 4
  evaluate_every: 2
data:
  rule: fold
  graphs: 60
  held_out: 40
  integers: 2
  operations: 4
model:
  hidden: 16
EOF
run 0 1 train tiny.yaml --threads 1 --json tiny.json
digest=$("$json_get" digest <tiny.json)
mkdir tiny.state
run 5 2 train tiny.yaml --checkpoint tiny.state --max-time 1ms
says err "--resume"
run 0 3 train tiny.yaml --checkpoint tiny.state --resume --json -
json digest "$digest"
json result/loss "$("$json_get" result/loss <tiny.json)"
run 2 2 train tiny.yaml --set loss.temperature=0
says err "loss.temperature"
run 2 1 train tiny.yaml --model e.h5
says err "train.model"
run 2 1 train tiny.yaml --operations 2 --set data.least_operations=3
says err "data.operations"
printf 'train:\n  task: expressions\nloss:\n  rounds: 65\n' >rounds.yaml
run 2 1 train rounds.yaml
says err "rounds.yaml:4: loss.rounds"

# Configs that make no sense: file and line.
printf 'data:\n  path: sbm:n=10\nmodel:\n  hiden: 4\n' >typo.yaml
run 2 1 train typo.yaml
says err "typo.yaml:4"
says err "model.hidden"
printf 'data:\n  path: sbm:n=10\ntrain:\n  epochs: many\n' >value.yaml
run 2 3 train value.yaml
says err "value.yaml:4: train.epochs"
run 2 1 train absent.yaml
says err "absent.yaml"
printf 'seeds: 1\n' >empty.yaml
run 2 1 train empty.yaml
says err "--path"
run 2 2 train small.yaml --dropout 1
says err "dropout"

# Data that is not there, or bad; a rate that is too large; files that are none.
run 3 2 train small.yaml --path absent.d
says err "absent.d/labels.txt"
mkdir bad.d
printf '0\n1\n0\n' >bad.d/labels.txt
printf '0 1\n1 2\n' >bad.d/edges.txt
printf '0 0 1\n1 1 nan\n' >bad.d/features.txt
printf '0\n1\n' >bad.d/train.txt
run 3 2 train small.yaml --path bad.d
says err "bad.d/features.txt:2:"
run 2 2 train small.yaml --optimizer sgd --rate 1e18 --set train.epochs=50
says err "not finite"
run 3 2 predict m.csv sbm:n=400
says err "m.csv"
run 4 2 train small.yaml --max-memory 20K
no_leftovers
finish

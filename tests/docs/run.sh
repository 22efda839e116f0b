#!/bin/bash
# run.sh: executes the commands of README.md and docs/, those on lines that begin with four blanks and
# `gph`, `mpirun`, `python3` or `neato`, also behind `$ `, and blocks of Python, file by file and in order.
# Sizes are made small. Each must end with status 0, or with 5 where a time limit is given. Those in
# skip.txt are left out, with the reason given there, and those that need h5py or Graphviz where these
# are absent.
# Uses GPH_COMMAND and GPH_SOURCE_DIR of gph_test_script().
set -u
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$GPH_COMMAND" "$scratch/bin/gph"
export PATH="$scratch/bin:$PATH" GPH_THREADS=1 PYTHONPATH=$GPH_SOURCE_DIR/examples/python
export PYTHONDONTWRITEBYTECODE=1
absent=""
for python in /usr/bin/python3 python3; do # packages install h5py for the system's Python
    "$python" -c 'import h5py' 2>/dev/null && break
    python=
done
if [ -n "$python" ]; then ln -s "$(command -v "$python")" "$scratch/bin/python3"; else absent=python3; fi
command -v neato >/dev/null || absent="$absent neato"

# What the examples find in their folder.
prepare() {
    mkdir -p "$1/mutag"
    ln -sfn "$GPH_SOURCE_DIR/configs" "$GPH_SOURCE_DIR/examples" "$1"
    head -c 1500 "$GPH_SOURCE_DIR/README.md" >"$1/text.txt"
    printf '+ 1 * 2 x\n* (max 1 x) y\n- x / y 2\n' | tee "$1/math.txt" >"$1/terms.txt"
    for i in 0 1 2 3 4 5; do # chains of carbon with an oxygen at the end
        printf 't # %d\nv 0 C\nv 1 C\nv 2 O\ne 0 1 s\ne 1 2 %s\n' $i $((i % 2))
    done >"$1/molecules.txt"
    head -6 "$1/molecules.txt" >"$1/new.txt"
    printf '0 1\n2 5\n' >"$1/pairs.txt"
    printf '1, 2\n2, 1\n3, 4\n4, 3\n' >"$1/mutag/M_A.txt"
    printf '1\n1\n2\n2\n' >"$1/mutag/M_graph_indicator.txt"
    printf '0\n1\n' >"$1/mutag/M_graph_labels.txt"
    printf '0\n1\n1\n1\n' >"$1/mutag/M_node_labels.txt"
}

# commands FILE FOLDER: the commands of FILE, a line each; blocks of Python become files in FOLDER.
commands() {
    awk -v folder="$2" '
        /^```python$/ { block = sprintf("block-%d.py", ++blocks); next }
        /^```$/ && block != "" { print "python3 " block; close(folder "/" block); block = ""; next }
        block != "" { print > (folder "/" block); next }
        /^    (\$ )?(gph|mpirun|python3|neato) / { sub(/^    (\$ )?/, ""); print }' "$1"
}

skipped() {
    [ -z "$absent" ] || [[ " $absent " != *" ${1%% *} "* ]] || return 0
    while IFS=$'\t' read -r pattern why; do
        [ -n "$pattern" ] && [ "${pattern:0:1}" != '#' ] && [[ $1 =~ $pattern ]] && return 0
    done <"$here/skip.txt"
    return 1
}

small() {
    sed -E 's/scale=[12][0-9]/scale=9/; s/n=1000000,m=8000000/n=500,m=4000/; s/n=100000,m=1000000/n=1000,m=8000/; s/scale=\{1[0-9]/scale={8/
        s#configs/(expressions|folding)\.yaml#& --epochs 1#'
}

failures=0 done=0 left=0
for file in "$GPH_SOURCE_DIR"/README.md "$GPH_SOURCE_DIR"/docs/*.md; do
    folder=$scratch/$(basename "$file" .md)
    prepare "$folder"
    while IFS= read -r line; do
        if skipped "$line"; then
            left=$((left + 1))
            continue
        fi
        command=$(printf '%s\n' "$line" | small)
        (cd "$folder" && timeout 120 bash -c "$command") >"$scratch/log" 2>&1 </dev/null
        status=$?
        done=$((done + 1))
        [[ $command =~ --max-time ]] && [ $status = 5 ] && status=0
        if [ $status != 0 ]; then
            failures=$((failures + 1))
            echo "$(basename "$file"): status $status: $command"
            head -c 1000 "$scratch/log"
        fi
    done < <(commands "$file" "$folder")
done
echo "docs: $done commands executed, $left left out, $failures failed"
[ $failures = 0 ] && [ $done -gt 20 ]

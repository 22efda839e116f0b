#!/bin/sh
# man.sh GPH HELP2MAN FOLDER: writes gph.1.gz and a page for each command to FOLDER, from their --help.
set -eu
gph=$1 help2man=$2 folder=$3
mkdir -p "$folder"

# page NAME WHAT OPTION: one page. help2man knows programs, not their commands: their name is put in.
page() {
    "$help2man" --no-info --section=1 --manual="User Commands" --source="grapheme-hpc" \
        --name="$2" --help-option="$3" "$gph" |
        sed "s/^\.TH GPH /.TH $(echo "$1" | tr a-z A-Z) /; s/^gph \\\\- /$1 \\\\- /" |
        gzip -9n >"$folder/$1.1.gz"
}

page gph "expensive graph operations across MPI ranks and OpenMP threads" --help
"$gph" --help | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' | while read -r command; do
    page "gph-$command" "$("$gph" "$command" --help | sed -n 3p)" "$command --help"
done

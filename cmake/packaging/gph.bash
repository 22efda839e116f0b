# bash completion of gph. Commands, options and their choices are asked of gph itself, so this file
# knows none of them.

# Words of the left column of "gph --help" under "commands:".
_gph_commands() {
    "$1" --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# Options of a command.
_gph_options() {
    "$1" "$2" --help 2>/dev/null | sed -n 's/^  \(--\{0,1\}[a-z][a-z-]*\).*/\1/p'
}

# Choices of an option, from "(a|b|c)" in its description.
_gph_choices() {
    "$1" "$2" --help 2>/dev/null |
        awk -v option="$3" '/^  -/ { here = $1 == option } here' | tr -d '\n' |
        sed -n 's/.*(\([a-z0-9-]*|[a-z0-9|-]*\)).*/\1/p' | tr '|' ' '
}

_gph() {
    local gph=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        words="$(_gph_commands "$gph") --help --version"
    elif [ "${word:0:1}" = - ]; then
        words=$(_gph_options "$gph" "${COMP_WORDS[1]}")
    elif [ "${before:0:1}" = - ]; then
        words=$(_gph_choices "$gph" "${COMP_WORDS[1]}" "$before")
    fi
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -o filenames -F _gph gph

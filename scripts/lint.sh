#!/bin/sh
# Checks of the sources that are no tests.
#   scripts/lint.sh format     clang-format 14 would change nothing (--fix: changes it)
#   scripts/lint.sh tidy       clang-tidy finds nothing (needs the preset dev-clang configured)
#   scripts/lint.sh api        doxygen finds no mistake in the comments of public headers
#   scripts/lint.sh cppcheck   cppcheck finds nothing (needs the preset dev configured)
. "$(dirname "$0")/common.sh"

sources() {
    find include src apps tests bench examples -name '*.[ch]' | sort
}

format() {
    # Other versions lay out some lines in other ways.
    clang-format-14 --version >/dev/null || die "clang-format 14 is needed"
    if [ "${1:-}" = --fix ]; then
        sources | xargs clang-format-14 -i
    else
        sources | xargs clang-format-14 --dry-run -Werror
    fi
}

tidy() {
    find src apps -name '*.c' | sort |
        xargs -n 1 -P "$(nproc)" clang-tidy -p build/dev-clang --quiet --warnings-as-errors='*'
}

check_cppcheck() {
    # readdir is safe on a stream of one's own; its replacement is deprecated.
    cppcheck --project=build/dev/compile_commands.json --library=openmp,posix --std=c11 \
        --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem \
        --suppress='*:/usr/*' --suppress=readdirCalled -i "$root/tests" --quiet \
        --error-exitcode=1 -j "$(nproc)"
}

api() {
    mkdir -p build
    (cat docs/Doxyfile && echo WARN_AS_ERROR=FAIL_ON_WARNINGS) | doxygen -
}

case ${1:-} in
api) say "doxygen" && api ;;
format) say "format" && format "${2:-}" ;;
tidy) say "clang-tidy" && tidy ;;
cppcheck) say "cppcheck" && check_cppcheck ;;
*) die "usage: scripts/lint.sh format [--fix] | api | tidy | cppcheck" ;;
esac

#!/bin/sh
# Installs what is missing, builds with gcc and clang without a warning, and passes the tests.
#   scripts/test.sh          what every change must pass
#   scripts/test.sh --full   and the sanitizers and static checks
. "$(dirname "$0")/common.sh"

case ${1:-} in
"") needs=test ;;
--full) needs=full ;;
*) die "usage: scripts/test.sh [--full]" ;;
esac

scripts/deps.sh "$needs"
scripts/lint.sh format
build_preset release-check
build_preset dev-clang
build_preset dev
if [ "$needs" = full ]; then
    scripts/lint.sh api
    scripts/lint.sh cppcheck
    scripts/lint.sh tidy
    for preset in asan tsan; do
        build_preset "$preset"
        ctest --preset "$preset"
    done
fi
ctest --preset dev
say "all passed"

# Sourced by the scripts: where the project is, and how a script stops.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# fail STATUS "problem (why): advice"
fail() {
    echo "$2" >&2
    exit "$1"
}

# Exit code for "something this script needs is not there" (EX_UNAVAILABLE of sysexits.h).
readonly unavailable=69
# Exit code for bad input, the same as the program's.
readonly bad_input=2

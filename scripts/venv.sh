#!/bin/sh
# Make .venv and bring it to the locked requirements.
# Usage: scripts/venv.sh runtime|dev     (PYTHON=... chooses the interpreter)
set -eu

kind=$1
venv=${VENV:-.venv}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && { echo "$PYTHON"; return; }
        say "PYTHON=$PYTHON is not Python 3.11 or newer."
        exit 1
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        is_new_enough "$candidate" && { echo "$candidate"; return; }
    done
    say "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3 ..."
    exit 1
}

works() { "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_pip() { "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; }

if ! works; then
    python=$(find_python)
    say "Making $venv with $("$python" --version)"
    # Debian ships venv without ensurepip: then take the system's pip, which can work on .venv.
    if ! "$python" -c 'import ensurepip' >/dev/null 2>&1 ||
        ! "$python" -m venv --clear "$venv" >/dev/null 2>&1; then
        "$python" -m venv --clear --without-pip "$venv" 2>/dev/null || {
            say "This Python cannot make a virtual environment."
            say "On Debian or Ubuntu: apt-get install python3-venv python3-pip"
            exit 1
        }
    fi
fi

if has_pip; then
    pip() { "$venv/bin/python" -m pip "$@"; }
else
    python=$(find_python)
    "$python" -m pip --python "$venv/bin/python" --version >/dev/null 2>&1 || {
        say "There is no pip for $venv."
        say "On Debian or Ubuntu: apt-get install python3-venv (or python3-pip), then try again."
        exit 1
    }
    pip() { "$python" -m pip --python "$venv/bin/python" "$@"; }
fi

case $kind in
    runtime) lists="-r requirements/runtime.txt -r requirements/build.txt" ;;
    dev) lists="-r requirements/dev.txt" ;;
    *) say "usage: scripts/venv.sh runtime|dev"; exit 2 ;;
esac

say "Installing the locked $kind requirements (a minute or so the first time)"
# shellcheck disable=SC2086 # two words on purpose
pip install --quiet --require-hashes $lists
pip install --quiet --no-build-isolation --no-deps --editable .

touch "$venv/.runtime"
[ "$kind" = dev ] && touch "$venv/.dev"
exit 0

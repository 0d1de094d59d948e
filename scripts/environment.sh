# Sourced by the other scripts: makes .venv from uv.lock and says what it does.
# A machine needs Python 3.11 to 3.13 with venv, and nothing else; uv is used if it is there.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# The tests and the demo start hundreds of processes: with what Python compiled kept, each starts in half the time.
unset PYTHONDONTWRITEBYTECODE

say() { printf '\033[1m>> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    die "Python 3.11, 3.12 or 3.13 is needed and none was found. On Debian: apt install python3 python3-venv"
}

# environment FLAG...: what `uv sync` should install, such as --extra edge.
environment() {
    export UV_PROJECT_ENVIRONMENT="$root/.venv"
    local uv python
    python=$(find_python) || exit 1
    if [ ! -x .venv/bin/python ]; then
        say "making .venv with $("$python" --version)"
        "$python" -m venv .venv || die "python's venv module is missing. On Debian: apt install python3-venv"
    fi
    uv=$(command -v uv || true)
    # A shim without a uv behind it does not count.
    if [ -z "$uv" ] || ! "$uv" --version >/dev/null 2>&1; then
        uv="$root/.venv/bin/uv"
        if [ ! -x "$uv" ]; then
            say "uv is not on this machine: installing it into .venv"
            .venv/bin/python -m pip install --quiet --disable-pip-version-check uv || die "uv could not be installed"
        fi
    fi
    say "installing what uv.lock pins into .venv"
    # --inexact keeps what another script put there (the demo's and the tests' needs differ).
    "$uv" sync --quiet --locked --inexact --python .venv/bin/python "$@" || die "the environment could not be completed"
}

# shellcheck shell=bash
# A suitable Python, the environment .venv made from it, and what the locks ask for in there.

suitable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c "$suitable" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    fail "Minima needs Python 3.11, 3.12 or 3.13, and found none." \
        "Install one (apt-get install python3), or name it: PYTHON=/path/to/python3.12 $0"
}

make_environment() {
    .venv/bin/python -c "$suitable" >/dev/null 2>&1 && return
    local python
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    rm -rf .venv
    # Debian ships Python without the part that puts pip into an environment.
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif may_install; then
        install_packages "$(venv_package "$python")"
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv
        install_pip "$python"
    else
        fail "this Python lacks its venv module." \
            "Run: sudo apt-get install -y $(venv_package "$python")"
    fi
}

venv_package() { "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'; }

# The machine's pip, for it can read its own folder, puts a pip of the same version into .venv.
install_pip() {
    local version
    version=$("$1" -m pip --version | cut -d ' ' -f 2)
    "$1" -m pip --quiet --python .venv/bin/python install "pip==$version"
}

# install_lock NAME: requirements/NAME.txt with its hashes, only when it changed since the last time.
install_lock() {
    local lock=requirements/$1.txt stamp=.venv/installed-$1 now
    now=$(checksum "$lock")
    stamped "$stamp" "$now" && return
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    say "Installing the packages of $lock"
    .venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r "$lock" ||
        fail "pip could not install $lock; its lines above say why"
    echo "$now" >"$stamp"
}

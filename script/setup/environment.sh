# shellcheck shell=bash
# Read by script/server and script/test: words on the screen, and a surrounding to rely on.

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf 'Cannot go on: %s\n' "$*" >&2
    exit 1
}

# Somebody else's Python path or pip settings must not reach into our environment.
unset PYTHONHOME PYTHONPATH PIP_REQUIRE_VIRTUALENV PIP_TARGET PIP_PREFIX
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
export PYTHONUNBUFFERED=1

# pip and npm keep caches at home; a service account often has none that it may write to.
if [ ! -w "${HOME:-/nonexistent}" ]; then
    mkdir -p var/home
    export HOME=$PWD/var/home
fi

# stamped FILE VALUE: whether FILE says that the work for VALUE is done.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

checksum() { sha256sum "$@" | sha256sum | cut -d ' ' -f 1; }

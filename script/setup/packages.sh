# shellcheck shell=bash
# Debian packages: installed when we are root, else named in one line that says what to run.

# need PACKAGE CHECK...: remember PACKAGE unless the command CHECK... succeeds.
wanted_packages=()
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || wanted_packages+=("$package")
}

install_wanted_packages() {
    [ ${#wanted_packages[@]} -gt 0 ] || return 0
    install_packages "${wanted_packages[@]}"
    wanted_packages=()
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install_packages() {
    may_install || fail "packages are missing. Run: sudo apt-get install -y $*"
    say "Installing $* with apt-get"
    # A third party's repository that is down need not stop us: the install itself decides.
    apt_get update || say "apt-get update had errors; trying with the lists at hand"
    apt_get install -y --no-install-recommends "$@" ||
        fail "apt-get could not install them. Run it by hand: apt-get install $*"
}

# Its output is kept, and shown only when it matters.
apt_get() {
    local log
    log=$(mktemp)
    if DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" \
        </dev/null >"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

has_library() { .venv/bin/python -c "import ctypes; ctypes.CDLL('$1')"; }

need_sandbox_packages() {
    need bubblewrap command -v bwrap
    need libseccomp2 has_library libseccomp.so.2
}

# What lays out the text of PDF files.
need_page_packages() {
    need libpango-1.0-0 has_library libpango-1.0.so.0
    need libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
    need libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
}

debian_postgresql() { command -v postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres'; }

need_translation_packages() { need gettext command -v msgfmt; }

need_test_packages() {
    need_translation_packages
    need postgresql debian_postgresql
    need redis-server command -v redis-server
    need chromium-headless-shell command -v chromium-headless-shell
    # Without any font a browser draws empty boxes, and measures them.
    need fonts-dejavu-core compgen -G '/usr/share/fonts/truetype/*'
}

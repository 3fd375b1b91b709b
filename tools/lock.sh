#!/bin/sh
# Pin everything with hashes for every supported Python; no index address goes into the files.
set -eu
command -v uv >/dev/null 2>&1 || { echo "uv is missing; install it with: pip install uv" >&2; exit 1; }
lock() {
  out=$1; shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header pyproject.toml "$@" -o "$out"
}
lock requirements/demo.txt --extra demo --group build
lock requirements/dev.txt --extra demo --extra cluster --extra fuzz --group build --group test --group lint
# The peers of bench/load live in an environment of their own.
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header requirements/bench.in -o requirements/bench.txt
# So does the Python linter of bench/lint.
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header requirements/bench-lint.in -o requirements/bench-lint.txt

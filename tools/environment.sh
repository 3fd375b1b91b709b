#!/bin/sh
# Create the environment and install golive into it: pinned, hashed, editable.
# usage: environment.sh PYTHON VENV REQUIREMENTS
set -eu
python=$1 venv=$2 requirements=$3

"$python" - <<'CHECK' || { echo "golive needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
import sys
raise SystemExit(sys.version_info < (3, 11))
CHECK
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "python's venv module is missing; on Debian: apt-get install python3-venv" >&2
  exit 1
}
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
# hatchling and editables come from the pinned file, so nothing unpinned is fetched here.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

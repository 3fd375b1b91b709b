#!/bin/sh
# Real components for the demo and the tests. Installs what is missing when it may (root and
# apt-get); otherwise the demo goes on with less and says so, and the tests stop here.
# usage: debian.sh demo|test
set -eu
purpose=$1
PATH=$PATH:/usr/sbin:/sbin

missing=""
want() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
want nginx nginx
want prometheus prometheus
want promtool prometheus
want prometheus-alertmanager prometheus-alertmanager
if [ "$purpose" = test ]; then
  want amtool prometheus-alertmanager
  want chromium chromium
  want ip iproute2
  [ -d /usr/share/fonts/opentype/noto ] || missing="$missing fonts-noto-cjk"
fi
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "${missing# }" ] || exit 0

line="apt-get install --no-install-recommends $missing"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ "${GOLIVE_NO_APT:-}" = "" ]; then
  echo "installing: $missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  # policy-rc.d: the packages' services must not start on the machine's own ports.
  guard=/usr/sbin/policy-rc.d
  [ -e "$guard" ] || { printf '#!/bin/sh\nexit 101\n' >"$guard"; chmod +x "$guard"; trap 'rm -f "$guard"' EXIT; }
  if apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $missing >/dev/null; then
    exit 0
  fi
  echo "the installation failed" >&2
fi
echo "missing real components; install them with: $line" >&2
[ "$purpose" = demo ]

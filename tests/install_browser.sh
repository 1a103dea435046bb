#!/usr/bin/env bash
# A browser, software rendering and a CJK font for the browser tests: Debian's where we are root, Playwright's elsewhere.
set -euo pipefail
python="$1"

has_font() { command -v fc-list >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; }

if command -v chromium >/dev/null && has_font && ldconfig -p | grep -q libEGL.so.1; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  if ! apt-get install -y -qq chromium fonts-noto-cjk fontconfig libgl1-mesa-dri libegl1 libegl-mesa0 >/dev/null; then
    echo "no Debian chromium here (Ubuntu ships it as a snap); taking Playwright's own" >&2
    apt-get install -y -qq fonts-noto-cjk fontconfig libgl1-mesa-dri libegl1 libegl-mesa0 >/dev/null
    "$python" -m playwright install --with-deps chromium
  fi
else
  "$python" -m playwright install chromium
  has_font || echo "no CJK font found; ask an administrator for fonts-noto-cjk, or Chinese labels show as boxes" >&2
fi

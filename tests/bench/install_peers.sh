#!/usr/bin/env bash
# What the benchmarks of light compare with: Radiance (pyradiance), GRASS (Debian's) and UMEP's SEBE (its repository).
# Each is optional: a benchmark leaves out the peers that are not there. Usage: install_peers.sh .venv/bin/python
set -euo pipefail
python="$1"
umep_commit=df036d8c061c7ae0d4f3c3b6845184786bd6b1f0
umep_repository="${UMEP_REPOSITORY:-https://github.com/UMEP-dev/UMEP-processing}"

"$python" -m pip install --quiet --disable-pip-version-check pyradiance==1.3.1 ||
  echo "no wheel of pyradiance for this platform; Radiance is left out" >&2

if ! command -v grass >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq grass-core >/dev/null
  else
    echo "no GRASS found; ask an administrator for grass-core, or r.horizon and r.sun are left out" >&2
  fi
fi

# The package umep on the Python index has SOLWEIG, not SEBE; only the plugin's repository has it.
umep="$("$python" -c 'import sys; print(sys.prefix)')/share/umep"
if [ ! -d "$umep/functions/SEBEfiles" ]; then
  rm -rf "$umep"
  if ! { git clone --quiet --filter=blob:none --no-checkout "$umep_repository" "$umep" &&
         git -C "$umep" sparse-checkout set functions/SEBEfiles util/SEBESOLWEIGCommonFiles &&
         git -C "$umep" checkout --quiet "$umep_commit"; }; then
    rm -rf "$umep"
    echo "UMEP's repository cannot be reached; SEBE is left out" >&2
  fi
fi

#!/usr/bin/env bash
# Builds the wheel, installs it into an empty environment outside the checkout, analyses one page.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); python=${1:-python3}
base=$(mktemp -d); trap 'rm -rf "$base"' EXIT
"$root/.venv/bin/python" -m build --wheel --outdir "$base/dist" "$root" >"$base/build.log" 2>&1 \
  || { cat "$base/build.log"; exit 1; }
"$python" -m venv "$base/venv"
"$base/venv/bin/pip" install --quiet -c "$root/constraints.txt" "$base"/dist/*.whl
cp "$root/corpus/pages/blog_outline.txt" "$base/page.txt"
cd "$base"
XDG_CONFIG_HOME=$base "$base/venv/bin/community" analyze page.txt --out tables
test -s tables/report.html
ls -la dist/*.whl | awk '{print "wheel:", $5, "bytes"}'
du -sm "$base/venv" | awk '{print "environment:", $1, "MB"}'

#!/usr/bin/env bash
# Summarise every article of a folder: scripts/batch.sh DIR OUT [--set a.b=v]…
# Again = resume. Exit status as precis run: 0 done, 1 some quarantined, 2 unusable input.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: scripts/batch.sh DIR OUT [--set a.b=v]..." >&2
  exit 2
fi
dir=$1 out=$2
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)
precis=$here/.venv/bin/precis
[ -x "$precis" ] || precis=precis
exec "$precis" run "$here/configs/run/folder.yaml" --input "$dir" --out "$out" "$@"

#!/usr/bin/env bash
# Score saved text without a model: scripts/score.sh RUN_DIR, or scripts/score.sh OUTPUTS REFERENCES [options].
set -euo pipefail
if [ $# -lt 1 ]; then
  echo "usage: scripts/score.sh RUN_DIR | OUTPUTS REFERENCES [--kind K] [--json]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")/.." && pwd)
precis=$here/.venv/bin/precis
[ -x "$precis" ] || precis=precis
if [ $# -ge 2 ] && [ "${2#-}" = "$2" ]; then
  outputs=$1 references=$2
  shift 2
  exec "$precis" score --outputs "$outputs" --references "$references" "$@"
fi
exec "$precis" score "$@"

#!/usr/bin/env bash
# Run several configs over the same articles, then compare each with the first:
#   scripts/experiment.sh OUT CONFIG CONFIG… [-- --set a.b=v …]
# The runs lie in OUT/<config name>; what follows -- goes to every run. Again = resume.
set -euo pipefail
if [ $# -lt 3 ]; then
  echo "usage: scripts/experiment.sh OUT CONFIG CONFIG... [-- OPTIONS OF precis run]" >&2
  exit 2
fi
out=$1
shift
configs=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  configs+=("$1")
  shift
done
[ $# -eq 0 ] || shift
here=$(cd "$(dirname "$0")/.." && pwd)
precis=$here/.venv/bin/precis
[ -x "$precis" ] || precis=precis
status=0
for config in "${configs[@]}"; do
  "$precis" run "$config" --out "$out/$(basename "${config%.*}")" --quiet "$@" || { code=$?; [ $code -eq 1 ] && status=1 || exit $code; }
done
first=$out/$(basename "${configs[0]%.*}")
for config in "${configs[@]:1}"; do
  "$precis" compare "$first" "$out/$(basename "${config%.*}")"
done
exit $status

#!/usr/bin/env bash
# Run several configs over the same articles, then compare all of them with the first:
#   scripts/experiment.sh OUT CONFIG CONFIG… [-- --set a.b=v …]
# The runs lie in OUT/<config name>; what follows -- goes to every run. Again = resume. With three configs or more the
# marks of the comparison go by p-values that are corrected for the number of systems (Holm); `precis sweep` does the
# same for settings of one config.
set -euo pipefail
usage() {
  echo "usage: scripts/experiment.sh OUT CONFIG CONFIG... [-- OPTIONS OF precis run]" >&2
  exit 2
}
[ $# -gt 0 ] || usage
out=$1
shift
configs=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  configs+=("$1")
  shift
done
[ ${#configs[@]} -ge 2 ] || usage
[ $# -eq 0 ] || shift
here=$(cd "$(dirname "$0")/.." && pwd)
precis=$here/.venv/bin/precis
[ -x "$precis" ] || precis=precis
status=0
runs=()
for config in "${configs[@]}"; do
  runs+=("$out/$(basename "${config%.*}")")
  "$precis" run "$config" --out "${runs[-1]}" --quiet "$@" || { code=$?; [ $code -eq 1 ] && status=1 || exit $code; }
done
"$precis" compare "${runs[@]}" --examples 0
exit $status

"""Write requirements.lock from what is installed in the running environment.

    .venv/bin/python scripts/lock.py          # after: pip install -e '.[test]'

Walks the requirements of precis (core and the extra `test`) and pins every distribution at its installed public
version; `make install` and `make test-install` use the file as pip's constraints, so that each takes what it needs of
it. What a CUDA build of torch brings along is left to the installer.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HEAD = "# Written by scripts/lock.py from an environment the test suite passed in; do not edit.\n"
SKIP = ("nvidia-", "triton", "cuda-")


def closure(requirements: list[str]) -> dict[str, str]:
    """Canonical name → public version of everything the requirements need here, extras and markers honoured."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    queue = [Requirement(text) for text in requirements]
    while queue:
        wanted = queue.pop()
        key = f"{canonicalize_name(wanted.name)}[{','.join(sorted(wanted.extras))}]"
        if key in seen or canonicalize_name(wanted.name).startswith(SKIP):
            continue
        seen.add(key)
        try:
            installed = distribution(wanted.name)
        except PackageNotFoundError:
            raise SystemExit(f"{wanted} is not installed: pip install -e '.[test]'") from None
        found[canonicalize_name(wanted.name)] = installed.version.split("+")[0]
        for text in installed.requires or ():
            inner = Requirement(text)
            extras = wanted.extras or {""}
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                queue.append(inner)
    return found


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = closure([*project["dependencies"], *project["optional-dependencies"]["test"]])
    lines = [f"{package}=={version}\n" for package, version in sorted(pins.items())]
    (ROOT / "requirements.lock").write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"requirements.lock: {len(lines)} packages")


if __name__ == "__main__":
    main()

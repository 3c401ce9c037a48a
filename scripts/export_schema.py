"""Write configs/schema.json (for editors) and docs/config.md (for readers) from the settings models.

With --check nothing is written; the exit status is 1 if one of the files is not current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.config import json_schema
from pipeline.settings import section, walk
from pipeline.settings_engine import KindEngine

ROOT = Path(__file__).resolve().parent.parent
BOUNDS = (("ge", "≥ {}"), ("gt", "> {}"), ("le", "≤ {}"), ("max_length", "at most {} characters"))
PAGE = """# Settings

Written by `python scripts/export_schema.py` from the settings models (`pipeline/settings*.py`); do not edit it by hand.

A config is a YAML file with any of these keys, nested at the dots; whatever it leaves out has the default.
`precis run CONFIG --set engine.beams=8 --set outputs.headlines.case=title` overrides single keys: the value
is read as YAML (a number, true, false, null, text, a list), the last one wins. An unknown key, a wrong type
or a value out of bounds is a fault; all faults are reported at once.

- `headlines.case` is short for `outputs.headlines.case`, in a file and after `--set`.
- `outputs.<kind>.engine` gives one output kind an engine of its own. It takes the keys of `engine`, needs
  `name`, and inherits nothing from `engine`.
- Booleans are `true` and `false`; `yes`, `no`, `on` and `off` are text.
- Paths are relative to the working directory.
- Settings marked "not in the digest" may change between a run and its resume. Any other change needs
  `--fresh` or another `run.out`.

For completion and checks in an editor, open a config with this line, the path being relative to the file:
`# yaml-language-server: $schema=../schema.json`

| key | type | default | meaning |
|---|---|---|---|
"""


def render_schema() -> str:
    """The JSON Schema file's text."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def render_page() -> str:
    """The Markdown page's text: one table row per setting."""
    engines = [f"{path}." for path, field in walk() if section(field) is KindEngine]
    rows = []
    for path, field in walk():
        inner = section(field)
        inherited = any(path.startswith(engine) for engine in engines)
        if not inherited and inner in (None, KindEngine):
            cells = (f"`{path}`", type_name(field), f"`{default(field)}`", field.description or "")
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return PAGE + "".join(rows)


def type_name(field: FieldInfo) -> str:
    """The type of a setting in words, with its bounds."""
    bounds = [
        text.format(getattr(limit, key))
        for key, text in BOUNDS
        for limit in field.metadata
        if getattr(limit, key, None) is not None
    ]
    return ", ".join([_type(field.annotation), *bounds])


def default(field: FieldInfo) -> str:
    """The default of a setting as it would stand in a config."""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "must be given"
    value = list(value) if isinstance(value, tuple) else value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _type(annotation: Any) -> str:
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}
    if annotation in names:
        return names[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{option}`" for option in inner)
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if origin is Mapping:
        return f"mapping of {_type(inner[0])} to {_type(inner[1])}"
    if inner:
        return " or ".join(_type(one) for one in inner)
    return "as `engine`"


def main(arguments: list[str]) -> int:
    """Write both files, or with --check compare them; returns the exit status."""
    texts = {ROOT / "configs" / "schema.json": render_schema(), ROOT / "docs" / "config.md": render_page()}
    status = 0
    for path, text in texts.items():
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(
                f"{path.relative_to(ROOT)} is not current: run python scripts/export_schema.py\n"
            )
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

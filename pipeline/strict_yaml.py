"""YAML as settings need it: duplicate keys are faults, and only true/false are booleans.

PyYAML reads YAML 1.1, where `off`, `no` and `1:30` are not text and `1e-3` is not a number; scalars here
follow YAML 1.2 (JSON's numbers, true/false, null), so that `verbatim: off` means the word.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from pipeline.errors import first_line

_TAG = "tag:yaml.org,2002:"
_NUMBER_START = list("-+.0123456789")
_RARE_LINE_ENDS = frozenset("\r\x85\u2028\u2029")
_FLOAT = r"[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)"
_RESOLVERS: tuple[tuple[str, str, list[str]], ...] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", _NUMBER_START),
    ("float", _FLOAT, _NUMBER_START),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
)


class _Loader(yaml.SafeLoader):
    """Collects faults instead of stopping at the first."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.faults: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; keys given twice and keys that are not text become faults."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            line = key_node.start_mark.line + 1
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                self.faults.append(f"line {line}: the key {key!r} should be text (quote it)")
            elif key in seen:
                self.faults.append(f"line {line}: the key {key!r} is given twice")
            else:
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or 1.2 would read as something other than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Double quotes where YAML's line folding would turn a rare line end into another one."""
    return dumper.represent_scalar(_TAG + "str", text, style='"' if _RARE_LINE_ENDS & set(text) else None)


_Dumper.add_representer(str, _text)

_Loader.yaml_implicit_resolvers = {}  # none of YAML 1.1's
for _name, _pattern, _first in _RESOLVERS:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})\\Z"), _first)


def parse(text: str) -> tuple[Any, list[str]]:
    """The one document of `text`, and its faults; a syntax error is a fault with its line."""
    try:
        loader = _Loader(text)
        return loader.get_single_data(), loader.faults
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        return None, [f"{where}not valid YAML: {error.problem or error.context}"]
    except yaml.YAMLError as error:
        return None, [f"not valid YAML: {first_line(error)}"]


def dump(value: Any) -> str:
    """`value` as block YAML in its own key order; `parse` gives it back unchanged."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text

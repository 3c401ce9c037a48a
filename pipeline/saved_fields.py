"""The fields of one saved record, checked: every fault is an InputError that names file, record and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import InputError
from pipeline.files import JsonObject
from pipeline.records import Prose, Span


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON record; an absent or null field reads as None, or as no alternatives."""

    record: JsonObject
    where: str

    def need_one_of(self, names: Sequence[str]) -> None:
        """InputError if the record has none of these fields."""
        if not any(self.record.get(name) is not None for name in names):
            raise InputError(f"it has none of the fields {', '.join(names)}", where=self.where)

    def text(self, name: str) -> str:
        """A field that must be text."""
        return self._string(name, self.record.get(name))

    def optional(self, name: str) -> str | None:
        """Text or None."""
        value = self.record.get(name)
        return None if value is None else self._string(name, value)

    def prose(self, name: str) -> Prose | None:
        """A string, or an object with `text` and, if known, `sentences` as [start, end] pairs."""
        value = self.record.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            return Prose(self._string(name, value), (), ())
        text = self._string(name, value.get("text"))
        spans = value.get("sentences") or []
        if not isinstance(spans, list):
            raise self._fault(name, f"has {spans!r:.40} where a list of spans is expected")
        return Prose(text, tuple(self._span(name, text, pair) for pair in spans), ())

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of strings or of objects with `text`; a single string is a list of one."""
        value = self.record.get(name)
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        return tuple(
            self._string(name, item.get("text") if isinstance(item, dict) else item) for item in items
        )

    def alternatives(self, name: str) -> tuple[str, ...]:
        """Alternative references: strings, or one string."""
        return self.texts(name) or ()

    def lists(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Alternative lists of strings; a flat list of strings is one alternative."""
        value = self.record.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            return ((self._string(name, value),),)
        nested = [isinstance(item, list) for item in value]
        if any(nested) and not all(nested):
            raise self._fault(name, "mixes lists and single items")
        lists = value if any(nested) else [value] if value else []
        return tuple(
            tuple(self._string(name, item.get("text") if isinstance(item, dict) else item) for item in items)
            for items in lists
        )

    def _span(self, name: str, text: str, pair: Any) -> Span:
        match pair:
            case [int() as start, int() as end] if 0 <= start <= end <= len(text):
                return (start, end)
        raise self._fault(name, f"has the span {pair!r} outside its {len(text)} characters")

    def _string(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._fault(name, f"holds {value!r:.40} where text is expected")
        return value

    def _fault(self, name: str, what: str) -> InputError:
        return InputError(f"the field {name!r} {what}", where=self.where)

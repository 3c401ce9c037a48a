"""Where the batches of a run are worked on: a function over items, results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def local(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """One after the other, in this process."""
    return map(function, items)


EXECUTORS = {"local": local}

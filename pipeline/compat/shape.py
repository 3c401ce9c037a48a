"""The shapes transformers 4 answered in: a list for a text, a list for a list, an iterator for anything iterable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.errors import InputError

Record = dict[str, Any]
Answers = list[Record] | list[list[Record]] | Iterator[list[Record]]
Write = Callable[[int, list[str]], list[list[Record]]]


def answers(texts: object, size: int, write: Write) -> Answers:
    """`write(number of the first text, at most `size` texts)` over the texts, its records in the old shapes.

    A text: the list of its records. A list: one record per text, or, where a text has several, one list per text.
    Another iterable (generator, data set of texts): an iterator over one list per text, which reads ahead by at
    most `size` texts. InputError for anything else and for items that are no texts.
    """
    if isinstance(texts, str):
        return write(1, [texts])[0]
    if isinstance(texts, (bytes, Mapping)) or not _iterable(texts):
        raise InputError(f"a {type(texts).__name__} is no text", fix="give a text, a list of texts or an iterable")
    stream = (records for start, batch in _batches(texts, size) for records in write(start, batch))
    if not isinstance(texts, Sequence):
        return stream
    found = list(stream)
    if all(len(records) == 1 for records in found):
        return [records[0] for records in found]
    return found


def _iterable(texts: object) -> bool:
    return isinstance(texts, Iterable) or (hasattr(texts, "__getitem__") and hasattr(texts, "__len__"))


def _items(texts: Any) -> Iterator[object]:
    """The items; of a data set that only knows its length and its items by number, these."""
    if isinstance(texts, Iterable):
        yield from texts
    else:
        for number in range(len(texts)):
            yield texts[number]


def _batches(texts: object, size: int) -> Iterator[tuple[int, list[str]]]:
    batch: list[str] = []
    number = 0
    for number, text in enumerate(_items(texts), start=1):
        if not isinstance(text, str):
            raise InputError(
                f"it is a {type(text).__name__}, not a text",
                where=f"item {number}",
                fix="of a data set give the column, e.g. dataset['text']",
            )
        batch.append(text)
        if len(batch) == size:
            yield number - size + 1, batch
            batch = []
    if batch:
        yield number - len(batch) + 1, batch

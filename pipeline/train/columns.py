"""A user's examples: records of a JSONL file or a Hugging Face dataset → source and target texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError, first_line
from pipeline.files import read_jsonl
from pipeline.train.folder import sha256
from pipeline.train.settings import Examples

TARGETS = ("summary", "headline", "bullets")
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """One source and its target: one text, or several points."""

    source: str
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """All examples. `target` is the column that was read; `skipped` counts records without source or target."""

    train: tuple[Example, ...]
    val: tuple[Example, ...]
    target: str
    skipped: int


def read_examples(data: Examples, base: Path | None, limit: int | None, seed: int) -> Read:
    """Train and validation examples; a part is held out if no validation is named. InputError for what is unusable.

    `data.most` caps the records of train alone, so that trainings on more and fewer are validated alike; `limit` caps
    both.
    """
    most = min((n for n in (data.most, limit) if n is not None), default=None)
    parts: list[list[Example]] = []
    target, skipped = data.target, 0
    for name, cap in ((data.train, most), (data.validation, limit)):
        if name is None:
            continue
        where = f"{data.dataset}[{name}]" if data.dataset else str(file_of(name, base))
        rows = _dataset(data, name) if data.dataset else read_jsonl(_there(file_of(name, base)))
        records = list(islice(rows, cap))
        if not records:
            raise InputError("no records", where=where)
        target = target or _target(records, where)
        found = [_example(record, data.source, target) for record in _with_columns(records, data.source, target, where)]
        kept = [example for example in found if example is not None]
        if not kept:
            raise InputError(f"no record has both {data.source!r} and {target!r} filled in", where=where)
        skipped += len(found) - len(kept)
        parts.append(kept)
    if len(parts) == 1:
        parts = _held_out(parts[0], data.held_out, seed)
    return Read(tuple(parts[0]), tuple(parts[1]), str(target), skipped)


def file_of(name: str, base: Path | None) -> Path:
    """The file `name` below `base`; where `base` is a file, it is the training file and others lie beside it."""
    if base is None or base.is_dir():
        return (base or Path()) / name
    return base if name == "train.jsonl" else base.parent / name


def sums(data: Examples, base: Path | None) -> dict[str, str]:
    """sha256 of every file that is read; a dataset is known by its name."""
    names = [name for name in (data.train, data.validation) if name]
    if data.dataset:
        return {f"{data.dataset}[{name}]": str(data.config) for name in names}
    return {name: sha256(_there(file_of(name, base))) for name in names}


def _there(path: Path) -> Path:
    if not path.is_file():
        raise InputError(
            "no such file", where=str(path), fix="give --data FILE, or --data DIR with data.train and data.validation"
        )
    return path


def _dataset(data: Examples, split: str) -> Iterator[Record]:
    import datasets

    path = Path(str(data.dataset))
    try:
        if (path / "dataset_dict.json").is_file():
            whole = datasets.load_from_disk(str(path))[split]
        elif (path / "state.json").is_file():
            whole = datasets.load_from_disk(str(path))
        else:
            whole = datasets.load_dataset(str(data.dataset), data.config, split=split)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        what = f"the dataset cannot be read: {first_line(error)}"
        raise InputError(what, where=f"data.dataset: {data.dataset}") from error
    yield from whole


def _target(records: Sequence[Record], where: str) -> str:
    columns = dict.fromkeys(key for record in records for key in record)
    found = next((name for name in TARGETS if name in columns), None)
    if found is None:
        raise InputError(
            f"no column {' or '.join(TARGETS)}; there are {', '.join(columns)}", where=where, fix="name it: data.target"
        )
    return found


def _with_columns(records: Sequence[Record], source: str, target: str, where: str) -> Sequence[Record]:
    columns = dict.fromkeys(key for record in records for key in record)
    for key, name in (("data.source", source), ("data.target", target)):
        if name not in columns:
            raise InputError(f"no column {name!r}; there are {', '.join(columns)}", where=where, fix=f"set {key}")
    return records


def _example(record: Record, source: str, target: str) -> Example | None:
    text, told = record.get(source), record.get(target)
    points = [told] if isinstance(told, str) else told
    if not isinstance(text, str) or not isinstance(points, list | tuple):
        return None
    kept = tuple(point.strip() for point in points if isinstance(point, str) and point.strip())
    return Example(text.strip(), kept) if text.strip() and kept else None


def _held_out(examples: Sequence[Example], share: float, seed: int) -> list[list[Example]]:
    if len(examples) < 2:
        raise InputError("one example cannot be both trained on and validated", fix="give more, or data.validation")
    count = min(len(examples) - 1, max(1, round(share * len(examples))))
    order = np.random.default_rng(seed).permutation(len(examples))
    held = set(order[:count].tolist())
    return [
        [e for i, e in enumerate(examples) if i not in held],
        [e for i, e in enumerate(examples) if i in held],
    ]

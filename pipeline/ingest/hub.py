"""Hugging Face data sets as input: by their name on the Hub, and folders that `save_to_disk` wrote."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.arrow_files import chosen
from pipeline.ingest.columns import Columns
from pipeline.ingest.raw import Outcome
from pipeline.ingest.tables import Record, read_records

SCHEME = "hf://"
_NAME = re.compile(r"hf://(?:datasets/)?([\w.-]+/[\w.-]+)/?")
_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError)


@dataclass(frozen=True, slots=True)
class DatasetPart:
    """What of a data set is read: a split, and on the Hub a configuration and a revision.

    Streamed, it is read from the Hub as far as it is needed, without being downloaded.
    """

    split: str | None = None
    config_name: str | None = None
    revision: str | None = None
    streaming: bool = True


def is_dataset(path: str) -> bool:
    """Whether `path` is `hf://OWNER/NAME` or a folder of `save_to_disk`."""
    return path.startswith(SCHEME) or _saved(Path(path)) is not None


def read_dataset(path: str, part: DatasetPart, columns: Columns) -> Iterator[Outcome]:
    """One outcome for each row of one split, counted from 1; a row without an id is `<name>/<split>-<row>`.

    Rows come as they are asked for, from the Hub or, where it cannot be reached, from the cache of `datasets`.
    InputError for a name, split or column that is not there, and for a data set that cannot be read.
    """
    found = _load(path, part)
    name = path.rstrip("/").rpartition("/")[2] if path.startswith(SCHEME) else Path(path).resolve().name
    split, rows = _split(path, found, part.split)
    return read_records(path, f"{name}/{split}" if split else name, _records(path, rows, columns), columns)


def _saved(folder: Path) -> str | None:
    """What `save_to_disk` wrote there: "dict" of several splits, "one", or None."""
    if (folder / "dataset_dict.json").is_file():
        return "dict"
    return "one" if (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file() else None


def _load(path: str, part: DatasetPart) -> Any:
    from datasets import disable_progress_bars, load_from_disk

    if not sys.stderr.isatty():
        disable_progress_bars()
    try:
        return _from_hub(path, part) if path.startswith(SCHEME) else load_from_disk(path)
    except ConnectionError as error:
        raise InputError(
            f"the Hub cannot be reached and the data set is not in the cache: {_gist(error)}",
            where=path,
            fix="download it once with a network and input.streaming: false, or give a local copy as input.path",
        ) from error
    except (*_UNREADABLE, _http_error()) as error:
        fix = "set input.config_name" if part.config_name is None and "onfig" in str(error) else None
        raise InputError(f"the data set cannot be read: {_gist(error)}", where=path, fix=fix) from error


def _from_hub(path: str, part: DatasetPart) -> Any:
    """As `datasets.load_dataset`; but where that would take any cached revision for the one asked for, an error."""
    from datasets import load_dataset_builder
    from datasets.packaged_modules.cache.cache import Cache

    builder = load_dataset_builder(_repository(path), part.config_name, revision=part.revision)
    if isinstance(builder, Cache) and part.revision not in (None, builder.hash):
        held = f"the cache holds revision {builder.hash}, not {part.revision}"
        raise InputError(f"the Hub cannot be reached, and {held}", where=path)
    if part.streaming:
        return builder.as_streaming_dataset()
    builder.download_and_prepare()
    return builder.as_dataset()


def _repository(path: str) -> str:
    match = _NAME.fullmatch(path)
    if match is None:
        raise InputError("not the name of a data set", where=path, fix="write it as hf://OWNER/NAME")
    if Path(match[1]).exists():  # `datasets` would read the folder
        raise InputError(
            f"the working directory holds a folder {match[1]!r} of the same name",
            where=path,
            fix="give the folder itself as input.path, or run elsewhere",
        )
    return match[1]


def _split(path: str, found: Any, wanted: str | None) -> tuple[str | None, Any]:
    """`(split, rows)`; InputError where the split is not there, or not named though there are several."""
    if not isinstance(found, Mapping):
        own = str(found.split) if found.split is not None else None
        if wanted not in (None, own):
            raise InputError(f"has no split {wanted!r}", where=path, fix=f"it holds one data set ({own or 'unnamed'})")
        return own, found
    names = ", ".join(map(str, found))
    if wanted is None and len(found) > 1:
        raise InputError(f"has several splits: {names}", where=path, fix="choose one: input.split")
    split = wanted or next(iter(found))
    if split not in found:
        raise InputError(f"has no split {split!r}", where=path, fix=f"input.split can be {names}")
    return split, found[split]


def _records(path: str, dataset: Any, columns: Columns) -> Iterator[Record]:
    """Rows counted from 1 with the wanted columns; a data set whose columns are not known shows them in its rows."""
    names: dict[str, str] = {}
    row = 0
    try:
        if dataset.column_names is not None:
            names = chosen(path, list(dataset.column_names), columns)
            dataset = dataset.select_columns(list(names))
        for row, fields in enumerate(dataset, 1):
            names = names or chosen(path, list(fields), columns)
            yield row, {name: fields.get(column) for column, name in names.items()}
    except (*_UNREADABLE, _http_error()) as error:
        raise InputError(f"the data set cannot be read after row {row}: {_gist(error)}", where=path) from error


def _http_error() -> type[BaseException]:
    """The base of what the client of the Hub raises: httpx and httpx2, by its version, have one that is no OSError."""
    from huggingface_hub.errors import HfHubHTTPError

    base: type[BaseException] = HfHubHTTPError.__bases__[0]
    return base


def _gist(error: BaseException) -> str:
    """The gist of a message that may go on for pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(lines[:2])[:300] or type(error).__name__

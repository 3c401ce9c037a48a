"""Which files an input path stands for, and the id each gives its article."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import InputError
from pipeline.ingest.formats import kind_of, kinds, stem_of

_ARTICLE = "article"
_NEVER = "readme"


def discover(path: Path) -> list[tuple[Path, str]]:
    """`(file, id)` in the order of their paths; the id is the path below `path` without the extension.

    In a folder, at any depth: the files named `article.*` if there are any, else every file of a known kind
    except README files; hidden files and folders are passed over. A trailing `/article` of the id is dropped,
    so that `NAME/article.md` is `NAME`. InputError if the path does not exist, is of no known kind, or is a
    folder without articles.
    """
    if path.is_dir():
        files = [file for file in _files(path) if kind_of(file) and stem_of(file).lower() != _NEVER]
        named = [file for file in files if stem_of(file) == _ARTICLE]
        if not files:
            raise InputError("no articles in this folder", where=str(path), fix=f"it reads {kinds()}")
        return [(file, _id(file, path)) for file in named or files]
    if not path.exists():
        raise InputError("no such file or folder", where=str(path))
    if kind_of(path) is None:
        raise InputError("files of this kind are not read", where=str(path), fix=f"use one of {kinds()}")
    return [(path, _id(path, path.parent))]


def _files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found, key=lambda file: file.relative_to(root).parts)


def _id(file: Path, root: Path) -> str:
    parts = (*file.relative_to(root).parts[:-1], stem_of(file))
    if parts[-1] == _ARTICLE:
        parts = parts[:-1] or (root.resolve().name or _ARTICLE,)
    return "/".join(parts)

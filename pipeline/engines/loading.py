"""What libraries say of a checkpoint that they cannot load, as errors that say what to do. Imports no such library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from safetensors import SafetensorError

from pipeline.errors import EngineError, MissingExtra, first_line

FAULTS = (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError)
EXTRAS = (("sentencepiece", "sentencepiece"), ("protobuf", "google.protobuf"))  # package, and what it is imported as


@contextmanager
def loading(where: str, what: str = "the model", *, named: str = "a folder or hub model") -> Iterator[None]:
    """EngineError with the first line of what is said of `what` at `where`; MissingExtra for a package that is not
    installed. `named`: what to name in its place."""
    try:
        yield
    except Exception as error:
        # tokenizers raises plain Exception, and no class of its own, for a file that it cannot read.
        if not isinstance(error, FAULTS) and type(error) is not Exception:
            raise
        _blame_missing_extra(error)
        raise EngineError(
            f"{what} cannot be loaded: {first_line(error)}",
            where=where,
            fix=f"name {named}; offline, it must be on this disk",
        ) from error


def _blame_missing_extra(error: Exception) -> None:
    """MissingExtra if the tokenizer wants a package that is not installed."""
    for package, module in EXTRAS:
        if package in str(error).lower() and not _installed(module):
            raise MissingExtra(package, "sentencepiece") from error


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package around it
        return False

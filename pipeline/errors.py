"""Errors a user can act on: what went wrong, where, and what to do about it."""

from __future__ import annotations


class PrecisError(Exception):
    """Base of every error that precis reports without a traceback.

    `what` is one sentence; `where` names the file, line, key or record; `fix` says what to do.
    """

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.fix})" if self.fix else ""
        return f"{place}{self.what}{advice}"


class ConfigError(PrecisError):
    """The settings cannot be used; `faults` holds one message per fault."""

    def __init__(self, faults: list[str], *, where: str | None = None) -> None:
        super().__init__("\n".join(faults), where=where)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        return "\n".join(f"{head}{fault}" for fault in self.faults)


class InputError(PrecisError):
    """An input file, record or folder cannot be used."""


class EngineError(PrecisError):
    """A model could not be loaded or could not generate."""


class EngineRefusal(EngineError):
    """An engine that will not work for any article (a wrong key, name or address): the run stops and can be resumed."""


class MissingExtra(PrecisError):
    """An optional dependency is needed: names the extra that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            fix=f"pip install 'precis[{extra}]'",
        )
        self.extra = extra


def first_line(error: BaseException) -> str:
    """The first line of what an error of another library says; the name of its type if it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

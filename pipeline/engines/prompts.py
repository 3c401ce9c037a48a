"""Prompts as Jinja files: those of `pipeline/prompts/`, or a folder's own in their place, file by file.

A prompt may use `contract` (records.Contract), `material` (the fenced text with its marker lines), `opening` and
`closing` (these lines), `context` (fenced, or empty) and, in repair.jinja, `fault` and `form`; an unknown name is a
fault, and so is a prompt that leaves the material out. All are rendered once when they are loaded.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.engines.fence import Fenced, fence
from pipeline.errors import EngineError
from pipeline.records import KINDS, Contract

WRITING = (*KINDS, "notes")
FILES = tuple(f"{name}.jinja" for name in ("system", *WRITING, "repair", "material"))
SAMPLES = (
    Contract(None, "part", 3, 9),
    *(Contract(kind, "article", 3, 9, 2, 3, 90 if kind == "headlines" else None) for kind in KINDS),
)
SETTING = "engine.prompts"
# Faults of Jinja, of an expression in a prompt, and of a file that is not UTF-8 or includes itself.
FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)
BEFORE = "CONTEXT"  # label of what stands before a part of an article


@dataclass(frozen=True, slots=True)
class Prompts:
    """Loaded prompts, from the first of `places` that has each; `digest` (hex sha256) stands for the text of all."""

    environment: ImmutableSandboxedEnvironment
    places: tuple[Path, ...]
    digest: str

    @property
    def system(self) -> str:
        """What the model is told before anything else."""
        return self._render("system.jinja", {})

    def task(self, contract: Contract, source: Fenced, context: Fenced | None = None) -> str:
        """The prompt that asks for what `contract` says of the fenced source; EngineError naming file and line."""
        name = f"{contract.kind or 'notes'}.jinja"
        values = {
            "contract": contract,
            "material": source.block,
            "opening": source.opening,
            "closing": source.closing,
            "context": "" if context is None else context.block,
        }
        text = self._render(name, values)
        if text.count(source.block) != 1:
            raise EngineError(
                "the prompt must hold the article once: {{ material }}, or {% include 'material.jinja' %}",
                where=self._path(name),
            )
        return text

    def repair(self, fault: str, form: str) -> str:
        """What the model is told about an answer that cannot be used."""
        return self._render("repair.jinja", {"fault": fault, "form": form})

    def _render(self, name: str, values: Mapping[str, object]) -> str:
        try:
            return self.environment.get_template(name).render(values).strip()
        except TemplateSyntaxError as error:
            where = f"{error.filename or error.name or name}:{error.lineno}"
            raise EngineError(f"the prompt is no valid Jinja: {error.message}", where=where, fix=SETTING) from error
        except FAULTS as error:
            where = _place(error) or self._path(name)
            raise EngineError(f"the prompt cannot be filled in: {error}", where=where, fix=SETTING) from error

    def _path(self, name: str) -> str:
        return next(str(place / name) for place in self.places if (place / name).is_file())


def load_prompts(folder: str | None = None) -> Prompts:
    """The package's prompts, those in `folder` in their place; EngineError says which file and line is at fault."""
    own = Path(str(files("pipeline").joinpath("prompts")))
    places = (own,) if folder is None else (_checked(Path(folder)), own)
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(place) for place in places]),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    prompts = Prompts(environment, places, _digest(places))
    _ = prompts.system, prompts.repair("a fault", "{}")
    for contract in SAMPLES:
        prompts.task(contract, fence("A sentence."), fence("One before it.", label=BEFORE))
    return prompts


def _checked(folder: Path) -> Path:
    """The folder, if all its prompts are ones that are read; a file that others include opens with `_`."""
    if not folder.is_dir():
        raise EngineError("there is no such folder", where=f"{SETTING}: {folder}")
    names = sorted(path.name for path in folder.glob("*.jinja"))
    if not any(name in FILES for name in names):
        raise EngineError(f"holds no prompt; known: {', '.join(FILES)}", where=f"{SETTING}: {folder}")
    strange = [name for name in names if name not in FILES and not name.startswith("_")]
    if strange:
        known = f"known: {', '.join(FILES)}; files that these include begin with _"
        raise EngineError(f"no prompt is called {', '.join(strange)}", where=f"{SETTING}: {folder}", fix=known)
    return folder


def _digest(places: Sequence[Path]) -> str:
    """sha256 over the prompts in use, each from the first place that has it, and over what they may include."""
    found = {path.name: path for place in reversed(places) for path in sorted(place.glob("*.jinja"))}
    total = hashlib.sha256()
    for name in sorted(found):
        total.update(f"{name}\n".encode() + found[name].read_bytes())
    return total.hexdigest()


def _place(error: Exception) -> str | None:
    """File and line of the innermost template frame; Jinja puts them into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".jinja")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None

"""What engines, input formats and metrics need: literal tables, a row each."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from pipeline.ingest.formats import DOCUMENTS, TABLES
from pipeline.manifest import versions

INTEL_MAC = (sys.platform, platform.machine()) == ("darwin", "x86_64")  # there are no wheels of ctranslate2 for them
ModelFrom = Literal["package", "named", "server", "none"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Modules to import, the extra that installs them (None: they come with precis), and where the model is from."""

    modules: tuple[str, ...] = ()
    extra: str | None = None
    model: ModelFrom = "none"


ENGINE_NEEDS: dict[str, Needs] = {
    "embedded": Needs(("numpy", "tokenizers", "safetensors"), None, "package"),
    "seq2seq": Needs(("torch", "transformers"), None, "named"),
    "chat": Needs(("torch", "transformers"), None, "named"),
    "endpoint": Needs(("openai",), "endpoint", "server"),
    "ctranslate2": Needs(("ctranslate2", "transformers"), "ctranslate2", "named"),
    "lead": Needs(),
    "textrank": Needs(("sumy",)),
    "fake": Needs(),
}
_READERS: dict[str, Needs] = {
    ".html": Needs(("trafilatura",)),
    ".htm": Needs(("trafilatura",)),
    ".parquet": Needs(("pyarrow",)),
    ".arrow": Needs(("pyarrow",)),
    ".pdf": Needs(("pypdf",), "documents"),
    ".docx": Needs(("docx",), "documents"),
}
FORMAT_NEEDS: dict[str, Needs] = {kind: _READERS.get(kind, Needs()) for kind in (*DOCUMENTS, *TABLES)}
METRIC_NEEDS: dict[str, Needs] = {
    "rouge": Needs(),
    "bertscore": Needs(("torch", "transformers"), None, "named"),
    "consistency": Needs(("torch", "transformers"), None, "named"),
    "embedding": Needs(("torch", "transformers"), None, "named"),
}
CORE: dict[str, str] = {
    "torch": "models",
    "transformers": "models and their tokenizers",
    **({} if INTEL_MAC else {"ctranslate2": "the embedded model in int8"}),
    "datasets": "data sets as input",
    "evaluate": "evaluate modules in score.evaluate",
    "sumy": "the textrank baseline",
    "trafilatura": "reading HTML",
    "spellchecker": "the guard's list of English words",
}
DISTRIBUTIONS = {"spellchecker": "pyspellchecker", "docx": "python-docx", "google.protobuf": "protobuf"}


def there(module: str) -> bool:
    """Whether a module can be imported; nothing is, but the packages above a submodule."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def version_of(module: str) -> str:
    """The version of the distribution that holds a module; empty if it is not known."""
    name = DISTRIBUTIONS.get(module, module)
    return versions((name,))[name] or ""


def lacking(needs: Needs) -> list[str]:
    """The modules that are not installed."""
    return [module for module in needs.modules if not there(module)]


def remedy(needs: Needs) -> str:
    """What is not installed and how to install it; empty if all is there."""
    absent = lacking(needs)
    if not absent:
        return ""
    names = " ".join(DISTRIBUTIONS.get(module, module) for module in absent)
    command = f"pip install 'precis[{needs.extra}]'" if needs.extra else f"pip install {names}"
    return f"{names} not installed: {command}"

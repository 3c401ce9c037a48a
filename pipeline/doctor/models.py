"""Models on this disk: in the Hugging Face cache or in a folder; what of them is missing, and what can load them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engines.families import CONVERTIBLE

MIB = 2**20
WEIGHTS = ("model.safetensors", "pytorch_model.bin", "model.bin")
INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
TOKENIZERS = (
    "tokenizer.json", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "source.spm", "vocab.txt",
    "vocab.json", "prophetnet.tokenizer", "tekken.json",
)  # fmt: skip
WITHOUT_FILES = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")  # their vocabulary is the bytes
NOT_TEXT = frozenset({"whisper", "speech_to_text", "speecht5", "vision-encoder-decoder", "speech-encoder-decoder",
                      "seamless_m4t", "pix2struct", "donut"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """A model on the disk. `lacks`: the files it cannot be loaded without; `use`: engines and metrics for it."""

    name: str
    path: Path
    revision: str | None
    refs: tuple[str, ...]
    mib: float
    lacks: tuple[str, ...]
    use: tuple[str, ...]


def cached_models(cache: Path | None = None) -> tuple[list[Model], list[str]]:
    """The models of the Hugging Face cache (`cache`: another folder), a row per revision; and what is damaged there."""
    from huggingface_hub import scan_cache_dir  # imported late: most commands need no cache
    from huggingface_hub.errors import CacheNotFound

    try:
        scanned = scan_cache_dir(cache)
    except CacheNotFound:
        return [], []
    except ValueError as error:  # a file in the place of the folder
        return [], [" ".join(str(error).split())]
    found = [
        Model(repo.repo_id, revision.snapshot_path, revision.commit_hash, tuple(sorted(revision.refs)),
              round(revision.size_on_disk / MIB, 1), tuple(lacks(revision.snapshot_path)),
              tuple(uses(revision.snapshot_path)))
        for repo in scanned.repos
        if repo.repo_type == "model"
        for revision in repo.revisions
    ]  # fmt: skip
    damaged = [" ".join(str(warning).split()) for warning in scanned.warnings]
    return sorted(found, key=lambda model: (model.name.lower(), model.revision or "")), damaged


def cached_datasets(cache: Path | None = None) -> list[str]:
    """The names of the data sets in the Hugging Face cache."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        return [repo.repo_id for repo in scan_cache_dir(cache).repos if repo.repo_type == "dataset"]
    except (CacheNotFound, ValueError):
        return []


def cache_folder() -> Path:
    """Where the Hugging Face cache lies, by the environment."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def model_folder(path: Path) -> Model:
    """The model in a folder."""
    size = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return Model(str(path), path, None, (), round(size / MIB, 1), tuple(lacks(path)), tuple(uses(path)))


def find_model(name: str, revision: str | None, cached: Iterable[Model]) -> Model | None:
    """The model a setting names: a folder, or what the cache holds of this revision (a branch, tag or commit)."""
    if Path(name).is_dir():
        return model_folder(Path(name))
    wanted = revision or "main"
    return next((m for m in cached if m.name == name and (wanted in m.refs or wanted == m.revision)), None)


def lacks(folder: Path) -> list[str]:
    """What a model cannot be loaded without and this folder does not hold."""
    missing = [] if (folder / "config.json").is_file() else ["config.json"]
    missing += _absent_weights(folder)
    if not any((folder / name).is_file() for name in TOKENIZERS) and not _reads_bytes(folder):
        missing.append("tokenizer")
    return missing


def _absent_weights(folder: Path) -> list[str]:
    if any((folder / name).is_file() for name in WEIGHTS):
        return []
    for name in INDEXES:
        if (folder / name).is_file():
            parts: Mapping[str, str] = _json(folder / name).get("weight_map") or {}
            return [part for part in sorted(set(parts.values())) if not (folder / part).is_file()]
    return ["weights"]


def _reads_bytes(folder: Path) -> bool:
    return _json(folder / "tokenizer_config.json").get("tokenizer_class") in WITHOUT_FILES


def uses(folder: Path) -> list[str]:
    """Engines and metrics that can load the model, judged by its config; empty for anything else."""
    config = _json(folder / "config.json")
    architectures: Sequence[str] = config.get("architectures") or [""]
    kind, name = str(config.get("model_type", "")), str(architectures[0])
    if _embedded(folder):
        return ["embedded", "seq2seq"]
    if config.get("is_encoder_decoder") or kind in ("encoder-decoder", *CONVERTIBLE):
        engines = [] if kind in NOT_TEXT else ["seq2seq"]
        return [*engines, "ctranslate2"] if kind in CONVERTIBLE else engines
    if name.endswith(("ForCausalLM", "LMHeadModel")):
        return ["chat"] if _chats(folder) else []
    if (folder / "modules.json").is_file():
        return ["embedding", "bertscore"]
    if name.endswith("ForSequenceClassification"):
        labels = " ".join(map(str, (config.get("id2label") or {}).values())).lower()
        return ["consistency"] if "entail" in labels else []
    return ["bertscore", "embedding"] if name.endswith(("Model", "ForMaskedLM", "ForPreTraining")) else []


def _embedded(folder: Path) -> bool:
    """Whether the tokenizer has the task tokens that the embedded engine writes."""
    tokens = _json(folder / "tokenizer.json").get("added_tokens") if (folder / "tokenizer.json").is_file() else None
    known = {token.get("content") for token in tokens or ()}
    return {"<headline>", "<brief>", "<context>"} <= known


def _chats(folder: Path) -> bool:
    template = _json(folder / "tokenizer_config.json").get("chat_template")
    return bool(template) or (folder / "chat_template.jinja").is_file()


def _json(path: Path) -> dict[str, Any]:
    """A JSON object of a file; empty if there is none to be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

"""The signature that goes with every number."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

ROUGE_VERSION = "1.0"


def signature(*, use_stemmer: bool = True, samples: int = 1000, seed: int = 13) -> str:
    """What a number depends on besides the texts; numbers with different signatures are not comparable."""
    from pipeline.text.sentences import splitter_signature

    try:
        release = version("precis")
    except PackageNotFoundError:
        release = "source"
    stem = "porter" if use_stemmer else "none"
    return (
        f"rouge|v:{ROUGE_VERSION}|tok:google|stem:{stem}|split:{splitter_signature()}|multiref:max"
        f"|boot:{samples}|seed:{seed}|version:{release}"
    )

"""The signature that goes with every number: what it depends on besides the texts.

Written as `rouge|v:1.0|profile:google|tok:google|stem:porter|split:…|multiref:max|n:14|boot:1000|seed:13|version:…`.
Signatures are made, read and compared here only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pipeline.errors import InputError
from pipeline.metrics.profiles import profile_named

ROUGE_VERSION = "1.0"  # raise when any score of any text changes
Affects = Literal["scores", "articles", "intervals"]

# What a field changes. `n` is how many articles a mean is over: paired comparisons look at the common ones instead.
AFFECTS: dict[str, Affects] = {
    "metric": "scores",
    "v": "scores",
    "profile": "scores",
    "tok": "scores",
    "stem": "scores",
    "split": "scores",
    "multiref": "scores",
    "n": "articles",
    "boot": "intervals",
    "seed": "intervals",
    "version": "scores",
}
SCORES: tuple[Affects, ...] = ("scores",)
_FIELD = re.compile(r"([a-z]+):([^|]+)")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, field by field; None stands for a field that the number does not depend on or does not tell."""

    metric: str = "rouge"
    v: str | None = None
    profile: str | None = None
    tok: str | None = None
    stem: str | None = None
    split: str | None = None
    multiref: str | None = None
    n: str | None = None
    boot: str | None = None
    seed: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        told = [(name, getattr(self, name)) for name in AFFECTS if name != "metric"]
        return "|".join([self.metric, *(f"{name}:{value}" for name, value in told if value is not None)])


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two signatures differ, and what that changes; None where a side does not tell."""

    field: str
    a: str | None
    b: str | None
    affects: Affects

    def __str__(self) -> str:
        return f"{self.field}: {self.a or 'not told'} / {self.b or 'not told'} (changes the {self.affects})"


def parse(text: str) -> Signature:
    """The fields of a signature; InputError if it is none, or has a field that no version of precis writes."""
    metric, *told = text.split("|")
    found: dict[str, str] = {}
    for part in told:
        match = _FIELD.fullmatch(part)
        if not match or match[1] not in AFFECTS or match[1] in found or match[1] == "metric":
            raise InputError(f"{text!r} is no signature: it cannot have {part!r} there")
        found[match[1]] = match[2]
    if not re.fullmatch(r"[a-z]+", metric):
        raise InputError(f"{text!r} is no signature: it should begin with the name of a metric, as in rouge|v:…")
    return Signature(metric, **found)


def difference(
    a: str, b: str, *, affecting: Collection[Affects] = ("scores", "articles", "intervals")
) -> list[Difference]:
    """The fields in which two signatures differ, in the order of the signature; InputError if one is none.

    Numbers are comparable when nothing that affects `scores` differs; two means over unpaired articles only when
    nothing that affects `articles` does either.
    """
    left, right = parse(a), parse(b)
    pairs = [(field.name, getattr(left, field.name), getattr(right, field.name)) for field in fields(Signature)]
    return [
        Difference(name, own, other, AFFECTS[name])
        for name, own, other in pairs
        if own != other and AFFECTS[name] in affecting
    ]


def refusal(a: str, b: str) -> str | None:
    """Why paired scores under these two signatures cannot be compared, None if they can."""
    found = difference(a, b, affecting=SCORES)
    return "; ".join(map(str, found)) if found else None


def signature(
    *,
    profile: str = "google",
    use_stemmer: bool = True,
    multi_ref: str = "max",
    samples: int = 1000,
    seed: int = 13,
    n: Sequence[int] = (),
    split: str | None = None,
    tok: str | None = None,
) -> str:
    """The signature of what this release computes; `n` are the numbers of articles of all that it stands for.

    `split` tells how sentences were found where it was not by this release's own splitter, `tok` what the
    tokenizer that took the profile's place is called: nothing is stemmed then. ConfigError if the profile is
    unknown.
    """
    from pipeline.text.sentences import splitter_signature

    own = profile_named(profile)
    return str(
        Signature(
            v=ROUGE_VERSION,
            profile=own.name,
            tok=tok or own.tok,
            stem=own.stem if use_stemmer and not tok else "none",
            split=split or splitter_signature(),
            multiref=multi_ref,
            n=_span(n),
            boot=str(samples),
            seed=f"0-{samples - 1}" if own.pooled else str(seed),  # as ROUGE-1.5.5: one for each resample
            version=_release(),
        )
    )


def with_n(text: str, n: Sequence[int]) -> str:
    """The signature `text` for what stands for other numbers of articles."""
    return str(replace(parse(text), n=_span(n)))


def _span(n: Sequence[int]) -> str | None:
    """`14`, or `12-14` where the numbers differ."""
    if not n:
        return None
    return str(min(n)) if min(n) == max(n) else f"{min(n)}-{max(n)}"


def _release() -> str:
    try:
        return version("precis")
    except PackageNotFoundError:
        return "source"

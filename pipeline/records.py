"""Every noun of the flow, as frozen records. Imports nothing of ours.

Offsets are half-open `(start, end)` in Unicode code points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Span = tuple[int, int]
Kind = Literal["summary", "bullets", "headlines", "rewrite"]
KINDS: tuple[Kind, ...] = ("summary", "bullets", "headlines", "rewrite")
ColumnRole = Literal["id", "text", "title", "key_points", "summary", "bullets", "headline", "rewrite"]
Task = Literal["headline", "brief", "summary", "rewrite"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: `text == article.text[start:end]`; `paragraph` counts from 0."""

    text: str
    start: int
    end: int
    paragraph: int

    @property
    def span(self) -> Span:
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Article:
    """A normalised article; `text` is what every offset refers to (title and key points are outside it)."""

    id: str
    text: str
    sentences: tuple[Sentence, ...]
    title: str | None = None
    key_points: tuple[str, ...] = ()
    origin: str = ""
    sha256: str = ""
    flags: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class References:
    """Reference texts of one article; every kind holds alternatives (several annotators)."""

    summary: tuple[str, ...] = ()
    bullets: tuple[tuple[str, ...], ...] = ()
    headline: tuple[str, ...] = ()
    rewrite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """One ingested article with its references, if it has any."""

    article: Article
    references: References | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An article or record that could not be processed; nothing is dropped without one of these."""

    id: str | None
    origin: str
    stage: str
    reason: str
    retry: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences of an article (indices into `article.sentences`) within a token budget.

    `context` is what stands before it in the article and is read with it without being its own; `flags` say what of it
    had to be split.
    """

    sentences: tuple[int, ...]
    span: Span
    text: str
    tokens: int
    context: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the source of a request comes from: its `span` of the article, and the requests whose texts it joins
    (`reads`; empty: the article itself)."""

    span: Span
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What a text should be like, for engines that can be told so in words.

    `kind` is None for the notes of a step between; `material` says what the source is: the whole article, a part of it,
    or notes made of its parts. Words are of a summary, of one bullet or headline, of a rewrite or of notes; items are
    sentences of a summary, bullets or headlines.
    """

    kind: Kind | None
    material: Literal["article", "part", "notes"]
    min_words: int
    max_words: int
    min_items: int = 1
    max_items: int = 1
    max_chars: int | None = None
    question: bool = False
    style: str = "news"


@dataclass(frozen=True, slots=True)
class Request:
    """One generation to be made: `source` is what the model reads, `context` what stands around it.

    `sentences` are the indices of the article sentences the source was made from (its evidence), `origin` tells more
    where an article is read whole; `serves` are the output kinds that may choose from its candidates; `words` is a
    length wish, `novelty` (1–3) how far the wording may leave the source's; `contract` the same and more for engines
    that read instructions.
    """

    id: str
    article_id: str
    task: Task
    source: str
    sentences: tuple[int, ...]
    serves: tuple[Kind, ...]
    context: str = ""
    words: int | None = None
    flags: tuple[str, ...] = ()
    novelty: int | None = None
    contract: Contract | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One generated (or extracted) text. `logprob` is the mean natural-log probability per token, `weakest` that of
    its three least likely tokens, where a bad join shows."""

    request_id: str
    task: Task
    text: str
    logprob: float | None
    sentences: tuple[int, ...]
    serves: tuple[Kind, ...]
    extractive: bool = False
    flags: tuple[str, ...] = ()
    weakest: float | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate is doubted: a documented `code`, the guilty `span` of its text, and a detail."""

    code: str
    span: Span
    detail: str = ""

    @property
    def flag(self) -> str:
        return f"{self.code}:{self.detail}" if self.detail else self.code


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's judgement of one candidate: `ok` when there are no `reasons` to reject it."""

    ok: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its verdict and its selection `score` (higher is better).

    `mixed`: a clause of it takes its words from several sentences.
    """

    candidate: Candidate
    verdict: Verdict
    score: float = 0.0
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A judged candidate after selection: `rank` 0.. if chosen for `kind`, else None and why it lost."""

    judged: Judged
    kind: Kind
    rank: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, bullet or headline of an output and the article spans that support it."""

    text: str
    evidence: tuple[Span, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """A running text (summary or rewrite): `sentences[i]` is supported by `evidence[i]`."""

    text: str
    sentences: tuple[Span, ...]
    evidence: tuple[tuple[Span, ...], ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where the evidence of an article's outputs stands: distinct evidence spans in each tenth of its text, and the
    share of the tenths reached, by `all` outputs together and by kind."""

    tenths: tuple[int, ...]
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is written to outputs.jsonl for one article; a kind not asked for is None.

    `limits`: hard limits that were hit while it was made, by name, and how often.
    """

    id: str
    sha256: str
    words: int
    title: str | None
    engine: str
    summary: Prose | None = None
    bullets: tuple[Passage, ...] | None = None
    headlines: tuple[Passage, ...] | None = None
    rewrite: Prose | None = None
    flags: tuple[str, ...] = field(default=())
    limits: tuple[tuple[str, int], ...] = ()
    coverage: Coverage | None = None

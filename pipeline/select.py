"""Judged candidates → the choice for each output kind, under its contract; losers keep their rank and reason.

Limits are met by choosing, never by cutting: a candidate that is too long is not chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.fragments import tokens
from pipeline.ranking import doubts
from pipeline.records import Article, Candidate, Judged, Kind, Ranked, Verdict
from pipeline.settings_outputs import BulletSettings, HeadlineSettings, RewriteSettings, SummarySettings
from pipeline.text.words import content_words, overlap

SAME_POINT = 0.6  # overlap of content words from which two sentences say the same
SAME_HEADLINE = 0.7  # Jaccard similarity of content words from which two headlines are alike
AGAIN = 0.4  # what a bullet loses that the summary says word for word
LATER = 0.15  # what a slot loses for every slot before it


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen for a kind, in output order, every candidate with its fate, and flags of the whole."""

    kind: Kind
    chosen: tuple[Judged, ...]
    ranked: tuple[Ranked, ...]
    flags: tuple[str, ...] = ()


@dataclass
class Choice:
    """Chosen so far, and why the others lost."""

    chosen: list[Judged]
    why: dict[int, str]

    def reject(self, judged: Judged, why: str) -> None:
        self.why.setdefault(id(judged), why)


def words_of(text: str) -> int:
    """Words of a text, separated by white space."""
    return len(text.split())


def slots(judged: Iterable[Judged], kind: Kind) -> dict[int, list[Judged]]:
    """Candidates by the sentence they retell, best first; slots by their best usable candidate and by preference.

    A slot's worth is the score of its best candidate that passed, less LATER for every slot asked for before it.
    """
    found: dict[int, list[Judged]] = {}
    for item in judged:
        found.setdefault(item.candidate.sentences[0], []).append(item)
    worth = {}
    for place, (slot, items) in enumerate(found.items()):
        passed = [item.score for item in items if item.verdict.ok and not doubts(item, kind)]
        worth[slot] = max(passed, default=-10.0) - LATER * place
    order = sorted(found, key=lambda slot: -worth[slot])
    return {slot: sorted(found[slot], key=lambda j: -j.score) for slot in order}


def repeats(text: str, others: Iterable[str], limit: float = SAME_POINT) -> bool:
    """Whether `text` says what one of `others` says, by its content words."""
    words = content_words(text)
    return any(overlap(words, content_words(other)) > limit for other in others)


def usable(items: Iterable[Judged], choice: Choice, kind: Kind, fits: Callable[[str], str]) -> list[Judged]:
    """The candidates that the guard passed and the contract allows (`fits` returns the reason if not)."""
    found = []
    for item in items:
        why = "rejected by the guard" if not item.verdict.ok else doubts(item, kind) or fits(item.candidate.text)
        if why:
            choice.reject(item, why)
        else:
            found.append(item)
    return found


def select_summary(
    judged: Sequence[Judged], article: Article, settings: SummarySettings, given_up: tuple[str, ...] = ()
) -> Selection:
    """Whole sentences in source order within the band of words and sentences; extracts fill what is missing."""
    choice = Choice([], {})
    room = settings.max_words

    def take(items: Iterable[Judged]) -> bool:
        nonlocal room
        for item in items:
            size = words_of(item.candidate.text)
            if size > room:
                choice.reject(item, "no room within max_words")
            elif repeats(item.candidate.text, (c.candidate.text for c in choice.chosen)):
                choice.reject(item, "says what a chosen sentence says")
            else:
                choice.chosen.append(item)
                room -= size
                return True
        return False

    for items in slots(judged, "summary").values():
        if len(choice.chosen) < settings.max_sentences:
            take(usable(items, choice, "summary", lambda _: ""))
    extracts = iter(extractive(article, "summary", judged))
    while _short_of(choice.chosen, settings):
        extract = next(extracts, None)
        if extract is None:
            break
        if len(choice.chosen) < settings.max_sentences:
            take([extract])
    flags = given_up + (("too_short",) if _short_of(choice.chosen, settings) else ())
    return _close("summary", choice, judged, flags, in_source_order=True)


def _short_of(chosen: Sequence[Judged], settings: SummarySettings) -> bool:
    words = sum(words_of(item.candidate.text) for item in chosen)
    return len(chosen) < settings.min_sentences or (words < settings.min_words and len(chosen) < settings.max_sentences)


def select_bullets(
    judged: Sequence[Judged],
    article: Article,
    settings: BulletSettings,
    summary: Sequence[str] = (),
    given_up: tuple[str, ...] = (),
) -> Selection:
    """Points from different sentences, in source order, worded unlike the summary where there is a choice."""
    choice = Choice([], {})

    def fits(text: str) -> str:
        return "over max_words" if words_of(text) > settings.max_words else ""

    for items in slots(judged, "bullets").values():
        passed = usable(items, choice, "bullets", fits)
        fresh = sorted(passed, key=lambda j: -(j.score - AGAIN * (j.candidate.text in summary)))
        for item in fresh:
            if len(choice.chosen) >= settings.max:
                choice.reject(item, "enough bullets")
            elif repeats(item.candidate.text, (c.candidate.text for c in choice.chosen)):
                choice.reject(item, "says what a chosen bullet says")
            else:
                choice.chosen.append(item)
                break
    for extract in extractive(article, "bullets", judged):
        if len(choice.chosen) >= settings.min:
            break
        texts = [c.candidate.text for c in choice.chosen]
        if not fits(extract.candidate.text) and not repeats(extract.candidate.text, texts):
            choice.chosen.append(extract)
    flags = given_up + (("too_few",) if len(choice.chosen) < settings.min else ())
    return _close("bullets", choice, judged, flags, in_source_order=True)


def select_headlines(
    judged: Sequence[Judged], article: Article, settings: HeadlineSettings, given_up: tuple[str, ...] = ()
) -> Selection:
    """The best variants, no two alike; the article's shortest finished sentence, or its title, when none passes."""
    choice = Choice([], {})

    def fits(text: str) -> str:
        if len(text) > settings.max_chars:
            return "over max_chars"
        if article.title and tokens(text) == tokens(article.title):
            return "is the article's own title"
        return "under min_words" if words_of(text) < settings.min_words else ""

    for item in sorted(usable(judged, choice, "headlines", fits), key=lambda j: -j.score):
        if len(choice.chosen) >= settings.count:
            choice.reject(item, "enough headlines")
        elif any(alike(item.candidate.text, c.candidate.text) for c in choice.chosen):
            choice.reject(item, "like a better headline")
        else:
            choice.chosen.append(item)
    flags = given_up
    if not choice.chosen:
        choice.chosen += [e for e in extractive(article, "headlines", judged) if not fits(e.candidate.text)][:1]
    if not choice.chosen and article.title and len(article.title) <= settings.max_chars:
        title = Candidate("title", "headline", article.title, None, (0,), ("headlines",), True, ("fallback:title",))
        choice.chosen.append(Judged(title, Verdict(True)))
    if len(choice.chosen) < settings.count:
        flags += ("too_few",)
    return _close("headlines", choice, judged, flags, in_source_order=False)


def alike(a: str, b: str) -> bool:
    """Whether two headlines are too similar to be offered as a choice (Jaccard of content words)."""
    left, right = set(content_words(a)), set(content_words(b))
    return len(left & right) > SAME_HEADLINE * len(left | right) or left <= right or right <= left


def select_rewrite(
    judged: Sequence[Judged], article: Article, settings: RewriteSettings, given_up: tuple[str, ...] = ()
) -> Selection:
    """One retold sentence per slot, best slots first, until the target length is reached; source order."""
    choice = Choice([], {})
    room = round(settings.ratio * article.words)
    for items in slots(judged, "rewrite").values():
        for item in usable(items, choice, "rewrite", lambda _: ""):
            size = words_of(item.candidate.text)
            if size > room or repeats(item.candidate.text, (c.candidate.text for c in choice.chosen), 0.8):
                choice.reject(item, "no room within the ratio, or said before")
            else:
                choice.chosen.append(item)
                room -= size
                break
    if not choice.chosen:
        choice.chosen += extractive(article, "rewrite", judged)[:1]
    return _close("rewrite", choice, judged, given_up, in_source_order=True)


def extractive(article: Article, kind: Kind, judged: Sequence[Judged]) -> list[Judged]:
    """The article's own sentences as a last resort, those that were asked about first, flagged as a fallback."""
    asked = [item.candidate.sentences[0] for item in judged]
    order = dict.fromkeys([*asked, *range(len(article.sentences))])
    texts = [(i, article.sentences[i].text) for i in order]
    return [
        Judged(
            Candidate(f"extract:{i}", "brief", text, None, (i,), (kind,), True, ("fallback:extractive",)), Verdict(True)
        )
        for i, text in texts
        if len(content_words(text)) >= 2 and text[-1:] in ".?!\"')"
    ]


def _close(
    kind: Kind, choice: Choice, judged: Sequence[Judged], flags: tuple[str, ...], *, in_source_order: bool
) -> Selection:
    """The selection with every candidate's fate: rank among the chosen (best first), or why it lost."""
    rank = {id(item): n for n, item in enumerate(choice.chosen)}
    for item in judged:
        choice.reject(item, "not needed" if item.verdict.ok else "rejected by the guard")
    fates = [
        Ranked(item, kind, rank.get(id(item)), "chosen" if id(item) in rank else choice.why[id(item)])
        for item in [*choice.chosen, *(j for j in judged if id(j) not in rank)]
    ]
    chosen = list(choice.chosen)
    if in_source_order:
        chosen.sort(key=lambda item: item.candidate.sentences[0])
    return Selection(kind, tuple(chosen), tuple(fates), flags)

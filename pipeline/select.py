"""Judged candidates → the choice for each output kind, under its contract; losers keep their rank and reason.

Limits are met by choosing, never by cutting: a candidate that is too long is not chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.coverage import gain, survey
from pipeline.finite import finite_verbs
from pipeline.fragments import fragments, tokens
from pipeline.ranking import doubts, wrote_freely
from pipeline.records import Article, Candidate, Judged, Kind, Ranked, Verdict
from pipeline.settings_outputs import BulletSettings, HeadlineSettings, SummarySettings
from pipeline.text.words import content_set, content_words, overlap
from pipeline.variants import angle, is_question, next_best

SAME_POINT = 0.6  # overlap of content words from which two sentences say the same
SAME_HEADLINE = 0.7  # Jaccard similarity of content words from which two headlines are alike
FACT = 0.1  # what a bullet loses for each main verb after the first
FEW = 10  # one change in so many words still leaves a text a copy
LATER = 0.3  # what a slot loses for every slot before it


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


def retells(item: Judged, chosen: Sequence[Judged]) -> bool:
    """Whether a chosen text retells the sentence of this one. What was written from a whole article has several, and
    two texts may share the first: it retells nothing if it tells a sentence that no chosen one does."""
    if item.candidate.sentences[0] not in {c.candidate.sentences[0] for c in chosen}:
        return False
    return not wrote_freely(item.candidate) or {i for c in chosen for i in c.candidate.sentences}.issuperset(
        item.candidate.sentences
    )


def repeats(text: str, others: Iterable[str], limit: float = SAME_POINT) -> bool:
    """Whether `text` says what one of `others` says, by its content words."""
    words = content_set(text)
    return any(overlap(words, content_set(other)) > limit for other in others)


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
    """Whole sentences in source order within the band of words and sentences; extracts fill what is missing.

    One text for each sentence retold; then, of texts from whole articles, what tells a further sentence.
    """
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

    by_slot = list(slots(judged, "summary").values())
    others = [[item] for items in by_slot for item in items if wrote_freely(item.candidate)]
    for items in [*by_slot, *others]:
        if len(choice.chosen) < settings.max_sentences:
            new = [item for item in items if not retells(item, choice.chosen)]
            take(usable(new, choice, "summary", lambda _: ""))
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
    """Points from different sentences, in source order, that cover the article and do not repeat the summary."""
    choice = Choice([], {})

    def fits(text: str) -> str:
        if "?" in text:
            return "a question"
        return "over max_words" if words_of(text) > settings.max_words else ""

    passed = usable(judged, choice, "bullets", fits)
    again = [item for item in passed if any(copies(item.candidate.text, said) for said in summary)]
    for item in again:
        choice.reject(item, "repeats the summary word for word")
    kept = {id(item) for item in again}
    _cover([item for item in passed if id(item) not in kept], judged, article, choice, settings.max)
    extracts = [e for e in extractive(article, "bullets", judged) if not fits(e.candidate.text)]
    unsaid = [e for e in extracts if not any(copies(e.candidate.text, said) for said in summary)]
    for spare in (again, unsaid, extracts):
        _cover(spare, judged, article, choice, settings.min)
    flags = given_up + (("too_few",) if len(choice.chosen) < settings.min else ())
    return _close("bullets", choice, judged, flags, in_source_order=True)


def _cover(items: Sequence[Judged], judged: Sequence[Judged], article: Article, choice: Choice, most: int) -> None:
    """Add to the choice, one per sentence and no two alike, what covers the article best, up to `most` in all."""
    ground = survey(article)
    places = {slot: n for n, slot in enumerate(dict.fromkeys(item.candidate.sentences[0] for item in judged))}
    left = list(items)
    while left and len(choice.chosen) < most:
        said = [(c.candidate.text, c.candidate.sentences[0]) for c in choice.chosen]

        def worth(item: Judged) -> float:
            text, slot = item.candidate.text, item.candidate.sentences[0]
            facts = FACT * max(0, finite_verbs(text) - 1) + LATER * places.get(slot, len(places))
            return item.score - facts + gain(text, slot, said, ground)  # noqa: B023 - called within the turn

        best = max(left, key=worth)
        left.remove(best)
        if retells(best, choice.chosen):
            choice.reject(best, "another wording of its sentence is chosen")
        elif repeats(best.candidate.text, (text for text, _ in said)):
            choice.reject(best, "says what a chosen bullet says")
        else:
            choice.chosen.append(best)
    for item in left:
        choice.reject(item, "enough bullets")


def copies(text: str, other: str) -> bool:
    """Whether `text` stands in `other` word for word but for a few changes: words of its own, cuts, reorderings."""
    words = tokens(text)
    return len(fragments(words, tokens(other))) - 1 <= max(1, len(words) // FEW)


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
        if is_question(text) and not settings.question:
            return "a question, which outputs.headlines.question does not ask for"
        return "under min_words" if words_of(text) < settings.min_words else ""

    _vary(usable(judged, choice, "headlines", fits), choice, settings.count, settings.diversity)
    flags = given_up
    if not choice.chosen:
        choice.chosen += [e for e in extractive(article, "headlines", judged) if not fits(e.candidate.text)][:1]
    if not choice.chosen and article.title and len(article.title) <= settings.max_chars:
        title = Candidate("title", "headline", article.title, None, (0,), ("headlines",), True, ("fallback:title",))
        choice.chosen.append(Judged(title, Verdict(True)))
    if len(choice.chosen) < settings.count:
        flags += ("too_few",)
    return _close("headlines", choice, judged, flags, in_source_order=False)


def _vary(items: Sequence[Judged], choice: Choice, count: int, diversity: float) -> None:
    """Choose `count` variants by marginal relevance, no two alike; they stand in the order of their scores.

    The first has the highest score of all, whatever `diversity` is: the first choice goes by score alone.
    """
    left = sorted(items, key=lambda j: -j.score)
    while left and len(choice.chosen) < count:
        best = next_best(left, choice.chosen, diversity)
        left.remove(best)
        if any(alike(best.candidate.text, c.candidate.text) for c in choice.chosen):
            choice.reject(best, "like a chosen headline")
        else:
            choice.chosen.append(best)
    for item in left:
        like = any(alike(item.candidate.text, c.candidate.text) for c in choice.chosen)
        choice.reject(item, "like a chosen headline" if like else "enough headlines")
    choice.chosen.sort(key=lambda j: -j.score)


def alike(a: str, b: str) -> bool:
    """Whether two headlines are too similar to be offered as a choice (Jaccard of content words)."""
    left, right = content_set(a), content_set(b)
    return len(left & right) > SAME_HEADLINE * len(left | right) or left <= right or right <= left


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
        Ranked(item, kind, rank.get(id(item)), _merit(item, kind) if id(item) in rank else choice.why[id(item)])
        for item in [*choice.chosen, *(j for j in judged if id(j) not in rank)]
    ]
    chosen = list(choice.chosen)
    if in_source_order:
        chosen.sort(key=lambda item: item.candidate.sentences[: None if wrote_freely(item.candidate) else 1])
    return Selection(kind, tuple(chosen), tuple(fates), flags)


def _merit(item: Judged, kind: Kind) -> str:
    """Why an item was chosen; for a headline with its angle and length."""
    text = item.candidate.text
    return f"chosen: {angle(text)}, {len(text)} characters" if kind == "headlines" else "chosen"

"""What is wrong with a candidate as a text, whatever it says: empty, unfinished, repeating itself, garbled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.facts import BREAK, FUNCTION_WORDS, Facts, Word, extract_facts
from pipeline.facts.quotations import MARKS
from pipeline.guard.aliases import is_fused
from pipeline.guard.source import Source
from pipeline.lexicon import bases, is_english, word_set
from pipeline.records import Kind, Reason, Span

MIN_WORDS: dict[Kind, int] = {"summary": 4, "bullets": 3, "headlines": 3, "rewrite": 3}
_NEVER_LAST = word_set(
    """a an the of and or nor but than into from with as by at because although my your their its our
    whose which between among during toward towards upon via per if amid despite"""
)
_SELDOM_LAST = word_set(
    """to for is are was were be been being has have had will would could should may might must can do does did not
    that who when where told very"""
)
_DOUBLED = word_set("had that very so really more bye ha no many too far long")
_PAIRS = {")": "(", "]": "["}


def too_little(facts: Facts, kind: Kind) -> Iterator[Reason]:
    """`empty` without a word, `too_short` below the kind's least number of words."""
    count = sum(1 for w in facts.words if w.is_word or w.is_number)
    if count == 0:
        yield Reason("empty", (0, len(facts.text)))
    elif count < MIN_WORDS[kind]:
        yield Reason("too_short", (0, len(facts.text)), str(count))


def unfinished(facts: Facts, kind: Kind) -> Iterator[Reason]:
    """The text breaks off: no full stop where one belongs, a last word that wants another, an open mark."""
    text = facts.text.rstrip()
    bare = text.rstrip("\"”’')]")
    ended = bare.endswith((".", "?", "!")) and not bare.endswith("..")
    last = next((w for w in reversed(facts.words) if w.is_word or w.is_number), None)
    if last is None:
        return
    tail = (last.start, len(facts.text))
    if kind in ("summary", "rewrite") and not ended:
        yield Reason("unfinished", tail, "no full stop")
    elif bare.endswith((",", ";", ":", "-", "–", "—", "…", "..", "&")):
        yield Reason("unfinished", tail, bare[-1])
    elif last.text.islower() and (last.key in _NEVER_LAST or (last.key in _SELDOM_LAST and not ended)):
        yield Reason("unfinished", tail, last.text)
    open_mark = _unbalanced(facts.words)
    if open_mark is not None:
        yield Reason("unfinished", (open_mark.start, open_mark.end), open_mark.text)


def _unbalanced(words: Sequence[Word]) -> Word | None:
    """The first bracket or double quotation mark without a partner."""
    opened: list[Word] = []
    for word in words:
        if (
            word.text in "(["
            or word.text == "“"
            or (word.text in MARKS and word.text not in "”»" and not _is_open(opened))
        ):
            opened.append(word)
        elif word.text in _PAIRS or word.text in MARKS:
            partner = _PAIRS.get(word.text)
            if not opened or (partner is not None) != (opened[-1].text in "(["):
                return word
            opened.pop()
    return opened[0] if opened else None


def _is_open(opened: list[Word]) -> bool:
    return any(word.text in MARKS for word in opened)


def repetition(facts: Facts, source: Source) -> Iterator[Reason]:
    """A word twice in a row, "X and X", a phrase said twice, a word said again and again; not if the source has it."""
    words = [w for w in facts.words if w.key != "-"]
    found = (
        *_doubled(words),
        *_repeated_phrases([w for w in words if w.key != BREAK], source),
        *_overused([w for w in words if w.is_word and w.key not in FUNCTION_WORDS], source),
    )
    for first, last in found:
        inside = " ".join(w.key for w in words if first.start <= w.start <= last.start and w.key != BREAK)
        if f" {inside} " not in source.plain:
            yield Reason("repetition", (first.start, last.end), last.text)
            return


def _doubled(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    for word, following in zip(words, words[1:], strict=False):
        if word.is_word and word.key == following.key and word.key not in _DOUBLED:
            yield word, following
    for word, link, following in zip(words, words[1:], words[2:], strict=False):
        again = word.key == following.key and link.key in ("and", "or", BREAK)
        if again and word.is_capital and following.is_capital and not word.initial and word.key not in FUNCTION_WORDS:
            yield word, following


def _repeated_phrases(words: Sequence[Word], source: Source) -> Iterator[tuple[Word, Word]]:
    """Four words said twice, or three that begin and end with meaning; not a term that the source says twice too."""
    keys = [word.key for word in words]
    for length, weight in ((4, 1), (3, 2)):
        seen: dict[tuple[str, ...], int] = {}
        for i, gram in enumerate(zip(*(keys[start:] for start in range(length)), strict=False)):
            before = seen.setdefault(gram, i)
            if i < before + length:
                continue
            meaning = sum(key not in FUNCTION_WORDS for key in gram)
            ends = length == 4 or (gram[0] not in FUNCTION_WORDS and gram[-1] not in FUNCTION_WORDS)
            if meaning >= weight and ends and source.plain.count(f" {' '.join(gram)} ") < 2:
                yield words[before], words[i + length - 1]


def _overused(words: Sequence[Word], source: Source) -> Iterator[tuple[Word, Word]]:
    """A word that carries meaning, four times and more than a fifth of all such words; not a topic of the source."""
    for key, count in Counter(w.key for w in words).items():
        if count >= 4 and count * 5 > len(words) and source.plain.count(f" {key} ") < 8:
            same = [w for w in words if w.key == key]
            yield same[0], same[-1]


def garbled(facts: Facts, source: Source) -> Iterator[Reason]:
    """Words neither of the source nor ordinary English; capitalised ones only if fused: the rest are names."""
    for word in facts.words:
        if not word.is_word or len(word.key) < 2 or word.key in source.keys:
            continue
        if word.is_capital:
            if is_fused(word.text, source):
                yield Reason("garbled", (word.start, word.end), word.text)
            continue
        if not (is_english(word.text) or any(base in source.bases for base in bases(word.key))):
            yield Reason("garbled", (word.start, word.end), word.text)


def verbatim(facts: Facts, source: Source) -> Iterator[Reason]:
    """The candidate is a sentence of the source, or nine tenths of its (at least eight) words run so in the source."""
    keys = [w.key for w in facts.words if w.key not in (BREAK, "-")]
    whole: Span = (0, len(facts.text))
    if f" {' '.join(keys)} " in source.sentences:
        yield Reason("verbatim", whole)
    elif len(keys) >= 8:
        run = -(-9 * len(keys) // 10)
        if any(f" {' '.join(keys[i : i + run])} " in source.plain for i in range(len(keys) - run + 1)):
            yield Reason("verbatim", whole)


def is_title_case(text: str | Facts) -> bool:
    """Whether most words are capitalised ("Senate Passes Budget After Long Night"), so that capitals mark no names.

    At least three words over three letters that carry meaning, and five sixths of all such words.
    """
    facts = text if isinstance(text, Facts) else extract_facts(text)
    long = [w for w in facts.words if w.is_word and len(w.text) > 3 and w.key not in FUNCTION_WORDS]
    return len(long) >= 3 and 6 * sum(w.is_capital for w in long) >= 5 * len(long)

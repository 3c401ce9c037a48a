"""Every documented flag in plain words. A flag is `code`, `code:detail` or `code:kind:detail`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["alert", "note"]

# flag family -> (level, tag, words); `{}` takes what follows the family, or is cut away when nothing does.
# An alert says the text may be wrong, a note says how it came about. Tags are for lists, where words are too long.
FLAGS: dict[str, tuple[Level, str, str]] = {
    "fallback:extractive": ("note", "extract", "taken from the article as it stands"),
    "fallback:title": ("note", "own title", "the article's own title"),
    "fallback": ("note", "fallback", "a fallback was used: {}"),
    "verbatim": ("note", "word for word", "word for word from the article: {}"),
    "trimmed": ("note", "shortened", "the article's own words, shortened by rule: {}"),
    "reworded": ("note", "reworded", "the article's sentence, put in other words by rule: {}"),
    "fused": ("note", "joined", "two sentences of the article put into one: {}"),
    "off_target": ("note", "off target", "the length asked for could not be reached (words/target): {}"),
    "close_wording": ("note", "close wording", "much of the wording is the article's: {}"),
    "repaired": ("note", "mended", "mended from the article: {}"),
    "too_short": ("note", "short", "shorter than asked for, there was little text to use: {}"),
    "too_few": ("note", "too few", "fewer than asked for could be written: {}"),
    "truncated_input": ("note", "not read whole", "the model did not read the whole of its source: {}"),
    "truncated_context": ("note", "context cut", "the model did not read all that stands around its source: {}"),
    "split_sentence": ("note", "sentence split", "a sentence too long for the model was split: {}"),
    "split_word": ("note", "word split", "a word too long for the model was split: {}"),
    "not_reduced": ("note", "in groups", "the parts did not come down to one text, each was told by itself: {}"),
    "left_out": ("note", "left out", "a part of the document was not read: {}"),
    "reasked": ("note", "asked twice", "the model's first answer did not have the form asked for: {}"),
    "unparsed": ("note", "unreadable answer", "an answer of the model did not have the form asked for: {}"),
    "language": ("note", "language", "the article is not in a language the model knows: {}"),
    "unsupported:number": ("alert", "number", "a number the article does not support: {}"),
    "unsupported:quantity": ("alert", "quantity", "a quantity the article does not support: {}"),
    "unsupported:date": ("alert", "date", "a date the article does not support: {}"),
    "unsupported:name": ("alert", "name", "a name the article does not support: {}"),
    "unsupported:role": ("alert", "role", "a title or role the article does not give this person: {}"),
    "unsupported:quotation": ("alert", "quotation", "a quotation that is not in the article: {}"),
    "unsupported:speaker": ("alert", "speaker", "words given to another speaker than in the article: {}"),
    "unsupported:negation": ("alert", "negation", "may say the opposite of the article: {}"),
    "unsupported:modality": ("alert", "certainty", "surer, or less sure, than the article: {}"),
    "unsupported:comparison": ("alert", "comparison", "a comparison turned round: {}"),
    "unsupported:swap": ("alert", "who did what", "may exchange who did what to whom: {}"),
    "unsupported:relation": ("alert", "connection", "joins two things otherwise than the article does: {}"),
    "unsupported": ("alert", "unsupported", "not supported by the article: {}"),
    "negation": ("alert", "negation", "may say the opposite of the article: {}"),
    "repetition": ("alert", "repetition", "repeats itself: {}"),
    "garbled": ("alert", "garbled", "a garbled word: {}"),
    "unfinished": ("alert", "unfinished", "an unfinished sentence: {}"),
    "empty": ("alert", "empty", "nothing was written: {}"),
}


@dataclass(frozen=True, slots=True)
class Repair:
    """What `repaired:<kind>:<old>-><new>` says; an absent new text means that the old one was taken out."""

    kind: str
    old: str
    new: str


def family(flag: str) -> str:
    """The longest key of FLAGS that `flag` belongs to; its first part if it is not documented."""
    parts = flag.split(":")
    two = ":".join(parts[:2])
    return two if two in FLAGS else parts[0]


def detail(flag: str) -> str:
    """What follows the family: the guilty number or name, a language code …; often empty."""
    return flag[len(family(flag)) :].removeprefix(":")


def level(flag: str) -> Level:
    """How serious a flag is; an unknown one is an alert, so that nobody overlooks it."""
    return FLAGS[family(flag)][0] if family(flag) in FLAGS else "alert"


def tag(flag: str) -> str:
    """A flag in a word or two, without its detail."""
    return FLAGS[family(flag)][1] if family(flag) in FLAGS else family(flag).replace("_", " ")


def describe(flag: str) -> str:
    """A flag in plain words; an unknown flag keeps its own words, underscores opened."""
    known = FLAGS.get(family(flag))
    if known is None:
        return flag.replace("_", " ")
    mended = repair(flag)
    about = f"{mended.kind}, “{mended.old}” became “{mended.new}”" if mended else detail(flag)
    return known[2].format(about) if about else known[2].removesuffix(": {}")


def repair(flag: str) -> Repair | None:
    """The parts of a `repaired:` flag; None for any other flag and for one that is not written that way."""
    kind, colon, change = detail(flag).partition(":")
    old, arrow, new = change.partition("->")
    return Repair(kind, old, new) if family(flag) == "repaired" and colon and arrow else None


def distinct(flags: Iterable[str]) -> tuple[str, ...]:
    """Each flag once, alerts before notes, otherwise in order of appearance."""
    return tuple(sorted(dict.fromkeys(flags), key=lambda flag: level(flag) != "alert"))


def tally(flags: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Flags by family with how often each occurs: alerts first, the more frequent before the rarer."""
    counts = Counter(map(family, flags))
    return tuple(sorted(counts.items(), key=lambda item: (level(item[0]) != "alert", -item[1], item[0])))

"""An independent checker: numbers, names and quotations of an output that its article does not hold.

It shares no code with the guard (nor with anything else of the package) and works another way: containment, strictly.
A number needs the same value, and as percent or money if it is either. A name needs every word in the article, and
two words that stand together need to follow one another there, with at most two capitalised words between. A
quotation needs its words in the article in one run, in a paragraph that has quotation marks.

What it cannot see: a fact of the article put in the wrong place, roles, negation, and a name whose words are all
there. A capitalised word that opens a sentence is looked at unless it is an ordinary word (`common_words`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bench.checker_numbers import UNITS, numbers, readings

QUOTES = str.maketrans({**dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‘’‚‛′`", "'"), "\u00a0": " "})
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
ACRONYM = re.compile(r"\b(?:[A-Za-z]\.){2,}|\b(?:[A-Z]\.)+[A-Z]\b")  # also the "U.S" that lost its last full stop
QUOTATION = re.compile(r"\"([^\"]+)\"|(?:(?<=[\s(\[])|^)'(?!\d\ds?\b)([^'\"]+(?:'\w[^'\"]*)*)'(?!\w)")
OMISSION = re.compile(r"\.\.\.|…|\[[^\]]*\]")
OPENERS = tuple(".!?:;\"'([—–-…\n")
SAME = {
    "jan": "january", "feb": "february", "mar": "march", "apr": "april", "aug": "august", "sept": "september",
    "sep": "september", "oct": "october", "nov": "november", "dec": "december", "mon": "monday", "tue": "tuesday",
    "tues": "tuesday", "wed": "wednesday", "thu": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday",
    "sun": "sunday", "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "lt": "lieutenant",
    "col": "colonel", "sgt": "sergeant", "dr": "doctor", "prof": "professor", "us": "usa", "america": "usa",
    "gop": "republican", "dem": "democrat",
}  # fmt: skip
TITLES = frozenset(
    "president vice senator representative governor secretary minister prime mr mrs ms dr doctor judge justice general "
    "former attorney chief chairman chairwoman speaker mayor king queen prince princess pope sir professor officer "
    "sheriff captain lieutenant colonel sergeant congressman congresswoman republican democrat usa".split()
)
ENDINGS = frozenset(("", "s", "n", "an", "ian", "ns", "ans", "ians", "i", "is", "ish", "ic", "ese", "es"))


@dataclass(frozen=True)
class Alarm:
    """What the article does not hold: `kind` is number, name or quotation."""

    kind: str
    text: str


def plain(text: str) -> str:
    """One spelling of quotes and spaces; acronyms without full stops."""
    text = unicodedata.normalize("NFKC", text).translate(QUOTES)
    return ACRONYM.sub(
        lambda match: match[0].replace(".", "") + ("." if match.end() == len(match.string) else ""), text
    )


def key(word: str) -> str:
    """How words are compared: case-folded, no possessive, short forms of names and titles written out."""
    low = word.casefold()
    low = low[:-2] if low.endswith("'s") else low.rstrip("'")
    return SAME.get(low, low) if word[0].isupper() else low


class Known:
    """An article as the checker looks things up in it."""

    def __init__(self, text: str) -> None:
        self.text = plain(text)
        found = list(WORD.finditer(self.text))
        self.words = [key(match[0]) for match in found]
        self.capital = [match[0][0].isupper() for match in found]
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self.places.setdefault(word, []).append(place)

    @cached_property
    def values(self) -> set[tuple[float, str]]:
        return readings(self.text)

    @cached_property
    def quoting(self) -> list[list[str]]:
        """The words of every paragraph with quotation marks."""
        marked = [p for p in self.text.split("\n") if '"' in p or re.search(r"(?<!\w)'\w|\w'(?!\w)", p)]
        return [[key(word) for word in WORD.findall(paragraph)] for paragraph in marked]

    @cached_property
    def stems(self) -> dict[str, set[str]]:
        """Word beginnings of four letters or more → what the words go on with."""
        found: dict[str, set[str]] = {}
        for word in self.places:
            for size in range(max(4, len(word) - 4), len(word) + 1):
                found.setdefault(word[:size], set()).add(word[size:])
        return found

    def has(self, word: str) -> bool:
        """Whether the article has this word, or one that differs by the ending of a plural or of a people's name."""
        if word in self.places:
            return True
        cuts = range(max(4, len(word) - 4), len(word) + 1)
        return any(word[cut:] in ENDINGS and self.stems.get(word[:cut], set()) & ENDINGS for cut in cuts)

    def together(self, one: str, two: str) -> bool:
        """Whether `two` follows `one`, with at most two capitalised words between."""
        for place in self.places.get(one, ()):
            for gap in (1, 2, 3):
                if self.words[place + gap : place + gap + 1] == [two] and all(self.capital[place + 1 : place + gap]):
                    return True
        return False


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that at least three texts have in lower case, oftener than with a capital inside a sentence."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for text in map(plain, texts):
        found = list(WORD.finditer(text))
        small.update({m[0] for m in found if m[0].islower()})
        large.update({m[0].casefold() for m in found if m[0][0].isupper() and not _opens(text, m.start())})
    return frozenset(key(word) for word, count in small.items() if count >= 3 and count > large[word])


def check(text: str, known: Known, common: frozenset[str] = frozenset()) -> list[Alarm]:
    """Every alarm on one output text."""
    text = plain(text)
    return [*_numbers(text, known), *_names(text, known, common), *_quotations(text, known)]


def _numbers(text: str, known: Known) -> Iterator[Alarm]:
    for number in numbers(text):
        words = text[slice(*number.span)]
        if words.lower() == "one" or (number.ordinal and number.value < 4):
            continue  # a pronoun or a fraction oftener than a number
        units = (number.unit,) if number.unit else ("", "percent", "money")
        if not any((number.value, unit) in known.values for unit in units):
            yield Alarm("number", words)


def _names(text: str, known: Known, common: frozenset[str]) -> Iterator[Alarm]:
    before: tuple[int, str] | None = None
    for match in WORD.finditer(text):
        word = key(match[0])
        if not match[0][0].isupper() or match[0] == "I" or match[0].startswith("I'") or _ordinary(text, match, common):
            before = None
            continue
        joined = before is not None and text[before[0] : match.start()] == " "
        if not known.has(word):
            yield Alarm("name", match[0])
        elif joined and before and before[1] not in TITLES and _apart(before[1], word, known):
            yield Alarm("name", f"{before[1]} {word}")
        owner = match[0].endswith(("'s", "'"))  # "Obama's State of the Union" is two names
        before = (match.end(), word) if known.has(word) and not owner else None


def _ordinary(text: str, match: re.Match[str], common: frozenset[str]) -> bool:
    """Whether a capital only opens a sentence, or all words of the text have one."""
    return (key(match[0]) in common or key(match[0]) in UNITS) and (_opens(text, match.start()) or _title_case(text))


def _apart(one: str, two: str, known: Known) -> bool:
    """Whether both stand in the article, but not together."""
    return one in known.places and two in known.places and not known.together(one, two)


def _opens(text: str, start: int) -> bool:
    left = text[:start].rstrip(" ")
    return not left or left.endswith(OPENERS)


def _title_case(text: str) -> bool:
    longer = [word for word in WORD.findall(text)[1:] if len(word) > 3]
    return len(longer) > 2 and sum(word[0].isupper() for word in longer) >= 0.8 * len(longer)


def _quotations(text: str, known: Known) -> Iterator[Alarm]:
    for match in QUOTATION.finditer(text):
        for part in OMISSION.split(match[1] or match[2]):
            words = [key(word) for word in WORD.findall(part)]
            if words and not any(_runs(words, paragraph) for paragraph in known.quoting):
                yield Alarm("quotation", part.strip())


def _runs(words: list[str], within: list[str]) -> bool:
    size = len(words)
    return any(within[at : at + size] == words for at in range(len(within) - size + 1) if within[at] == words[0])

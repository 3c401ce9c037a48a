"""Whether a text says something: has its main clause a finite verb, or is it a fragment ("Half of bright light")?

No parser: verbs are known by closed tables (auxiliaries, irregular forms) and by inflection (a form is a verb's if the
dictionary also has its -ing and -ed), and told from nouns and participles by the word before. A word that may be
either counts as a verb: a sound text is seldom doubted, some fragments pass. Rates: `scripts/measure_finite.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from pipeline.lexicon import english_words, word_set

TOKEN = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*|[^\w\s]")
AUXILIARIES = word_set(
    """is are was were am has have had do does did will would can could may might must shall should cannot ain't
    it's he's she's that's who's there's here's what's let's i'm"""
)
CLITICS = ("n't", "'re", "'ll", "'ve", "'d")
PASTS = word_set(
    """ate became began blew broke came chose drank drew drove fell flew forbade forgot forgave froze gave grew hid knew
    mistook overcame oversaw overtook overthrew ran rang rode rose sang sank saw shook shrank spoke sprang stole
    strode swam swore threw took tore undertook underwent went withdrew woke wore wrote"""
)
EITHER = word_set(
    """beat bent bet bid bound bought bred brought built burst cast caught clung cost cut dealt died dug fed felt fled
    fought found got heard held hit hung hurt kept laid lay led left lent let lied lit lost made meant met
    misled outsold paid pled put quit rebuilt read repaid said sat sent set shed shone shot shut slept slid sold
    sought sped spent split spread spun stood struck stuck stung swept swung taught told thought understood
    upheld upset withheld won wound"""
)  # past or participle; some are the base as well
BASES = PASTS | word_set(
    """be become begin bring buy catch choose come cut do draw drive eat fall feel fight find flee fly get give go grow
    have hear hit hold keep know lead leave lose make mean meet pay put read ride ring rise run say see seek sell send
    set shake shoot shut sing sink sit speak spend stand steal strike take teach tell think throw win withdraw write
    quit hurt spread split bet bid cost let beat show"""
)  # bases whose past is not in -ed
COUNTS = word_set("two three four five six seven eight nine ten dozens hundreds thousands many several")
NOT_PAST = word_set(
    "need feed seed weed deed reed speed breed bleed greed exceed proceed succeed indeed hundred sacred naked shed red"
)
PLURALS = word_set("they we you i who people men women children police percent % both many some most all others")
ADVERBS = word_set("not also first never still now once just then ever even already later soon often again")
DETERMINERS = word_set(
    """a an the this these those my your his her its our their no every each another any such same very more most less
    own other too so first second third last next several few many both two three four five six seven eight nine ten"""
)
PREPOSITIONS = word_set(
    """of in on at to for from by with about against between into through during without under over within along across
    behind beyond near toward towards upon around among amid despite per via like since until"""
)
LEADING = PREPOSITIONS | word_set("than as after before and or be been being")  # no finite verb follows these at once
BARRING = DETERMINERS | LEADING
OPENERS = word_set("who which whose because although though if whether when while where how why what that")
PREDICATES = word_set("dead missing likely unlikely due able unable guilty set ready injured wounded hurt safe ill")
PARTICIPLES = word_set(
    """beaten bitten broken chosen done driven drawn drunk fallen flown forbidden forgotten frozen given gone grown
    hidden known mistaken overthrown proven rewritten risen seen shaken shown sold spoken stolen sunk sworn taken thrown
    torn withdrawn worn woken written"""
)
DEVERBAL = word_set(
    """ability agreement attempt attempts ban bid call calls chance decision demand desire effort efforts failure fight
    intention need order offer offers opportunity plan plans power pressure pledge promise proposal proposals push
    readiness refusal request right rights struggle threat time vow way ways willingness move moves first"""
)
NO_FUTURE = DEVERBAL | LEADING | {"how", "what"}  # "to" and a verb after these is no "Senate to vote"
STATES = PREDICATES | PARTICIPLES
SAYINGS = word_set("says rules finds shows warns reports claims suggests adds insists argues")


def has_finite_verb(text: str, *, headline: bool = False) -> bool:
    """Whether the main clause of `text` has a verb.

    `headline`: the telegraphic forms count too, that is an infinitive for the future ("Senate to vote") and a
    predicate without "is" ("Three killed in flood", "Profit up 3%").
    """
    return finite_verbs(text, headline=headline) > 0


@lru_cache(maxsize=4096)  # rules, ranking and selection ask about the same texts
def finite_verbs(text: str, *, headline: bool = False) -> int:
    """How many finite verbs the main clauses of `text` have; in a question, all clauses."""
    found = TOKEN.findall(text)
    words = [word.lower().replace("’", "'") for word in found]
    verbs = set(_verbs(words, [word[:1].isupper() for word in found]))
    if headline:
        verbs |= set(_telegraphic(words))
    return len(verbs) - (0 if "?" in words else len(_subordinate(words, verbs)))


def _verbs(words: Sequence[str], capital: Sequence[bool]) -> Iterator[int]:
    for i, word in enumerate(words):
        before = _before(words, i)
        if word in AUXILIARIES or word.endswith(CLITICS):
            if before != "to":
                yield i
        elif word in PASTS or _is_past(words, i, before):
            if before not in DETERMINERS:
                yield i
        elif (_is_present(words, i, before) or _is_plural_present(words, i, before, capital)) and i:
            yield i


def _before(words: Sequence[str], i: int) -> str:
    """The word before, adverbs and quotation marks skipped; "" at the start."""
    i -= 1
    while i > 0 and (words[i].endswith("ly") or words[i] in ADVERBS or words[i] in "\"“”'‘’"):
        i -= 1
    return words[i] if i >= 0 else ""


def _is_past(words: Sequence[str], i: int, before: str) -> bool:
    """A past form that stands behind its subject: not first, nor behind an article, number or preposition."""
    word = words[i]
    regular = word.endswith("ed") and len(word) > 3 and "-" not in word and word not in NOT_PAST
    if word not in EITHER and not regular:
        return False
    return bool(before) and before not in BARRING and not before.endswith("'s")


def _is_present(words: Sequence[str], i: int, before: str) -> bool:
    """A third person ("cuts") behind a noun: the noun of the same form follows an article or precedes "of"."""
    word = words[i]
    if not word.endswith("s") or word.endswith(("ss", "us", "'s")) or not is_verb(_base(word)):
        return False
    if before in BARRING or before.endswith("'s") or not before or before.isdecimal():
        return False
    if i >= 2 and words[i - 2] == "to" and is_verb(before):  # "to send mines"
        return False
    after = words[i + 1] if i + 1 < len(words) else ""
    return after != "of" and (after not in ("", ".") or word in SAYINGS or not before.endswith("s"))


def _is_plural_present(words: Sequence[str], i: int, before: str, capital: Sequence[bool]) -> bool:
    """A base form behind a plural or behind two names."""
    if not is_verb(words[i]) or words[i] in BARRING:
        return False
    plural = before.endswith("s") and not before.endswith(("'s", "ss", "us", "is")) and before not in LEADING
    pair = i >= 2 and capital[i - 1] and not capital[i] and any(w in ("and", ",") for w in words[max(0, i - 4) : i - 1])
    team = i >= 1 and capital[i - 1] and not capital[i] and words[i + 1 : i + 2] and _is_object(words, i + 1, capital)
    return before in PLURALS or plural or pair or bool(team) or _has_plural_head(words, i)


def _is_object(words: Sequence[str], i: int, capital: Sequence[bool]) -> bool:
    """Whether an object begins at `i` ("England *face a* …", "Italy *host Wales*")."""
    return capital[i] or words[i] in DETERMINERS


def _has_plural_head(words: Sequence[str], i: int) -> bool:
    """ "Sponsors of the bill *deny* any": a plural with its phrase stands before, an article or preposition follows."""
    after = words[i + 1] if i + 1 < len(words) else ""
    near = words[max(0, i - 5) : i]
    heads = (a.endswith("s") and not a.endswith(("'s", "ss", "us", "is")) for a in near)
    phrase = any(head and b in ("of", "in", "for", "at") for head, b in zip(heads, near[1:], strict=False))
    return phrase and after in BARRING and words[i - 1] not in BARRING


def _telegraphic(words: Sequence[str]) -> Iterator[int]:
    for i, word in enumerate(words[1:], start=1):
        before, after = words[i - 1], words[i + 1] if i + 1 < len(words) else ""
        future = word == "to" and is_verb(after) and before not in NO_FUTURE
        share = word in ("up", "down") and (after[:1].isdigit() or after in "$£€")
        state = word in STATES and before not in BARRING
        counted = before in COUNTS and after in LEADING and _is_past([before, word], 1, "people")
        if future or share or state or counted:
            yield i


def _subordinate(words: Sequence[str], verbs: set[int]) -> set[int]:
    """The verbs of relative and other subordinate clauses: the first one behind each opener, before any comma."""
    found: set[int] = set()
    for i, word in enumerate(words):
        if word not in OPENERS or (word == "that" and not _opens(words, i)):
            continue
        end = next((j for j in range(i + 1, len(words)) if words[j] in ",;:–—"), len(words))
        found.update([j for j in sorted(verbs - found) if i < j < end][:1])
    return found


def _opens(words: Sequence[str], i: int) -> bool:
    """Whether the "that" at `i` opens a clause; at the start, after a mark or preposition it is a pronoun."""
    return i > 0 and words[i - 1][0].isalnum() and words[i - 1] not in LEADING


def _base(word: str) -> str:
    """ "cuts" → "cut", "passes" → "pass", "carries" → "carry"."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and not is_verb(word[:-1]):
        return word[:-2]
    return word[:-1]


@cache
def is_verb(base: str) -> bool:
    """Whether a lower-case form is the base of a verb: irregular, or with an -ing and an -ed of its own."""
    if base in BASES or base in EITHER:
        return True
    if len(base) < 3 or not base.isalpha():
        return False
    stems = (base, base.removesuffix("e"), base + base[-1], base.removesuffix("y") + "i")
    words = english_words()
    past = any(stem + "ed" in words for stem in stems)
    return past and any(stem + "ing" in words for stem in stems)

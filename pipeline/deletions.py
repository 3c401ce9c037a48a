"""Was only that left out of a sentence which can be? What compression may delete without breaking what is left.

A sentence stays a sentence when whole constituents go (Knight and Marcu 2002, section 1): what stands between commas
or brackets, a relative or side clause up to its end, a phrase of time or place before another phrase, an adverb, an
adjective between article and noun, a title or first name. A small model also deletes across their borders: subjects,
auxiliaries, heads of noun phrases. Borders are read from function words and punctuation; there is no parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.finite import AUXILIARIES, EITHER, PASTS, PREPOSITIONS
from pipeline.fragments import TOKEN, fragments
from pipeline.lexicon import word_set
from pipeline.text.words import stem

CLAUSES = word_set("who which whose whom that where when while as after before because although though since until so")
LINKS = PREPOSITIONS | CLAUSES | word_set("and or but than if unless whether to") | AUXILIARIES
BE = word_set("is are was were be been am")
MEASURES = word_set(  # "many years [after it was laid]", "27 times [as much]": what follows belongs to them
    "hour hours day days week weeks month months year years minute minutes second seconds time times little"
)
NEGATION = re.compile(  # "may not end [in Kentucky]" may end elsewhere
    r"\b(?:not|never|cannot|no|nobody|none|neither|nothing|hardly)\b|n['’]t\b"
)
JOINS = word_set("and but or")
QUESTIONS = word_set("what how why whether who where")  # without it, "What he carried was a tin" makes him one
PAUSE = re.compile(r'[,;:()—–"“”]| - |--')
CLAUSE_HEADS = CLAUSES | JOINS
DETERMINERS = word_set("a an the this these those my his her its our their every each no")
OMITTED = DETERMINERS | BE | {"and"}  # in headlines
POSSESSIVE = ("'s", "’s", "s'", "s’")
ADVERBS = word_set("also already now still just even only about nearly almost some later then again too very much once")
QUALIFYING = word_set(  # without it more is said: "has [only] one title left", "[nearly] half"
    """only about nearly almost barely hardly scarcely rarely seldom likely unlikely possibly probably potentially
    apparently seemingly allegedly reportedly supposedly partly partially mostly largely mainly virtually roughly
    approximately narrowly"""
)
RANKS = re.compile(  # "the first player [to win]" says who was first at what
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|only|next|most|least|\d+(?:st|nd|rd|th)"
    r"|(?!(?:prot|for|inter|requ|arr|harv|cont|hon|mod|inv|sugg|manif|conqu|inqu|bequ|midw|temp|dig|earn|unr|pri)est)"
    r"[a-z]{3,}est)(?:-[a-z]+)?"
)
RANKED = 6  # words between such a word and what it is said of
SAYS = word_set("said says told added")
CONDITIONS = word_set("if unless whether not no never")
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow")
TIMES = word_set("last this next early late earlier later every") | DAYS
WHEN = TIMES | word_set(
    """on in at week month year night morning afternoon evening january february march april may june july august
    september october november december"""
)
ASSERTED = QUALIFYING | word_set(  # "the [alleged] killer" is not a killer
    "alleged suspected attempted failed proposed possible potential former fake so-called would-be"
)
NAMING = word_set("called named dubbed titled entitled")  # ", named the Ashvel Treaty,"
HEADS = (PREPOSITIONS | CLAUSES | ADVERBS | TIMES) - CONDITIONS
PHRASES = PREPOSITIONS | TIMES
VERBAL = AUXILIARIES | CLAUSES
HANGING = PREPOSITIONS | DETERMINERS
FUNCTIONAL = LINKS | DETERMINERS
REPLACED = LINKS | SAYS


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the source in lower case; `capital`: written with one; `opens`: the first of its sentence."""

    text: str
    capital: bool
    after_pause: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Consecutive words of one sentence that went, and the words that stood before and after them; `lead`: all that
    stood before them in their clause."""

    words: tuple[Token, ...]
    before: Token | None
    after: Token | None
    lead: tuple[Token, ...] = ()

    @property
    def to_pause(self) -> bool:
        """Whether punctuation or the end of the sentence follows."""
        return self.after is None or self.after.after_pause

    @property
    def conditional(self) -> bool:
        """Whether an "if" or a "not" went."""
        return any(w.text in CONDITIONS for w in self.words)

    @property
    def denied(self) -> bool:
        """Whether a "not" before it may deny what went: "has not voted for one [on the presidential level]"."""
        when = all(w.text in WHEN or w.text.isdigit() for w in self.words)
        return not (self.words[0].after_pause or when) and any(NEGATION.search(w.text) for w in self.lead)


def ranked(words: Sequence[str]) -> bool:
    """Whether one of the last of these words, in lower case, is a rank: "the first player"; not "last week", "at
    least"."""
    last = list(words[-RANKED - 1 :])
    return any(
        RANKS.fullmatch(word) and before != "at" and after not in WHEN
        for before, word, after in zip(["", *last], last, [*last[1:], ""], strict=False)
    )


def unsafe_deletions(text: str, sentences: Sequence[str], *, headline: bool = False) -> int:
    """How many deletions and substitutions may break the sentence; 0: whole constituents went, or nothing did.

    `sentences` is the source; whole sentences may go. `headline`: articles, forms of "be" and an "and" may go as well.
    """
    read = [token for sentence in sentences for token in _read(sentence)]
    own = _read(text)
    found = fragments([token.text for token in own], [token.text for token in read])
    unsafe = end = 0
    novel: list[str] = []
    for fragment in found:
        if fragment.source < 0:
            novel.append(own[fragment.at].text)
            continue
        if fragment.source < end:  # told in another order
            unsafe += 1
        else:
            unsafe += not _may_go(read, range(end, fragment.source), novel, headline=headline)
            opening = [token.text for token in read[end : fragment.source] if token.opens][-1:]
            unsafe += not QUESTIONS.isdisjoint(opening)
        end, novel = fragment.source + fragment.size, []
    return unsafe + (not _may_go(read, range(end, len(read)), novel, headline=headline))


@lru_cache(maxsize=2048)
def _read(sentence: str) -> tuple[Token, ...]:
    """The words of a sentence in order; remembered, as many candidates are made of the same sentences."""
    found: list[Token] = []
    last = 0
    for match in TOKEN.finditer(sentence):
        between = sentence[last : match.start()]
        pause = not found or PAUSE.search(between) is not None
        found.append(Token(match[0].lower(), match[0][:1].isupper(), pause, not found))
        last = match.end()
    return tuple(found)


def _may_go(read: Sequence[Token], gone: range, novel: Sequence[str], *, headline: bool) -> bool:
    """Whether the words of `gone` may go, or `novel` words stand in their place."""
    if not gone:
        return all(word in REPLACED for word in novel)
    if novel:
        return _stands_for(novel, [read[i] for i in gone], headline=headline)
    return all(_part_may_go(read, part, headline=headline) for part in _by_sentence(read, gone))


def _by_sentence(read: Sequence[Token], gone: range) -> Iterator[range]:
    """`gone` cut where sentences begin, without those that go as a whole."""
    starts = [i for i in gone if read[i].opens and i > gone.start]
    for start, stop in pairwise([gone.start, *starts, gone.stop]):
        if not (read[start].opens and (stop >= len(read) or read[stop].opens)):
            yield range(start, stop)


def _part_may_go(read: Sequence[Token], gone: range, *, headline: bool) -> bool:
    before, after = (read[i] if 0 <= i < len(read) else None for i in (gone.start - 1, gone.stop))
    cut = Cut(tuple(read[i] for i in gone), before, after, _lead(read, gone.start))
    if headline and all(w.text in OMITTED for w in cut.words):
        return True
    if len(cut.words) > 1 and cut.words[-1].text == "that" and cut.words[-2].text not in DETERMINERS:
        cut = Cut(cut.words[:-1], cut.before, cut.words[-1], cut.lead)  # "said [on Monday that] the bridge was closed"
    article = headline and cut.words[0].text in DETERMINERS and len(cut.words) > 1
    bare = Cut(cut.words[1:], cut.words[0], cut.after, cut.lead)
    return _follows_a_rule(cut) or (article and _adjective(bare))


def _lead(read: Sequence[Token], start: int) -> tuple[Token, ...]:
    """The words before `start`, back to a pause, a side clause or the beginning of the sentence."""
    at = start
    while at > 0 and not read[at].opens and not (at < start and (read[at].after_pause or read[at].text in CLAUSES)):
        at -= 1
    return tuple(read[at:start])


def _follows_a_rule(cut: Cut) -> bool:
    """Whether one rule allows the cut, or two rules its parts before and after a pause."""
    if cut.after is not None and cut.after.after_pause and cut.after.text == "or":
        return False  # "[with the loss of 640 jobs], or 4.5% of its workforce"
    if any(rule(cut) for rule in RULES):
        return True
    for k in range(1, len(cut.words)):
        if cut.words[k].after_pause:
            head = Cut(cut.words[:k], cut.before, cut.words[k], cut.lead)
            tail = Cut(cut.words[k:], cut.words[k - 1], cut.after)
            if any(rule(head) for rule in RULES) and any(rule(tail) for rule in RULES):
                return True
    return False


def _stands_for(novel: Sequence[str], words: Sequence[Token], *, headline: bool) -> bool:
    """Whether new words are reporting verbs in place of those that went, or, in a headline, other forms of them."""
    stems = {stem(w.text) for w in words}
    return len(words) <= len(novel) + 1 and all(n in SAYS or (headline and stem(n) in stems) for n in novel)


def _between_pauses(cut: Cut) -> bool:
    """Between two commas, brackets or dashes, or from one to the end; at the head only what is no main clause."""
    first = cut.words[0]
    if first.opens:
        return cut.to_pause and first.text in HEADS
    return first.after_pause and cut.to_pause and not _is_the_verb(cut.words)


def _is_the_verb(words: Sequence[Token]) -> bool:
    """Whether a finite verb stands right after a pause: ", was lucky", ", sealed the match"; not ", sealed by him"."""
    object_follows = len(words) > 1 and words[1].text in DETERMINERS
    first = words[0].text
    either = first.endswith("ed") or first in EITHER
    return first in AUXILIARIES | PASTS or (either and object_follows and first not in NAMING)


def _clause(cut: Cut) -> bool:
    """A relative, side or coordinated clause, up to a pause or the end."""
    first = cut.words[0]
    return not first.opens and first.text in CLAUSE_HEADS and cut.to_pause and not cut.conditional and not cut.denied


def _phrase(cut: Cut) -> bool:
    """A phrase that a preposition or a time opens, without a verb, before another phrase, a pause or the end."""
    first, last = cut.words[0], cut.words[-1]
    if first.opens or first.text == "to" or first.text not in PHRASES or _is_rate(cut):
        return False
    verbless = not any(w.text in VERBAL for w in cut.words[1:])
    ends = cut.to_pause or (cut.after is not None and cut.after.text in LINKS)
    one = not any(w.after_pause for w in cut.words[1:])
    return verbless and one and ends and last.text not in HANGING and not cut.conditional and not cut.denied


def _is_rate(cut: Cut) -> bool:
    """ "14.2 errors [for every 1,000 shifts]": what a figure is counted by."""
    return cut.words[0].text == "per" or (len(cut.words) > 1 and cut.words[1].text in ("every", "each"))


def _purpose(cut: Cut) -> bool:
    """What something was done for, to a pause or the end: "to slow the Russian troops"."""
    noun = cut.before is not None and cut.before.text not in LINKS and not cut.before.text.endswith(("ed", "ing"))
    verb = len(cut.words) > 1 and cut.words[0].text == "to" and cut.words[1].text not in DETERMINERS
    wanted = ranked([token.text for token in cut.lead])
    return verb and noun and cut.to_pause and not (cut.conditional or cut.denied or wanted)


def _adverb(cut: Cut) -> bool:
    word = cut.words[0].text
    return len(cut.words) == 1 and word not in QUALIFYING and (word in ADVERBS or word.endswith("ly"))


def _adjective(cut: Cut) -> bool:
    """Up to two words between an article or genitive and a word that is no link: "the [old] bakery"."""
    held = any(w.text in FUNCTIONAL | ASSERTED or w.capital for w in cut.words)
    if cut.before is None or len(cut.words) > 2 or held:
        return False
    noun_follows = cut.after is not None and not cut.after.after_pause and cut.after.text not in LINKS
    return (cut.before.text in DETERMINERS or cut.before.text.endswith(POSSESSIVE)) and noun_follows


def _name_part(cut: Cut) -> bool:
    """A title, first name or the rest of a name next to a part of it that stays."""
    follows = cut.before is not None and cut.before.capital and not cut.words[0].after_pause
    precedes = cut.after is not None and cut.after.capital and not cut.after.after_pause
    return (follows or precedes) and len(cut.words) <= 4 and all(w.capital for w in cut.words)


def _that(cut: Cut) -> bool:
    """ "that" after a reporting verb."""
    return [w.text for w in cut.words] == ["that"] and cut.before is not None and cut.before.text in SAYS


RULES = (_between_pauses, _clause, _phrase, _purpose, _adverb, _adjective, _name_part, _that)

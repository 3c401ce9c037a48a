"""Negation dropped or added between a candidate and the sentences that support it. Cautious: it sees few cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts import FUNCTION_WORDS, Facts, Word, split_words
from pipeline.lexicon import bases, word_set
from pipeline.records import Reason

_STRICT = word_set("not never cannot")
_NEGATIVE = _STRICT | word_set("no none nobody nothing neither nor without denied denies deny denying")
_KINDRED = word_set(
    """refuse refused refuses refusing reject rejected rejects rejecting fail failed fails failing lack lacks lacked
    lacking unable unlikely impossible barely hardly scarcely few little rather instead stop stopped stops stopping
    block blocked blocks blocking ban banned bans against oppose opposed opposes opposing avoid avoided prevent
    prevented prevents halt halted halts end ended ends drop dropped drops cancel canceled cancelled denial refusal
    failure absence absent unless until only decline declined declines dismiss dismissed dismisses dispute disputed
    disputes rule ruled false untrue wrong off away doubt doubted doubts skeptical out lose lost loses miss missed
    withhold withheld despite although though but however far yet less other than exclude excluded far from
    quit leave abandon abandoned abandons forgo skip shun reluctant wary delay delayed resist resisted spared
    free clear ignore ignored"""
)
_NOT_A_NEGATION = word_set("only just because least always all")  # after "not"
_PREPOSITIONS = word_set(
    "in on at for of by with from about as if that when because until than into over under and or but"
)
_ANY = _NEGATIVE | _KINDRED
_NEGATIVE_PREFIXES = ("un", "non", "dis", "im")


def lost_or_added(facts: Facts, evidence: str) -> Iterator[Reason]:
    """`unsupported:negation` if one side negates a word that the other states plainly.

    Compared is the first word of meaning after each negation ("did not *approve*"), where the other side has it
    without any negative word shortly before. A candidate that negates although its evidence has no negative word at
    all is doubted too.
    """
    known = split_words(evidence)
    own = [w for w in facts.words if _negates(w, _NEGATIVE)]
    if own and not any(_negates(w, _ANY) or w.key.startswith(_NEGATIVE_PREFIXES) for w in known):
        yield Reason("unsupported:negation", (own[0].start, own[0].end), own[0].text)
        return
    for head in _negated_heads(facts.words):
        if _is_stated(head, known) is not None:
            yield Reason("unsupported:negation", (head.start, head.end), f"not {head.text}")
            return
    for head in _negated_heads(known):
        stated = _is_stated(head, facts.words)
        if stated is not None and _is_stated(head, known) is None:
            yield Reason("unsupported:negation", (stated.start, stated.end), stated.text)
            return


def _negates(word: Word, cues: frozenset[str]) -> bool:
    return word.key in cues or word.key.endswith("n't")


def _negated_heads(words: Sequence[Word]) -> Iterator[Word]:
    """The first word of meaning within four words after each "not", before any preposition."""
    for i, word in enumerate(words[:-1]):
        if not _negates(word, _STRICT) or words[i + 1].key in _NOT_A_NEGATION:
            continue
        for following in words[i + 1 : i + 5]:
            if not following.is_word or following.key in _NEGATIVE:
                break
            if following.key in _PREPOSITIONS:
                break
            if following.key not in FUNCTION_WORDS and not following.key.endswith("ly"):
                if not following.is_capital:
                    yield following
                break


def _is_stated(head: Word, words: Sequence[Word]) -> Word | None:
    """The occurrence of `head` in `words`, if all of them stand without a negative word up to six words before."""
    forms = set(bases(head.key))
    places = [i for i, w in enumerate(words) if w.is_word and not forms.isdisjoint(bases(w.key))]
    for i in places:
        if any(_negates(w, _ANY) for w in words[max(0, i - 6) : i]):
            return None
    return words[places[0]] if places else None

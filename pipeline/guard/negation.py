"""Negation dropped or added between a candidate and the sentences that support it. Cautious: it sees few cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts import FUNCTION_WORDS, Facts, Word
from pipeline.facts.forms import forms
from pipeline.facts.statements import negates
from pipeline.lexicon import word_set
from pipeline.records import Reason

_STRICT = word_set("not never cannot")
_NEGATIVE = _STRICT | word_set("no none nobody nothing neither nor without denied denies deny denying")
_KINDRED = word_set(
    """refuse refused refuses refusing reject rejected rejects rejecting fail failed fails failing lack lacks lacked
    lacking unable unlikely impossible barely hardly scarcely rarely seldom unlike
    few little rather instead stop stopped stops stopping
    block blocked blocks blocking ban banned bans against oppose opposed opposes opposing avoid avoided prevent
    prevented prevents halt halted halts end ended ends drop dropped drops cancel canceled cancelled denial refusal
    failure absence absent unless until only decline declined declines dismiss dismissed dismisses dispute disputed
    disputes rule ruled false untrue wrong off away doubt doubted doubts skeptical out lose lost loses miss missed
    withhold withheld despite although though but however far yet less other than exclude excluded far from
    quit leave abandon abandoned abandons forgo skip shun reluctant wary delay delayed resist resisted spared
    free clear ignore ignored"""
)
_WEAK = word_set(  # too common to excuse a negation of a whole sentence
    """few little rather instead until only off away out despite although though but however far yet less other than
    from end ended ends"""
)
_NOT_A_NEGATION = word_set("only just because least always all")  # after "not"
_PREPOSITIONS = word_set(
    "in on at for of by with from about as if that when because until than into over under and or but"
)
_ANY = _NEGATIVE | _KINDRED
_EXCUSING = _ANY - _WEAK
_NEGATIVE_PREFIXES = ("un", "non", "dis", "im")


def lost_or_added(facts: Facts, evidence: Facts) -> Iterator[Reason]:
    """`unsupported:negation` if one side negates a word that the other states plainly.

    Compared is the first word of meaning after each negation ("did not *approve*"), where the other side has it
    without any negative word shortly before, and what stands directly around "not". A candidate that negates although
    its evidence has no negative word at all is doubted too.
    """
    own, known = facts.words, evidence.words
    added = [w for w in own if negates(w, _NEGATIVE)]
    if added and not any(negates(w, _EXCUSING) or w.key.startswith(_NEGATIVE_PREFIXES) for w in known):
        yield Reason("unsupported:negation", (added[0].start, added[0].end), added[0].text)
        return
    guilty = _added(own, known) or _dropped(own, known)
    if guilty is not None:
        yield Reason("unsupported:negation", (guilty.start, guilty.end), guilty.text)


def _added(own: Sequence[Word], known: Sequence[Word]) -> Word | None:
    """The negation of the candidate whose word every occurrence in the evidence states plainly."""
    for negation, head in _negated_heads(own):
        if _is_stated(head, known) is not None:
            return negation
    for negation, around in _joints(own):
        if around in _runs(known) and not any(around == other for _, other in _joints(known)):
            return negation
    return None


def _dropped(own: Sequence[Word], known: Sequence[Word]) -> Word | None:
    """The word of the candidate that stands plainly while the evidence always negates it."""
    heads = [head for _, head in _negated_heads(known)]
    for head in heads:
        stated = _is_stated(head, own)
        if stated is not None and len(_places(head, known)) <= sum(head.key == other.key for other in heads):
            return stated
    joints = list(_joints(known))
    runs = _runs(own) if joints else {}
    for _, around in joints:
        if around in runs and around not in _runs(known):
            return runs[around]
    return None


def _negated_heads(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Each "not" with the first word of meaning within four words after it, before any preposition."""
    for i, word in enumerate(words[:-1]):
        if not negates(word, _STRICT) or words[i + 1].key in _NOT_A_NEGATION:
            continue
        for following in words[i + 1 : i + 5]:
            if not following.is_word or following.key in _NEGATIVE or following.key in _PREPOSITIONS:
                break
            if following.key not in FUNCTION_WORDS and not following.key.endswith("ly"):
                if not following.is_capital:
                    yield word, following
                break


def _places(head: Word, words: Sequence[Word]) -> list[int]:
    wanted = forms(head.key)
    return [i for i, w in enumerate(words) if w.is_word and not wanted.isdisjoint(forms(w.key))]


def _is_stated(head: Word, words: Sequence[Word]) -> Word | None:
    """The occurrence of `head` in `words`, if all of them stand without a negative word up to six words before."""
    places = _places(head, words)
    for i in places:
        if any(negates(w, _ANY) for w in words[max(0, i - 6) : i]):
            return None
    return words[places[0]] if places else None


_Run = tuple[str, str, str]


def _joints(words: Sequence[Word]) -> Iterator[tuple[Word, _Run]]:
    """Each "not" with the word before it and the two after it ("is | not | a good")."""
    for before, word, one, two in zip(words, words[1:], words[2:], words[3:], strict=False):
        if word.key in ("not", "never") and before.is_word and one.is_word and one.key not in _NOT_A_NEGATION:
            yield word, (before.key, one.key, two.key)


def _runs(words: Sequence[Word]) -> dict[_Run, Word]:
    """All runs of three words, each with its second."""
    triples = zip(words, words[1:], words[2:], strict=False)
    return {(a.key, b.key, c.key): b for a, b, c in triples}

"""How much a candidate can be trusted and wanted: the score that selection sorts by.

score = mean log-probability + WEAKEST × that of its three least likely tokens
        − JOIN × fragments it was put together from − JUMP × facts put into another order
        − COPY if it is the whole sentence as it stands − CUT if it breaks off where its source goes on
        − UNCONDITIONAL if it says as a fact what its source says under an "if"
        − VERBLESS if its main clause has no finite verb − HEADLESS if an "of" lost what it belongs to
        − UNSAFE × deletions across the borders of constituents
        − MENDED if it had to be repaired
        − DANGLING if it opens with a pronoun − MIXED × clauses whose words come from several sentences
        + KEPT × share of the source sentence's content words kept                       (not for headlines)
        + CENTRAL × how common its content words are among the article's sentences + LEAD × share of them in its first
          two sentences + OPENING if it was made from the opening + TITLE × share of them in the article's own title
                                                                                         (headlines only)

What a rule made of the article's words (flags `reworded`, `trimmed`) starts at RULED instead: no penalty for how it was
put together, less RULE for each rule, VERBLESS and DANGLING as above; for a headline less DEFINITE if it opens with
"The plumber …", and TITLED more if it is a shorter form of the article's own title. What a rule made of a model's text
keeps the penalties of that text.

The weights were chosen on validation articles, those of headlines by ROUGE with the real ones (docs/experiments.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.deletions import unsafe_deletions
from pipeline.finite import PREPOSITIONS, has_finite_verb
from pipeline.fragments import TOKEN, Fragment, back_jumps, fragments, tokens
from pipeline.records import Article, Judged, Kind
from pipeline.salience import PRONOUNS
from pipeline.text.words import STOP, content_words, stem

KEPT, JOIN, JUMP, COPY, CUT, DANGLING = 0.35, 0.05, 0.25, 0.6, 0.6, 0.5
HEADLINE_CUT = 1.5
WEAKEST, MIXED, UNCONDITIONAL = 0.25, 0.5, 2.0
VERBLESS, HEADLINE_VERBLESS, HEADLESS = 0.6, 2.0, 1.5
MENDED = 0.2  # what a repaired candidate loses: a sound one of the model's own is safer
UNSAFE, HEADLINE_UNSAFE = 0.8, 0.7  # what each deletion that may break the sentence costs
RULED, RULE = -0.75, 0.02  # a wording made by rule starts here, and loses a little for every rule
RULED_KEPT, RULED_LEAD = 0.5, 0.5  # in place of KEPT and LEAD for what a rule made
TITLED = 0.4  # what a shorter form of the article's own title gains: a person wrote it
DEFINITE, DESCRIBED = 0.5, re.compile(r"The [a-z]")  # a headline of "The plumber …": which one, nobody knows yet
SENTENCE = 0.8  # rewrites are likelier than headlines by nature: what one loses when it stands for a headline
CENTRAL, LEAD, OPENING, TITLE, HEADLINE_JOIN = 3.0, 1.0, 0.3, 0.5, 0.06
DOUBTFUL, HEADLINE_DOUBTFUL = -1.0, -1.6  # mean log-probability under which a candidate is not used
LOOSE = -1.25  # score under which most rewrites of validation sentences read as broken
FIRST_PERSON = frozenset("i we you me us my our your".split())
ANAPHORS = frozenset("move decision announcement step change comment comments remarks reason news measure".split())
POINTING = frozenset("it they he she these those them him".split())
OPENERS = frozenset(
    """while when if after as although because since before once unless whereas at in on by for with from of under
    during despite amid over through among between until against""".split()
)
LEAST_HEADLINE = 4  # words
GLUED = re.compile(r"\d[a-z]*[$£€]\d|s's\b|,,")
CONNECTORS = frozenset("as after while because which who whose when if but before although since unless".split())
CONDITIONS = frozenset("if unless whether".split())
TIES = frozenset("and or to for in on at by with from says say said that".split())
CLAUSE_END = re.compile(r"[,:;](?=\s)|\b(?:as|after|while|amid)\b")
GOES_ON = frozenset(
    """and or but to in on at for from by with as after before when while where who which that if because since until
    during amid over under about against into through without despite including following according said says
    than""".split()
)


def rate(judged: Judged, kind: Kind, article: Article) -> Judged:
    """The candidate with its score as a text of `kind`."""
    candidate, headline = judged.candidate, kind == "headlines"
    if candidate.logprob is None and not {"reworded", "trimmed"}.isdisjoint(candidate.flags):
        return replace(judged, score=_by_rule(judged, kind, article))
    focus = article.sentences[candidate.sentences[0]].text
    sentences = [article.sentences[i].text for i in candidate.sentences]
    if headline and article.title:
        sentences.insert(0, f"{article.title}.")
    evidence = " ".join(sentences)
    text = tokens(candidate.text)
    found = fragments(text, tokens(evidence))
    score = (candidate.logprob or 0.0) + WEAKEST * (candidate.weakest or 0.0)
    score -= MENDED * any(flag.startswith("repaired") for flag in candidate.flags)
    score -= JUMP * back_jumps(found) + (HEADLINE_JOIN if headline else JOIN) * len(found)
    mixed = mixed_clauses(candidate.text, sentences)
    score -= MIXED * mixed + DANGLING * opens_with_pronoun(candidate.text)
    if headline:
        score += _aboutness(candidate.text, candidate.sentences, article) - SENTENCE * (candidate.task == "brief")
    else:
        score += KEPT * _kept(candidate.text, focus)
    if not candidate.extractive:
        broken = cut_short(candidate.text, found, evidence) or hangs(candidate.text, focus)
        broken = broken or loses_connector(found, text, tokens(evidence))
        score -= COPY * (text == tokens(focus)) + (HEADLINE_CUT if headline else CUT) * broken
        verbless = not has_finite_verb(candidate.text, headline=headline)
        score -= (HEADLINE_VERBLESS if headline else VERBLESS) * verbless
        score -= (HEADLINE_UNSAFE if headline else UNSAFE) * unsafe_deletions(
            candidate.text, sentences, headline=headline
        )
        score -= HEADLESS * loses_head(found, text, tokens(evidence))
        score -= UNCONDITIONAL * loses_condition(found, text, tokens(evidence))
    return replace(judged, score=score, mixed=bool(mixed))


def _by_rule(judged: Judged, kind: Kind, article: Article) -> float:
    """The score of a wording made by rule: how it was put together is known, so no penalty for that applies."""
    candidate, headline = judged.candidate, kind == "headlines"
    source = article.sentences[candidate.sentences[0]].text
    score = RULED - RULE * (candidate.request_id.count("+") + 1) - DANGLING * opens_with_pronoun(candidate.text)
    score -= VERBLESS * (not has_finite_verb(candidate.text, headline=headline))
    if not headline:
        score += RULED_KEPT * _kept(candidate.text, source)
    else:
        score += _aboutness(candidate.text, candidate.sentences, article, lead=RULED_LEAD) - SENTENCE
        own = candidate.request_id.endswith("#title")
        score += TITLED if own else -DEFINITE * (DESCRIBED.match(source) is not None)
    return score


def _kept(text: str, focus: str) -> float:
    wanted = set(content_words(focus))
    return len(wanted & set(content_words(text))) / len(wanted) if wanted else 0.0


def _aboutness(text: str, sentences: tuple[int, ...], article: Article, lead: float = LEAD) -> float:
    """How far a headline speaks of what the whole article and its opening speak of."""
    words = set(content_words(text))
    if not words:
        return 0.0
    share, opening = _word_shares(tuple(s.text for s in article.sentences))
    title = len(words & set(content_words(article.title or ""))) / len(words)
    central = sum(share.get(w, 0.0) for w in sorted(words)) / len(words)
    return (
        TITLE * title
        + CENTRAL * central
        + lead * len(words & opening) / len(words)
        + OPENING * (len(sentences) > 1 and sentences[0] == 0)
    )


@lru_cache(maxsize=4)
def _word_shares(sentences: tuple[str, ...]) -> tuple[dict[str, float], frozenset[str]]:
    """Share of the sentences each content word occurs in, and the words of the first two."""
    counts = Counter(w for text in sentences for w in set(content_words(text)))
    lead = frozenset(w for text in sentences[:2] for w in content_words(text))
    return {w: n / len(sentences) for w, n in counts.items()}, lead


def doubts(judged: Judged, kind: Kind) -> str:
    """Why a model's candidate should not be used although the guard passed it; empty if there is no such reason."""
    candidate = judged.candidate
    if candidate.extractive:
        return ""
    headline = kind == "headlines"
    if candidate.logprob is None and not headline and not has_finite_verb(candidate.text):
        return "has no finite verb"
    if GLUED.search(candidate.text):
        return "words or figures run together"
    if candidate.logprob is not None and candidate.logprob < (HEADLINE_DOUBTFUL if headline else DOUBTFUL):
        return "the model itself doubts it"
    if not headline and judged.score < LOOSE:
        return "too loosely put together"
    if kind in ("headlines", "bullets") and opens_with_pronoun(candidate.text):
        return "opens with a pronoun"
    if headline and len(tokens(candidate.text)) < LEAST_HEADLINE:
        return "says too little"
    words = [word for word in tokens(candidate.text) if word not in STOP]
    if stutters(candidate.text) or (headline and len(set(words)) < len(words)):
        return "repeats itself"
    if judged.mixed and headline:
        return "joins words of several sentences"
    return "speaks in the first or second person" if FIRST_PERSON & set(_outside_quotes(candidate.text)) else ""


def stutters(text: str) -> bool:
    """Whether a word or pair of words is said again at once ("this week this week", "threatened or threatened")."""
    words = [re.sub(r"(?<=\d)[.,](?=\d)", "", word) for word in tokens(text)]
    pairs = list(zip(words, words[1:], strict=False))
    near = any(pair in pairs[i + 1 : i + 6] for i, pair in enumerate(pairs))
    return near or any(a == c and b in ("or", "and") for a, b, c in zip(words, words[1:], words[2:], strict=False))


def opens_with_pronoun(text: str) -> bool:
    """Whether the first words point at something said before ("It …", "The move …")."""
    first = [re.sub(r"['’].*", "", token) for token in tokens(text)[:6]]  # "he's" is "he"
    if not first or first[0] in PREPOSITIONS:  # "Of these, 3,870 will …", "Of late it has …"
        return not POINTING.isdisjoint(first)
    return first[0] in PRONOUNS or (first[0] == "the" and first[1:2] != [] and first[1] in ANAPHORS)


def cut_short(text: str, found: list[Fragment], source: str) -> bool:
    """Whether the text ends where its source goes on without a pause, or leaves a `between` without its `and`."""
    words = tokens(text)
    if "between" in words and "and" not in words[words.index("between") :]:
        return True
    last = next((f for f in reversed(found) if f.source >= 0), None)
    if last is None or last.at + last.size < len(words):
        return False
    places = list(TOKEN.finditer(source))
    end = last.source + last.size
    if end >= len(places):
        return False
    gap = source[places[end - 1].end() : places[end].start()]
    return gap.strip() == "" and places[end][0].lower() not in GOES_ON


def mixed_clauses(text: str, sentences: Sequence[str]) -> int:
    """Clauses that no single sentence holds: where two true facts may have become a false one.

    A clause ends at a comma, colon or semicolon, and before "as", "after", "while" or "amid"; words that no
    sentence has do not count.
    """
    held = [set(content_words(sentence)) for sentence in sentences]
    known = set().union(*held)
    clauses = [set(content_words(clause)) & known for clause in CLAUSE_END.split(text)]
    return sum(bool(clause) and not any(clause <= words for words in held) for clause in clauses)


def hangs(text: str, focus: str) -> bool:
    """Whether the text holds no more than the opening phrases of its sentence ("At 9.40 p.m., after a long debate")."""
    opening: set[str] = set()
    for part in (tokens(part) for part in re.split(r",\s", focus)):
        if not part or not (part[0] in OPENERS or (not opening and part[0].endswith("ing"))):
            break
        opening |= set(part)
    return bool(opening) and set(tokens(text)) <= opening and set(tokens(focus)) != opening


def loses_connector(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether a fragment stands without the "as", "after" or "who" that tied it to the sentence."""
    for fragment in found:
        at = fragment.source - 1
        if fragment.at and at >= 0 and source[at] in CONNECTORS and text[fragment.at - 1] not in CONNECTORS | TIES:
            return True
    return False


def loses_condition(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether what the source says under an "if" is said as a fact."""
    return any(
        f.source > 0 and source[f.source - 1] in CONDITIONS and not (f.at and text[f.at - 1] in CONDITIONS)
        for f in found
    )


def loses_head(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether an "of" follows another word than in the source ("half an hour of light" → "half of light")."""
    return any(
        f.at and f.source > 0 and source[f.source] == "of" and stem(text[f.at - 1]) != stem(source[f.source - 1])
        for f in found
    )


def _outside_quotes(text: str) -> list[str]:
    return tokens(re.sub(r'"[^"]*"|“[^”]*”', " ", text))

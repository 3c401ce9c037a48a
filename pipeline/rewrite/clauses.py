"""Clauses set apart, turned round or joined, with the same words and the same meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rewrite.grammar import (
    PRONOUNS,
    QUOTED,
    SUBORDINATORS,
    Spelling,
    bare,
    is_finite,
    is_name,
    lower_first,
    parts,
    split_end,
    upper_first,
    verbs,
    without_quotations,
)

_SUBJECT = re.compile(r"(?:the|a|an|it|he|she|they|we|there|this|these|those|some|many|his|her|its|their)\b|[A-Z]")
_CLAUSE = re.compile(rf"\b(?:{'|'.join(sorted(SUBORDINATORS))}|that|who|which|whose|where|whether)\b")
PREPOSITIONS = frozenset("in on at during by with for from under over among despite amid through since".split())


def appositive_first(text: str, _: Spelling) -> Iterator[str]:
    """ "Ana Reyes, the mayor of Port Marle, said …" → "The mayor of Port Marle, Ana Reyes, said …"."""
    found = parts(text)
    if len(found) < 3 or not is_name(found[0]) or not re.match(r"(?:the|a|an|its) ", found[1]) or verbs(found[1]):
        return
    if len(found[1].split()) < 3:  # "A conservative, Ana Reyes, …"
        return
    if _opens_with_verb(found[2]) and len(found[0].split()) <= 3:
        yield ", ".join([upper_first(found[1]), found[0], *found[2:]])


def relative_apart(text: str, _: Spelling) -> Iterator[str]:
    """ "The ferry, which carries 400 cars, ran aground." → "The ferry ran aground. It carries 400 cars." """
    found = parts(text)
    if len(found) != 3 or QUOTED.search(text) or not _opens_with_verb(found[2]) or verbs(found[0]):
        return
    opening, _space, rest = found[1].partition(" ")
    again = found[0].split()[-1] if is_name(found[0]) else found[0]
    if opening not in ("who", "which") or not _is_verb(bare(rest.split(" ")[0])) or len(again.split()) > 3:
        return
    plural = rest.split(" ")[0] in ("are", "were", "have")
    subject = ("They" if plural else "It") if opening == "which" else again
    yield f"{found[0]} {found[2]} {upper_first(subject)} {rest}."


def _is_verb(word: str) -> bool:
    """Whether a word right after "who" or "which" is its verb."""
    return is_finite(word) or (word.endswith("s") and word not in ("its", "his", "this", "perhaps"))


def clause_to_end(text: str, _: Spelling) -> Iterator[str]:
    """ "After the flood fell, crews began work." → "Crews began work after the flood fell." """
    body, end = split_end(text)
    found = parts(body)
    first = found[0].split(" ")[0].lower()
    if len(found) != 2 or not end or first not in SUBORDINATORS - {"since", "as"} or QUOTED.search(text):
        return
    pronoun = found[1].split(" ")[0].lower() in PRONOUNS
    if verbs(found[0]) and len(verbs(found[1])) == 1 and not pronoun and not _CLAUSE.search(found[1]):
        between = ", " if first in ("although", "though", "while", "whereas") else " "
        yield upper_first(found[1]) + between + found[0][0].lower() + found[0][1:] + end


def clause_to_front(text: str, spelling: Spelling) -> Iterator[str]:
    """ "Crews began work after the flood fell." → "After the flood fell, crews began work." """
    body, end = split_end(text)
    match = re.fullmatch(r"([^,;:]+?),? (after|when|because|although|though|while|if|until|before) ([^,;:]+)", body)
    if match is None or not end or QUOTED.search(text):
        return
    main, link, clause = match.groups()
    simple = (
        not _CLAUSE.search(clause)
        and len(verbs(main)) == 1
        and not _CLAUSE.search(main)
        and " to " not in main
        and " said" not in main
    )
    if simple and verbs(clause) and _SUBJECT.match(clause) and clause.split()[0].lower() not in PRONOUNS:
        yield f"{upper_first(link)} {clause}, {lower_first(main, spelling)}{end}"


def coordination_apart(text: str, _: Spelling) -> Iterator[str]:
    """ "S, and the mayor left." → "S. The mayor left."; "S, but …" → "S. But …"; "S; s." → "S. S." """
    visible = without_quotations(text)
    if re.search(r"\b(?:said|says)\b", text):
        return
    for match in re.finditer(r"(?:, (and|but|so) |; )(?=\S)", visible):
        left, right = text[: match.start()], text[match.end() :]
        words = right.split()
        if not _SUBJECT.match(right) or len(words) < 4 or not verbs(left) or _CLAUSE.search(visible[: match.start()]):
            continue
        if any(v <= 5 for v in verbs(right)) and '"' not in left and not _listed(left) and verbs(right)[0] > 0:
            yield f"{left}. {'But ' + right if match[1] == 'but' else upper_first(right)}"


def connective(text: str, spelling: Spelling) -> Iterator[str]:
    """ "However, S" → "But S", "But S" → "However, S", and a connective that only adds is left out."""
    for find, put in CONNECTIVES:
        if text.startswith(find):
            rest = text[len(find) :]
            yield put + (lower_first(rest, spelling) if put else upper_first(rest))
    match = re.search(r", however,? ", text)
    if match and '"' not in text and match.start() > 0:
        yield f"But {lower_first(text[: match.start()], spelling)} {text[match.end() :]}"


CONNECTIVES = (
    ("However, ", "But "),
    ("But ", "However, "),
    ("Still, ", "Even so, "),
    ("And ", ""),
    ("Meanwhile, ", ""),
    ("Moreover, ", "Also, "),
    ("Furthermore, ", "Also, "),
    ("Additionally, ", "Also, "),
    ("In addition, ", "Also, "),
    ("At the same time, ", "Meanwhile, "),
    ("In the meantime, ", "Meanwhile, "),
)


def _opens_with_verb(part: str) -> bool:
    words = part.split()
    return bool(words) and words[0][0].islower() and is_finite(bare(words[0]))


def _listed(left: str) -> bool:
    """Whether the text before an "and" may be an enumeration ("apples, pears, and …")."""
    last = parts(left)
    return len(last) > 1 and not verbs(last[-1])


def fused(first: str, second: str, spelling: Spelling) -> Iterator[str]:
    """Two short sentences as one: with the same subject said once, else joined by "and"."""
    if QUOTED.search(first + second) or not first.endswith(".") or not second.endswith("."):
        return
    left, right = first[:-1].split(), second[:-1].split()
    if len(left) + len(right) > 22 or len(left) < 3 or len(right) < 3 or "," in first + second:
        return
    size = 1 if left[0].lower() in PRONOUNS else 2
    same = left[:size] == right[:size] and (size == 1 or left[0] == "The")
    if same and is_finite(bare(right[size])) and len(verbs(first)) == 1 and left[0].lower() not in ("this", "there"):
        yield f"{' '.join(left)} and {' '.join(right[size:])}."
        return
    opens = right[0].lower() in ("the", "it", "they", "he", "she") and max(verbs(second), default=9) < 5
    if opens and not _CLAUSE.search(first + second) and len(left) + len(right) <= 16 and verbs(first):
        yield f"{' '.join(left)}, and {lower_first(' '.join(right), spelling)}."

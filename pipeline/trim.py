"""Sentence compression by rule: what a sentence says without its attribution and asides (after Dorr et al. 2003).

A second source of candidates for sentences that the small model cannot retell, for instance for their rare words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Article, Candidate

DAY = r"(?: (?:on |late |early )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?"
ATTRIBUTION = re.compile(rf",\s+(?:according to [^,;]+|[^,;]{{2,60}}\b(?:said|says|announced|reported){DAY})\.$")
RELATIVE = re.compile(r",\s+(?:who|which|whose)\s[^,;:]+,\s+")
DASHED = re.compile(r"\s+(?:--|[–—])\s+[^–—;]+?\s+(?:--|[–—])\s+")
LEAST_WORDS = 6


def trim(sentence: str) -> str | None:
    """The sentence without a closing attribution, relative clauses between commas and asides between dashes.

    None if nothing can go, if too little is left, or if it quotes somebody: then the attribution matters.
    """
    if '"' in sentence or "“" in sentence:
        return None
    text = DASHED.sub(" ", RELATIVE.sub(" ", ATTRIBUTION.sub(".", sentence)))
    return text if text != sentence and len(text.split()) >= LEAST_WORDS else None


def trimmed(article: Article, candidates: Sequence[Candidate]) -> list[Candidate]:
    """One trimmed candidate for each sentence that was rewritten and can be trimmed, flagged `trimmed`."""
    asked = {c.sentences[0]: c for c in candidates if c.task == "brief" and not c.extractive and c.serves}
    found = []
    for i, like in asked.items():
        text = trim(article.sentences[i].text)
        serves = tuple(kind for kind in like.serves if kind != "headlines")
        if text is not None and serves:
            found.append(Candidate(f"{article.id}#trim:{i}", "brief", text, None, (i,), serves, flags=("trimmed",)))
    return found

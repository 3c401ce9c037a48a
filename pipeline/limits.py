"""Hard limits that were hit on the way from article to outputs: what each is called, and how often it was hit.

Nothing is cut silently: whatever had to be cut, split or left unread has one of these names, counted for every article
in outputs.jsonl (`limits`) and for the run in run.json, whether the text was chosen in the end or not. docs/long.md
says where each limit lies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.records import Candidate

LIMITS = {
    "truncated_input": "requests whose source was cut to what the model reads",
    "truncated_context": "requests whose context was cut",
    "split_sentence": "requests that hold a part of a sentence (or of an intermediate text) longer than the budget",
    "split_word": "requests that hold a part of a word longer than the budget",
    "unfinished": "requests with a text that ended at the model's limit, not at its end",
    "no_text": "requests for a sentence of which the engine left no text (ctranslate2: the spelling guard refused all)",
    "empty_step": "chunks or groups of a long article that were answered with nothing",
    "not_reduced": "requests of a last step that had to read the article group by group",
    "rated_in_part": "sentences of which the selector read the beginning",
    "rated_in_blocks": "blocks of sentences that the selector read apart from each other",
}


def hits(candidates: Sequence[Candidate]) -> Counter[str]:
    """How many requests hit each limit, by the flags of their candidates; a step is empty if all its texts are."""
    found = {(c.request_id, flag) for c in candidates for flag in c.flags if flag in LIMITS}
    steps = {c.request_id for c in candidates if not c.serves}
    told = {c.request_id for c in candidates if c.text}
    return Counter(flag for _, flag in found) + Counter(empty_step=len(steps - told))

"""What a few sentences of an article say, read once per text and kept while an article's candidates are judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.facts import Facts, extract_facts
from pipeline.facts.opposites import Direction, read_directions
from pipeline.facts.slots import Slot, read_slots
from pipeline.facts.speech import Saying, read_sayings
from pipeline.facts.statements import Statement, read_statements
from pipeline.guard.source import Source, read_text


@dataclass(frozen=True)
class Reading:
    """A candidate's or evidence's facts and what is bound to what in it; each part is read when first asked for."""

    facts: Facts

    @cached_property
    def source(self) -> Source:
        """The same text, prepared as what names are looked up in."""
        return read_text(self.facts.text)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return read_statements(self.facts.words)

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        return read_directions(self.facts.words)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        return read_slots(self.facts.words, self.facts.quantities, self.facts.dates, self.facts.names)

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        return read_sayings(self.facts.words, self.facts.names, self.facts.quotations)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.facts.words)


@lru_cache(maxsize=1024)
def read_evidence(text: str) -> Reading:
    """The reading of a candidate or of the sentences that one was made from: many candidates share theirs, and each is
    judged for several kinds."""
    return Reading(extract_facts(text))

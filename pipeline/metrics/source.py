"""One article as the metrics look things up in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pipeline.facts.names import is_capitalised
from pipeline.guard.source import Source as Stated
from pipeline.guard.source import read_text
from pipeline.metrics.rouge import Prepared
from pipeline.metrics.tokens import words

Ngram = tuple[str, ...]


class Source:
    """One article text with everything metrics look up in it, each part made when first needed and kept.

    `sentences` are those of the article; without them its text is split when they are needed.
    """

    def __init__(self, text: str, sentences: Sequence[str] | None = None) -> None:
        self.text = text
        self._sentences = sentences
        self._ngrams: dict[int, frozenset[Ngram]] = {}

    @cached_property
    def words(self) -> list[str]:
        return words(self.text)

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Word → its positions, ascending."""
        found: dict[str, list[int]] = {}
        for index, word in enumerate(self.words):
            found.setdefault(word, []).append(index)
        return found

    def ngrams(self, n: int) -> frozenset[Ngram]:
        if n not in self._ngrams:
            self._ngrams[n] = frozenset(ngrams(self.words, n))
        return self._ngrams[n]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The article's sentences, in order."""
        if self._sentences is not None:
            return tuple(self._sentences)
        from pipeline.text.sentences import split_sentences  # imported late: it loads the splitter's model

        return tuple(sentence.text for sentence in split_sentences(self.text))

    @cached_property
    def prepared(self) -> Prepared:
        """The whole article as ROUGE reads it, stemmed."""
        return Prepared(self.text)

    @cached_property
    def prepared_sentences(self) -> tuple[Prepared, ...]:
        return tuple(Prepared(sentence) for sentence in self.sentences)

    @cached_property
    def stated(self) -> Stated:
        """The facts of the article, as the guard compares with them (about 10 ms a news article)."""
        return read_text(self.text, self.sentences)

    @cached_property
    def proper(self) -> frozenset[str]:
        """Keys of the words that the article capitalises within sentences and never writes small."""
        found = self.stated.facts.words
        small = {word.key for word in found if not word.is_capital}
        return frozenset(w.key for w in found if is_capitalised(w) and not w.initial) - small


def ngrams(tokens: Sequence[str], n: int) -> list[Ngram]:
    """All n-grams of `tokens` in order."""
    return [tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1)]

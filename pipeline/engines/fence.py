"""An article between two marker lines it cannot forge, so that a model can tell what it reads from what it is told.

The mark is made of the sha256 of the text itself: whoever writes the text would have to write its own hash into it.
Should it stand there all the same, the next number is hashed with it. Control tokens of chat models (`<|im_end|>`) are
broken by a blank, or they would end the turn they stand in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

MARK_DIGITS = 16
# Our own markers, and what chat templates of common model families are made of; `<|` opens most of them.
CONTROL = (
    "<<<", "<|", "|>", "<｜", "｜>", "<s>", "</s>", "<bos>", "<eos>", "<pad>", "<unk>", "<think>", "</think>",
    "<start_of_turn>", "<end_of_turn>", "<turn|>", "<|turn>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>",
    "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fenced:
    """`block`: the text between its marker lines; `text`, `mark` and `label` are its parts."""

    text: str
    mark: str
    label: str = "MATERIAL"

    @property
    def opening(self) -> str:
        return f"<<<{self.label} {self.mark}>>>"

    @property
    def closing(self) -> str:
        return f"<<<END {self.label} {self.mark}>>>"

    @property
    def block(self) -> str:
        return f"{self.opening}\n{self.text}\n{self.closing}"


def fence(text: str, control: Iterable[str] = (), label: str = "MATERIAL") -> Fenced:
    """`text` with a mark that does not occur in it and without control tokens (those named here and in `control`)."""
    harmless = disarm(text, control)
    return Fenced(harmless, mark_of(harmless), label)


def mark_of(text: str) -> str:
    """The first hex digits of sha256 over the text, after a number where the text holds them."""
    marks = (hashlib.sha256(f"{n or ''}{text}".encode()).hexdigest()[:MARK_DIGITS] for n in count())
    return next(mark for mark in marks if mark not in text)


def disarm(text: str, control: Iterable[str] = ()) -> str:
    """`text` with a blank after the first character of every control token; what a blank cannot break is let be."""
    broken = {token: f"{token[0]} {token[1:]}" for token in (*CONTROL, *control) if token.strip()}
    for token in sorted(broken, key=lambda t: (-len(t), t)):
        while len(token) > 1 and token not in broken[token] and token in text:
            text = text.replace(token, broken[token])
    return text

"""What a chat model answers → texts, strictly: one JSON object with one known key, at most inside a code fence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from pipeline.records import Contract, Kind
from pipeline.text.sentences import split_sentences

FORMS: dict[Kind | None, str] = {
    "summary": '{"summary": "…"}',
    "bullets": '{"bullets": ["…", "…"]}',
    "headlines": '{"headlines": ["…", "…"]}',
    "rewrite": '{"rewrite": "…"}',
    None: '{"notes": "…"}',
}
LISTS = ("bullets", "headlines")
CODE_FENCE = re.compile(r"\A```(?:json|JSON)?[ \t]*\n(.*)\n[ \t]*```\Z", re.DOTALL)
BULLET = re.compile(r"^\s*[-–•*]\s+")
OPEN_END = re.compile(r"[\w%)\]\"”’']\Z")


class AnswerFault(ValueError):
    """Why an answer cannot be used, in words that a model can act on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote; `finished` is False where it broke off at the most tokens it may write."""

    text: str
    finished: bool = True
    flags: tuple[str, ...] = ()


def without_thoughts(text: str) -> str:
    """The answer after a reasoning model's `<think>…</think>`; empty if the thoughts never end.

    The opening tag may stand in the prompt already, so that only the closing one is there.
    """
    _, closed, answer = text.rpartition("</think>")
    if closed:
        return answer.strip()
    return "" if text.lstrip().startswith("<think>") else text.strip()


def read_answer(answer: Answer, contract: Contract) -> list[str]:
    """The texts of an answer, best first: one of a summary, rewrite or notes, else one an item.

    AnswerFault says what is wrong; lengths and counts are none of its business, as selection sees to them.
    """
    if not answer.finished:
        raise AnswerFault("it broke off before its end, so it has to be shorter")
    key = contract.kind or "notes"
    value = _object(answer.text, key)
    if key not in LISTS:
        if not isinstance(value, str) or not value.strip():
            raise AnswerFault(f'"{key}" must be a text with words in it')
        return [value]
    if not isinstance(value, list) or not value:
        raise AnswerFault(f'"{key}" must be a list of texts')
    if not all(isinstance(item, str) and item.strip() for item in value):
        raise AnswerFault(f'every item of "{key}" must be a text with words in it')
    return list(dict.fromkeys(_item(item, key) for item in value))


def _object(text: str, key: str) -> object:
    """The value of the only key of the JSON object that `text` is."""
    fenced = CODE_FENCE.match(text.strip())
    bare = fenced.group(1) if fenced else text
    if not bare.strip():
        raise AnswerFault("it is empty")
    try:
        found = json.loads(bare, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise AnswerFault(f"it is not JSON ({error.msg} at character {error.pos})") from error
    except RecursionError as error:
        raise AnswerFault("it is not JSON of this form") from error
    if not isinstance(found, dict):
        raise AnswerFault("it is not a JSON object")
    if list(found) != [key]:
        raise AnswerFault(f'the object must have the key "{key}" and no other')
    return found[key]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise AnswerFault("a key stands there twice")
    return found


def _no_number(name: str) -> object:
    raise AnswerFault(f"{name} is not JSON")


def _item(text: str, key: str) -> str:
    """An item without a bullet in front; a bullet's sentence gets the full stop that many models leave out."""
    bare = BULLET.sub("", text).strip()
    return f"{bare}." if key == "bullets" and OPEN_END.search(bare) and bare[-2:-1] not in ".!?…" else bare


def opening_of(source: str, words: int) -> str:
    """The first sentences of a source, up to `words` words but at least one: notes in place of an unusable answer."""
    kept: list[str] = []
    for sentence in split_sentences(source):
        size = sum(len(text.split()) for text in kept)
        if kept and size + len(sentence.text.split()) > words:
            break
        kept.append(sentence.text)
    return " ".join(kept) or source

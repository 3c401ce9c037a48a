"""The evaluator of the evaluate library for summaries: a model or pipeline over a data set, scored and timed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, Protocol

from pipeline.compat.call import TASKS, pipeline
from pipeline.compat.measuring import Columns, measure
from pipeline.compat.options import Generation
from pipeline.errors import InputError

Strategy = Literal["simple", "bootstrap"]
SPLITS = ("test", "validation", "train")  # the first that a data set has is taken where none is named


class Metric(Protocol):
    """A module of the evaluate library, or anything that computes as one."""

    def compute(self, *, predictions: Sequence[str], references: Sequence[Any]) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Evaluator:
    """What `evaluator(task)` returns."""

    task: str

    def compute(
        self,
        model_or_pipeline: Any = None,
        data: Any = None,
        subset: str | None = None,
        split: str | None = None,
        metric: str | Metric | Sequence[str | Metric] = "rouge",
        tokenizer: Any = None,
        strategy: Strategy = "simple",
        confidence_level: float = 0.95,
        n_resamples: int = 9999,
        device: Any = None,
        random_state: int | None = None,
        input_column: str = "text",
        label_column: str = "label",
        generation_kwargs: Generation | None = None,
    ) -> dict[str, Any]:
        """Scores of the outputs against `label_column` (one reference or a list of them per text), and the time taken.

        `model_or_pipeline`: name, loaded model, what `pipeline` returned, or any function from a list of texts (and
        `truncation=True`, `generation_kwargs`) to records; None: the model in the package. `data`: a data set, a list
        of dicts, or a data set's name (`subset`, `split` as in `datasets.load_dataset`). `metric`: "rouge" (F of
        `pipeline.score.rouge` without the stemmer, as evaluate's), a module, or several. With `strategy="bootstrap"`
        every score becomes `{"score", "confidence_interval", "standard_error"}` by the percentile bootstrap, seeded by
        `random_state`. Times: `total_time_in_seconds`, `samples_per_second`, `latency_in_seconds` of the generation.
        Raises InputError for data, columns, metrics or strategies that do not fit.
        """
        texts, references = _columns(_loaded(data, subset, split), input_column, label_column)
        pipe = self._pipe(model_or_pipeline, tokenizer, device)
        start = perf_counter()
        records = list(pipe(texts, truncation=True, **(generation_kwargs or {})))
        seconds = perf_counter() - start
        columns = Columns(_texts(records, len(texts)), references)
        scores = measure(metric, columns, strategy, confidence_level, n_resamples, random_state)
        return {
            **scores,
            "total_time_in_seconds": seconds,
            "samples_per_second": len(texts) / seconds,
            "latency_in_seconds": seconds / len(texts),
        }

    def _pipe(self, given: Any, tokenizer: Any, device: Any) -> Any:
        if given is None or isinstance(given, str) or hasattr(given, "generate"):
            return pipeline(self.task, given, tokenizer, device=device)
        if getattr(given, "task", self.task) != self.task:
            raise InputError(f"this pipeline is for {given.task}", fix=f"give one for {self.task}")
        return given


def evaluator(task: str) -> Evaluator:
    """The evaluator for `summarization` or `text2text-generation`; InputError for another task."""
    if task not in TASKS:
        raise InputError(f"the task {task!r} is not one of {', '.join(TASKS)}", fix="evaluate.evaluator has others")
    return Evaluator(task)


def _loaded(data: Any, subset: str | None, split: str | None) -> Any:
    if isinstance(data, str):
        from datasets import load_dataset

        found = load_dataset(data, subset, split=split)
        return found if split is not None else found[next(name for name in (*SPLITS, *found) if name in found)]
    if subset is not None or split is not None:
        raise InputError("subset and split belong to a data set's name", fix="give the data set's name, or neither")
    return data


def _columns(data: Any, texts: str, labels: str) -> tuple[list[str], list[Any]]:
    """The two columns; InputError if the data are empty or lack one."""
    try:
        rows = list(data)
    except TypeError as error:
        raise InputError(f"data is a {type(data).__name__}", fix="give a data set or a list of dicts") from error
    if not rows:
        raise InputError("the data hold no records")
    for number, row in enumerate(rows, start=1):
        for key, name in (("input_column", texts), ("label_column", labels)):
            if not isinstance(row, Mapping) or name not in row:
                has = ", ".join(row) if isinstance(row, Mapping) else f"no columns, being a {type(row).__name__}"
                raise InputError(f"{key} is {name!r}, and it has {has}", where=f"record {number}")
    return [row[texts] for row in rows], [row[labels] for row in rows]


def _texts(records: Sequence[Any], expected: int) -> list[str]:
    """The text of each record, under whatever key ends in `_text`."""
    if len(records) != expected:
        raise InputError(f"{len(records)} outputs for {expected} texts: one for each is needed")
    found = []
    for record in records:
        one = record[0] if isinstance(record, list) and len(record) == 1 else record
        keys = [key for key in one if key.endswith("_text")] if isinstance(one, Mapping) else []
        if len(keys) != 1:
            raise InputError(f"an output is no record with one text: {str(record)[:80]}", fix="return one per text")
        found.append(str(one[keys[0]]))
    return found

"""report.html of a run: one file without external requests, complete with scripts disabled."""

from __future__ import annotations

from pipeline.report.page import render_page
from pipeline.report.view import RunView

MAX_LINKED = 120  # passages of one article that light up by CSS alone; the links work for all
DENSE = 40  # from so many articles on, the index is set smaller


def render_report(run: RunView) -> str:
    """The whole page as text, to be stored as UTF-8. Everything that is not ours is escaped."""
    passages = max((len(piece.quotes) for piece in run.pieces), default=0)
    context = {"run": run, "dense": len(run.pieces) > DENSE}
    return render_page("report.html.j2", context, more_css=linking_rules(min(passages, MAX_LINKED)))


def linking_rules(count: int) -> str:
    """CSS that lights passage n and the lines it supports together, where no script runs to do it."""
    rules = []
    for n in range(1, count + 1):
        line, passage, number = f'.line[data-e~="{n}"]', f'[data-p~="{n}"]', f'.num[data-n="{n}"]'
        rules.append(
            f".piece:has({line}:is(:hover, :focus-within)) {passage}, .piece:has({number}:target) {passage} "
            "{ background: var(--lit); color: var(--lit-ink); }\n"
            f".piece:has(:is({passage}, {number}):is(:hover, :focus)) {line} "
            "{ background: var(--tint); }\n"
        )
    return "@media (scripting: none) {\n" + "".join(rules) + "}\n"

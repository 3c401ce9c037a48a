"""report.html: one file without external requests, complete with scripts disabled."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.report import flags as flag_words
from pipeline.report.view import RunView

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
OUTPUT_LABELS = {"headlines": "Headlines", "summary": "Summary", "bullets": "In brief", "rewrite": "Rewrite"}
LINE_WORDS = {"h": "headline", "s": "summary sentence", "b": "bullet", "r": "rewrite sentence"}
MAX_LINKED = 120  # passages of one article that light up by CSS alone; the links work for all


def render_report(run: RunView) -> str:
    """The whole page as text, to be stored as UTF-8. Everything that is not ours is escaped."""
    from markupsafe import Markup

    passages = max((len(piece.passages) for piece in run.pieces), default=0)
    # "</" cannot occur in either file, so they can stand inside their elements as they are.
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8") + linking_rules(min(passages, MAX_LINKED))
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(run=run, css=Markup(css), script=Markup(script), policy=policy(css, script))
    )
    return page.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored


def policy(css: str, script: str) -> str:
    """A content security policy under which nothing is fetched and only our own style and script run."""
    return f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(script)}; img-src data:; " + (
        "base-uri 'none'; form-action 'none'"
    )


def linking_rules(count: int) -> str:
    """CSS that lights passage n and the lines it supports together, so that no script is needed."""
    rules = []
    for n in range(1, count + 1):
        line, mark, number = f'.line[data-e~="{n}"]', f'mark[data-p~="{n}"]', f'.num[data-n="{n}"]'
        rules.append(
            f".piece:has({line}:is(:hover, :focus-within)) {mark}, .piece:has({number}:target) {mark} "
            "{ background: var(--lit); color: var(--lit-ink); }\n"
            f".piece:has(:is({mark}, {number}):is(:hover, :focus)) {line} "
            "{ background: var(--tint); }\n"
        )
    return "".join(rules)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = flag_words.describe
    environment.filters["level"] = flag_words.level
    environment.filters["line_words"] = line_words
    environment.globals["output_labels"] = OUTPUT_LABELS
    return environment


def line_words(key: str) -> str:
    """A line's key in words: `h2` is "headline 2"."""
    return f"{LINE_WORDS[key[0]]} {key[1:]}"

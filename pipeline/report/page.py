"""The frame of every page we write: one file, nothing fetched, only our own style and script run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report import flags as flag_words
from pipeline.report.scores import MEASURE_WORDS, ROUGE_WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
OUTPUT_LABELS = {"headlines": "Headlines", "summary": "Summary", "bullets": "In brief", "rewrite": "Rewrite"}
LINE_WORDS = {"h": "headline", "s": "summary sentence", "b": "bullet", "r": "rewrite sentence"}


def render_page(template: str, context: Mapping[str, Any], *, more_css: str = "") -> str:
    """A template that extends base.html.j2, as text to be stored as UTF-8. Everything in `context` is escaped.

    `more_css` is added to report.css; it must be ours, for it is not escaped.
    """
    from markupsafe import Markup

    # "</" cannot occur in either file, so they can stand inside their elements as they are.
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8") + more_css
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    frame = {"css": Markup(css), "script": Markup(script), "policy": policy(css, script)}
    page = _environment().get_template(template).render({**context, **frame})
    return page.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored


def policy(css: str, script: str) -> str:
    """A content security policy under which nothing is fetched and only our own style and script run."""
    return f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(script)}; img-src data:; " + (
        "base-uri 'none'; form-action 'none'"
    )


def line_words(key: str) -> str:
    """A line's key in words: `h2` is "headline 2"."""
    return f"{LINE_WORDS[key[0]]} {key[1:]}"


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
    environment.filters["tag"] = flag_words.tag
    environment.filters["line_words"] = line_words
    environment.tests["tag_only"] = lambda flag: flag_words.level(flag) == "note" and not flag_words.detail(flag)
    environment.globals |= {
        "output_labels": OUTPUT_LABELS,
        "rouge_words": ROUGE_WORDS,
        "measure_words": MEASURE_WORDS,
    }
    return environment

"""comparison.html: a comparison as one file without external requests, complete with scripts disabled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.report.comparison import VERDICTS
from pipeline.report.comparison_read import read_comparison
from pipeline.report.page import TEMPLATES, render_page


def render_comparison(record: Mapping[str, Any]) -> str:
    """The page of a comparison (the object of sweep.json) as text, to be stored as UTF-8; everything is escaped."""
    css = (TEMPLATES / "comparison.css").read_text(encoding="utf-8")
    context = {"view": read_comparison(record), "verdicts": VERDICTS}
    return render_page("comparison.html.j2", context, more_css=css)

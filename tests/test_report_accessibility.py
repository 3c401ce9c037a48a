"""report.html for everyone: axe-core's rules in every look of the page, contrast, headings, sizes of targets."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from report_sample import write_run

from pipeline.report.html import render_report
from pipeline.report.view import load_run

pytestmark = pytest.mark.browser
Show = Callable[..., Any]

# The smallest contrast of any visible text against the nearest painted background (WCAG 2.2, 1.4.3); a second
# opinion, for axe leaves out what it cannot decide.
CONTRAST = """
const channels = (css) => css.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
  .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = channels(getComputedStyle(node).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
};
const owners = [...document.body.querySelectorAll("*")].filter((node) => node.checkVisibility() &&
  !(node instanceof SVGElement) && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
return owners.map((node) => {
  const [a, b] = [light(channels(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), node.outerHTML.slice(0, 80)];
}).sort((x, y) => x[0] - y[0])[0];
"""
OPEN_ALL = """document.querySelectorAll('details').forEach((fold) => (fold.open = true));
document.querySelectorAll('.piece').forEach((piece) => (piece.style.contentVisibility = 'visible'));"""
LIGHT_ALL = "document.querySelectorAll('.line, [data-p]').forEach((part) => part.classList.add('lit'))"
LOOKS = [("light", "evidence"), ("light", "wording"), ("dark", "evidence"), ("dark", "wording")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("runs") / "spring")
    path: Path = folder / "report.html"
    path.write_text(render_report(load_run(folder)), encoding="utf-8")
    return path


def prepared(driver: Any, marks: str) -> Any:
    driver.execute_script(OPEN_ALL)
    driver.execute_script(f"document.querySelector('#marks-{marks}').click()")
    return driver


@pytest.mark.parametrize(("scheme", "marks"), LOOKS)
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing(show: Show, page: Path, scheme: str, marks: str, width: int) -> None:
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    driver = prepared(show(page, scheme=scheme, width=width), marks)
    driver.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert found["passes"]
    broken = [(rule["id"], node["html"][:120]) for rule in found["violations"] for node in rule["nodes"]]
    assert broken == []


@pytest.mark.parametrize("lit", [False, True])
@pytest.mark.parametrize(("scheme", "marks"), LOOKS)
def test_contrast(show: Show, page: Path, scheme: str, marks: str, lit: bool) -> None:
    driver = prepared(show(page, scheme=scheme), marks)
    if lit:
        driver.execute_script(LIGHT_ALL)
    worst, where = driver.execute_script(CONTRAST)
    assert worst >= 4.5, where


def test_headings_never_skip_a_level_and_everything_is_named(show: Show, page: Path) -> None:
    driver = show(page)
    levels = driver.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    landmarks = driver.execute_script(
        "return ['main', 'nav', 'header'].map((x) => document.querySelectorAll(x).length)"
    )
    assert landmarks[0] == 1
    assert all(landmarks)


@pytest.mark.parametrize("width", [390, 1200])
def test_controls_are_large_enough_to_hit(show: Show, page: Path, width: int) -> None:
    """WCAG 2.2, 2.5.8: 24 × 24 CSS pixels, links within a sentence excepted."""
    driver = prepared(show(page, width=width), "evidence")
    small = driver.execute_script("""
      const controls = document.querySelectorAll(".sections a, .choice label, .turn a, summary, #find, .head");
      return [...controls].filter((e) => e.checkVisibility()).map((e) => [e.getBoundingClientRect(), e.textContent])
        .filter(([box]) => box.width < 24 || box.height < 24).map(([, text]) => text);
    """)
    assert small == []

"""comparison.html as text and in a real browser, with the fixtures of conftest.py."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipeline.compare import compare_systems, most_different
from pipeline.compare.record import Entrant, to_record
from pipeline.metrics.measure import ItemScore, Scored
from pipeline.metrics.rouge import Prf
from pipeline.records import References
from pipeline.report.comparison_html import render_comparison

IMAGE = "<img src=x onerror=alert(1)>"
KINDS = ("summary", "headlines")
METRICS = [(kind, metric) for kind in KINDS for metric in ("rouge1", "rouge2", "novel_bigrams")]
OPEN_ALL = "document.querySelectorAll('details').forEach((fold) => (fold.open = true))"
Show = Callable[..., Any]


def system(name: str, shift: float, n: int = 45) -> Scored:
    """`n` articles, the first with markup for an id, scored around 0.3 plus `shift`."""
    ids = [IMAGE, *(f"article-{k:02}" for k in range(1, n))]
    rows = {}
    for kind in KINDS:
        items = []
        for k, i in enumerate(ids):
            score = 0.3 + shift + 0.1 * ((7 * k) % 11) / 11 + 0.02 * ((3 * k + ord(name[0])) % 5 - 2)
            items.append(
                ItemScore(
                    i,
                    f"A text of {name}.\nIt has {IMAGE} in it.",
                    {m: Prf(score, score, score) for m in ("rouge1", "rouge2")},
                    {"novel_bigrams": 1 - score},
                )
            )
        rows[kind] = tuple(items)
    return Scored(name, "rouge|v:1.0|seed:13", rows, dict.fromkeys(ids, "same"))


def record() -> dict[str, Any]:
    """Four runs, of which one is better, one worse and one failed; names that need escaping; a hidden article."""
    systems = [system("base", 0), system("beams=8,wide", 0.05), system("a & b", -0.05), system("lead", 0)]
    found = compare_systems(systems, "base", METRICS, samples=200, trials=999)
    keys = ["engine.beams", "outputs.headlines.engine"]
    entrants = [
        Entrant("base", path="base", settings={keys[0]: 4, keys[1]: None}, counts={"articles": 45, "done": 45}),
        Entrant("beams=8,wide", path="beams=8,wide", settings={keys[0]: 8, keys[1]: None}, counts={"done": 45}),
        Entrant("a & b", "quarantined", "1 quarantined", "a & b", settings={keys[0]: 4, keys[1]: {"name": "lead"}}),
        Entrant("broken", "failed", f"{IMAGE} cannot be loaded", "broken", settings={keys[0]: 2, keys[1]: None}),
        Entrant("lead", extract=True),
    ]
    shown = most_different(found, systems, {IMAGE: References(headline=(f"A text of {IMAGE}",))}, 3)
    told = {"signature": "rouge|v:1.0|seed:13", "examples": shown, "notes": ["broken has no scores"]}
    return to_record("trial <1>", entrants, keys, found, **told)


def pair_record() -> dict[str, Any]:
    """Two systems of which one is better, with a metric under which all articles tie."""
    systems = [system("base", 0), system("a long name of a system", 0.02)]
    same = {"coverage": 1.0}
    systems = [
        replace(s, rows={k: tuple(replace(i, source={**i.source, **same}) for i in v) for k, v in s.rows.items()})
        for s in systems
    ]
    found = compare_systems(systems, "base", samples=200, trials=999)
    entrants = [Entrant(one.system, counts={"done": 45}) for one in systems]
    shown = most_different(found, systems, {}, 2)
    return to_record("pair", entrants, [], found, signature="rouge|v:1.0|seed:13", examples=shown)


def test_the_page_is_escaped_and_links_to_the_runs() -> None:
    page = render_comparison(record())
    assert IMAGE not in page
    assert "trial &lt;1&gt;" in page
    assert 'href="beams%3D8%2Cwide/report.html"' in page
    assert 'href="a%20%26%20b/report.html"' in page
    assert "broken/report.html" not in page
    assert "5 more articles" in page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("sweep") / "comparison.html"
    path.write_text(render_comparison(record()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("pair") / "page.html"
    path.write_text(render_comparison(pair_record()), encoding="utf-8")
    return path


@pytest.mark.browser
def test_two_systems_are_a_line_a_metric_with_the_texts_beside_each_other(show: Show, pair: Path) -> None:
    driver = show(pair, scripts=False)
    rows = driver.find_elements("css selector", "#summary > .scroll > .duel tbody tr")
    assert [row.find_element("css selector", "th").text.split("\n")[0] for row in rows] == ["ROUGE-1", "ROUGE-2"]
    cells = [cell.text for cell in rows[0].find_elements("css selector", "td")]
    assert cells[2].startswith("+")
    tested = pair_record()["tables"][0]["rows"][1]["difference"]
    assert cells[3:5] == [f"{tested['p']:.3f}", f"{tested['p_bootstrap']:.3f}"]
    assert sum(map(int, cells[5].split("–"))) == 45
    assert "No system" not in driver.find_element("css selector", "#findings").text
    assert "One system is compared, so no p is corrected." in driver.find_element("css selector", "#how").text
    against, length, texts, _ = driver.find_elements("css selector", "#summary details")
    for fold in (against, length, texts):
        fold.find_element("css selector", "summary").send_keys("\ue007")  # the Enter key
    assert "The same on every article: coverage." in against.text
    assert length.find_element("css selector", "tbody td").text == "16.0"
    heads = texts.find_elements("css selector", ".texts h4")
    assert [head.text.split(" ")[0] for head in heads[:2]] == ["base", "a"]
    left, right = (head.rect["x"] for head in heads[:2])
    assert left < right


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_of_two_is_as_accessible_and_does_not_scroll(show: Show, pair: Path, width: int) -> None:
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    driver = show(pair, width=width)
    driver.execute_script(OPEN_ALL)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    driver.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert [(rule["id"], node["html"][:120]) for rule in found["violations"] for node in rule["nodes"]] == []


@pytest.mark.browser
def test_no_console_errors_and_no_requests(show: Show, page: Path) -> None:
    driver = show(page)
    assert driver.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert {url for url in sent if not url.startswith(("data:", "about:", "chrome"))} == {page.as_uri()}


@pytest.mark.browser
def test_complete_with_scripts_off(show: Show, page: Path) -> None:
    driver = show(page, scripts=False)
    findings = driver.find_element("css selector", "#findings").text
    assert "beams=8,wide: better in ROUGE-1 and ROUGE-2; lower in novel bigrams" in findings
    assert "a & b: worse in ROUGE-1 and ROUGE-2; higher in novel bigrams" in findings
    assert "lead:" not in findings
    runs = driver.find_element("css selector", "#runs").text
    assert f"failed: {IMAGE} cannot be loaded" in runs
    assert "engine.beams" in runs
    folds = driver.find_elements("css selector", "#summary details")
    assert not folds[-1].find_element("css selector", "table").is_displayed()
    folds[-1].find_element("css selector", "summary").send_keys("\ue007")  # the Enter key
    assert IMAGE in folds[-1].text


@pytest.mark.browser
def test_only_what_the_test_says_is_marked(show: Show, page: Path) -> None:
    driver = show(page)
    marked = driver.execute_script(
        "return [...document.querySelectorAll('#summary > .scroll > .matrix tbody tr')]"
        ".map((row) => [row.cells[0].textContent, row.cells[1].querySelectorAll('.verdict').length])"
    )
    assert [count for _, count in marked[:4]] == [0, 1, 1, 0]


@pytest.mark.browser
def test_a_drawn_difference_lies_on_its_side_of_zero(show: Show, page: Path) -> None:
    driver = show(page)
    drawn = driver.execute_script(
        "return [...document.querySelectorAll('#summary > .pairs > .paired:first-child tbody tr')].map((row) => ["
        "row.querySelector('.value').textContent, row.querySelector('circle').getBoundingClientRect().x, "
        "row.querySelector('line.lead').getBoundingClientRect().x])"
    )
    assert len(drawn) == 3
    for number, dot, zero in drawn[:2]:
        assert (dot + 4.5 > zero) == number.startswith("+"), number


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 800, 1200])
def test_no_horizontal_scroll(show: Show, page: Path, width: int) -> None:
    driver = show(page, width=width)
    driver.execute_script(OPEN_ALL)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 390)])
def test_axe_finds_nothing(show: Show, page: Path, scheme: str, width: int) -> None:
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    driver = show(page, scheme=scheme, width=width)
    driver.execute_script(OPEN_ALL)
    driver.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert found["passes"]
    assert [(rule["id"], node["html"][:120]) for rule in found["violations"] for node in rule["nodes"]] == []


@pytest.mark.browser
def test_structure_for_readers_without_eyes_or_mouse(show: Show, page: Path) -> None:
    """Headings in order, tables with row and column heads, everything that scrolls reachable and named."""
    driver = show(page)
    driver.execute_script(OPEN_ALL)
    levels = driver.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    heads = "return [...document.querySelectorAll('th')].every((th) => ['col', 'row'].includes(th.scope))"
    assert driver.execute_script(heads)
    regions = driver.execute_script(
        "return [...document.querySelectorAll('.scroll')].map((r) => [r.tabIndex, r.getAttribute('aria-label')])"
    )
    assert all(tab == 0 and label for tab, label in regions)
    assert len({label for _, label in regions}) == len(regions)
    ids = driver.execute_script("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(set(ids)) == len(ids)
    targets = driver.execute_script(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.hash.slice(1))"
    )
    assert set(targets) <= set(ids)

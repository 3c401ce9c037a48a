"""report.html in a real browser: what lights up, the switches, the keyboard, scripts off, widths, print."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_sample import IMAGE, SUMMARY, write_run

from pipeline.report.html import render_report
from pipeline.report.view import load_run

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver import ActionChains, Keys  # noqa: E402

pytestmark = pytest.mark.browser
STYLE = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
Show = Callable[..., Any]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("runs") / "spring")
    path: Path = folder / "report.html"
    path.write_text(render_report(load_run(folder)), encoding="utf-8")
    return path


def find(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def hover(driver: Any, selector: str) -> None:
    element = find(driver, selector)
    ActionChains(driver, duration=0).scroll_to_element(element).move_to_element(element).perform()


def press(driver: Any, keys: str) -> None:
    ActionChains(driver).send_keys(keys).perform()


def colour(driver: Any, selector: str) -> str:
    return str(driver.execute_script(STYLE, selector, "backgroundColor"))


def shown(driver: Any, selector: str) -> list[str]:
    return [element.text for element in driver.find_elements("css selector", selector) if element.is_displayed()]


def test_no_console_errors_and_no_requests(show: Show, page: Path) -> None:
    driver = show(page)
    assert driver.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert {url for url in sent if not url.startswith(("data:", "about:", "chrome:"))} == {page.as_uri()}


@pytest.mark.parametrize("scripts", [True, False])
def test_hovering_a_line_lights_its_evidence_and_only_that(show: Show, page: Path, scripts: bool) -> None:
    driver = show(page, scripts=scripts)
    dull = colour(driver, 'mark[data-p="1"]')
    hover(driver, "#a1-h1")
    assert colour(driver, 'mark[data-p="1"]') != dull
    assert colour(driver, 'mark[data-p="1 2"]') != dull
    assert colour(driver, 'mark[data-p="3"]') == dull
    assert colour(driver, '#a2 mark[data-p="1"]') == dull


@pytest.mark.parametrize("scripts", [True, False])
def test_hovering_a_passage_lights_the_lines_it_supports(show: Show, page: Path, scripts: bool) -> None:
    driver = show(page, scripts=scripts)
    dull = colour(driver, "#a1-b1")
    hover(driver, 'mark[data-p="2"]')
    assert colour(driver, "#a1-b1") != dull
    assert colour(driver, "#a1-s1") != dull
    assert colour(driver, "#a1-s2") == dull


@pytest.mark.parametrize("scripts", [True, False])
def test_evidence_numbers_lead_to_the_passage(show: Show, page: Path, scripts: bool) -> None:
    driver = show(page, scripts=scripts)
    dull = colour(driver, 'mark[data-p="3"]')
    find(driver, "#a1-s2 .ref").click()
    assert driver.current_url.endswith("#a1-p3")
    assert colour(driver, 'mark[data-p="3"]') != dull
    find(driver, "#a1-p3").click()
    assert driver.current_url.endswith("#a1-s2")


def test_complete_with_scripts_off(show: Show, page: Path) -> None:
    driver = show(page, scripts=False)
    text = find(driver, "body").get_attribute("textContent")
    for part in (SUMMARY.split()[0], IMAGE, "rejected by the guard", "mended from the article", "40.00"):
        assert part in text
    find(driver, "#a1 .beside summary").click()
    assert "Ref point B" in find(driver, "#a1 .beside").text
    assert not find(driver, "#find").is_displayed()  # nothing that would not work


@pytest.mark.parametrize("scripts", [True, False])
def test_the_colours_can_be_switched(show: Show, page: Path, scripts: bool) -> None:
    driver = show(page, scripts=scripts)
    light = colour(driver, ".page")
    find(driver, "label:has(#theme-dark)").click()
    dark = colour(driver, ".page")
    assert dark != light
    assert colour(driver, ".bar") == dark
    driver = show(page, scheme="dark", scripts=scripts)
    find(driver, "label:has(#theme-light)").click()
    assert colour(driver, ".page") == light


def test_the_choice_of_colours_is_kept(show: Show, page: Path) -> None:
    driver = show(page)
    find(driver, "label:has(#theme-dark)").click()
    driver.refresh()
    assert find(driver, "#theme-dark").is_selected()
    find(driver, "label:has(#theme-auto)").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_copied_and_new_words_are_shown_on_demand(show: Show, page: Path, scripts: bool) -> None:
    driver = show(page, scripts=scripts)
    assert driver.execute_script(STYLE, "#a1-b1 .n", "backgroundColor") == "rgba(0, 0, 0, 0)"
    find(driver, "label:has(#marks-wording)").click()
    assert driver.execute_script(STYLE, "#a1-b1 .n", "backgroundColor") != "rgba(0, 0, 0, 0)"
    assert find(driver, "#legend").is_displayed()
    assert "wavy" in driver.execute_script(STYLE, "em.doubt", "textDecoration")  # warnings stay


def test_words_shared_with_a_reference_are_marked_on_both_sides(show: Show, page: Path) -> None:
    driver = show(page)
    find(driver, "#a1 .beside summary").click()
    sides = [".ours", ".theirs"]
    marked = [[e.text for e in driver.find_elements("css selector", f"#a1 .beside {side} .same")] for side in sides]
    assert "River rose" in marked[0]
    assert "river rose" in marked[1]
    assert colour(driver, ".same") != "rgba(0, 0, 0, 0)"
    assert "of 7 word pairs shared" in find(driver, "#a1 .beside").text


def test_articles_can_be_found_and_filtered(show: Show, page: Path) -> None:
    driver = show(page)
    heads = ".index ol .head"
    assert len(shown(driver, heads)) == 2
    press(driver, "/")
    assert driver.switch_to.active_element.get_attribute("id") == "find"
    press(driver, "NIGHT. no")
    press(driver, Keys.BACKSPACE * len(" no"))
    assert len(shown(driver, heads)) == 2  # both articles say so
    find(driver, "#find").clear()
    find(driver, "#find").send_keys("At Work")
    assert shown(driver, heads) == ["Crews at work"]
    assert find(driver, "#found").text == "1 of 2"
    find(driver, "#find").clear()
    find(driver, "#find").send_keys("no such words")
    assert shown(driver, heads) == []
    driver = show(page, scripts=False)
    find(driver, "#only").click()
    assert len(shown(driver, heads)) == 1
    assert "Headline one" in shown(driver, heads)[0]


def test_focus_lights_evidence_and_escape_clears_it(show: Show, page: Path) -> None:
    driver = show(page)
    driver.execute_script("document.querySelector('#a1-h1 .ref').focus()")
    assert driver.execute_script("return document.querySelectorAll('mark.lit').length") == 2
    press(driver, Keys.ESCAPE)
    assert driver.execute_script("return document.querySelectorAll('.lit').length") == 0


def test_everything_can_be_reached_and_worked_with_the_keyboard(show: Show, page: Path) -> None:
    driver = show(page)
    outlines, reached = [], []
    for _ in range(60):
        press(driver, Keys.TAB)
        reached.append(
            driver.execute_script("const e = document.activeElement; return e.id || e.className || e.tagName")
        )
        outlines.append(
            driver.execute_script(
                "const e = document.activeElement, s = e.matches('.choice input') ? e.nextElementSibling : e;"
                "return getComputedStyle(s).outlineStyle"
            )
        )
        if reached[-1] == "BODY":
            break
    expected = {"skip", "marks-evidence", "theme-auto", "find", "only", "head", "ref", "a1-p1", "SUMMARY", "scroll"}
    assert expected <= set(reached)
    assert set(outlines[:-1]) == {"solid"}
    driver = show(page)
    press(driver, Keys.TAB + Keys.ENTER)
    assert driver.execute_script("return document.activeElement.id") == "main"
    driver.execute_script("document.querySelector('#marks-evidence').focus()")
    press(driver, Keys.ARROW_RIGHT)
    assert find(driver, "#legend").is_displayed()


@pytest.mark.parametrize("width", [320, 360, 390, 800, 1200])
def test_no_horizontal_scroll(show: Show, page: Path, width: int) -> None:
    driver = show(page, width=width)
    driver.execute_script("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    find(driver, "label:has(#marks-wording)").click()
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_source_and_outputs_stand_side_by_side_only_where_there_is_room(show: Show, page: Path) -> None:
    across = "return ['.outputs', '.source'].map((part) => document.querySelector(part).getBoundingClientRect().{})"
    driver = show(page, width=1200)
    left, right = driver.execute_script(across.format("left"))
    assert left < right
    driver = show(page, width=390)
    left, right = driver.execute_script(across.format("left"))
    assert left == right


def test_print_is_black_on_white_without_controls(show: Show, page: Path) -> None:
    driver = show(page, scheme="dark", media="print")
    assert driver.execute_script(STYLE, ".page", "color") == "rgb(28, 27, 24)"
    for selector in (".bar", ".turn", "#find", ".candidates"):
        assert not find(driver, selector).is_displayed()
    assert find(driver, "#a2 .source").is_displayed()
    assert driver.execute_script(STYLE, "#a2", "breakBefore") == "page"

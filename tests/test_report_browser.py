"""report.html in a real browser. Needs selenium, Chromium and its driver; otherwise skipped."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_sample import IMAGE, SUMMARY, write_run

from pipeline.report.html import render_report
from pipeline.report.view import load_run

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
 --disable-component-update --disable-sync"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="Chromium or chromedriver is not installed"),
]

# The smallest contrast of any visible text against the nearest painted background (WCAG 2.2, 1.4.3).
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
  [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
return owners.map((node) => {
  const [a, b] = [light(channels(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), node.outerHTML.slice(0, 80)];
}).sort((x, y) => x[0] - y[0])[0];
"""
COLOUR = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = write_run(tmp_path_factory.mktemp("runs") / "spring")
    path: Path = folder / "report.html"
    path.write_text(render_report(load_run(folder)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def show(driver: Any, page: str) -> Open:
    """Open the report: `show(width, scheme, scripts)`; returns the driver."""

    def opened(width: int = 1200, scheme: str = "light", scripts: bool = True) -> Any:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        media = {"features": [{"name": name, "value": value} for name, value in wanted.items()]}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        driver.get("about:blank")
        driver.get(page)
        return driver

    return opened


def hover(driver: Any, selector: str) -> None:
    element = driver.find_element("css selector", selector)
    webdriver.ActionChains(driver).scroll_to_element(element).move_to_element(element).perform()


def test_no_console_errors_and_no_requests(show: Open, page: str) -> None:
    driver = show()
    assert driver.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert {url for url in sent if not url.startswith(("data:", "about:", "chrome:"))} == {page}


@pytest.mark.parametrize("scripts", [True, False])
def test_hovering_a_line_lights_its_evidence_and_only_that(show: Open, scripts: bool) -> None:
    driver = show(scripts=scripts)
    dark = driver.execute_script(COLOUR, 'mark[data-p="1"]')
    hover(driver, "#a1-h1")
    assert driver.execute_script(COLOUR, 'mark[data-p="1"]') != dark
    assert driver.execute_script(COLOUR, 'mark[data-p="1 2"]') != dark
    assert driver.execute_script(COLOUR, 'mark[data-p="3"]') == dark


@pytest.mark.parametrize("scripts", [True, False])
def test_evidence_numbers_lead_to_the_passage(show: Open, scripts: bool) -> None:
    driver = show(scripts=scripts)
    dark = driver.execute_script(COLOUR, 'mark[data-p="3"]')
    driver.find_element("css selector", "#a1-s2 .ref").click()
    webdriver.ActionChains(driver).move_by_offset(0, 0).perform()
    assert driver.current_url.endswith("#a1-p3")
    assert driver.execute_script(COLOUR, 'mark[data-p="3"]') != dark


def test_complete_with_scripts_off(show: Open) -> None:
    driver = show(scripts=False)
    text = driver.find_element("css selector", "body").get_attribute("textContent")
    assert SUMMARY.split()[0] in text
    assert IMAGE in text
    assert "rejected by the guard" in text
    driver.find_element("css selector", "#a1 details summary").click()
    assert "Ref point B" in driver.find_element("css selector", "#a1 details").text


def test_focus_lights_evidence_and_escape_clears_it(show: Open) -> None:
    driver = show()
    driver.execute_script("document.querySelector('#a1-h1 .ref').focus()")
    assert driver.execute_script("return document.querySelectorAll('mark.lit').length") == 2
    webdriver.ActionChains(driver).send_keys("\ue00c").perform()
    assert driver.execute_script("return document.querySelectorAll('.lit').length") == 0


@pytest.mark.parametrize("width", [320, 390, 800, 1200])
def test_no_horizontal_scroll(show: Open, width: int) -> None:
    driver = show(width)
    driver.execute_script("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(show: Open, scheme: str) -> None:
    driver = show(scheme=scheme)
    driver.execute_script("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    worst, where = driver.execute_script(CONTRAST)
    assert worst >= 4.5, where


def test_headings_never_skip_a_level_and_everything_is_named(show: Open) -> None:
    driver = show()
    levels = driver.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    nameless = (
        "return [...document.querySelectorAll('a,summary')].filter((e) => !e.textContent.trim()).length"
    )
    assert driver.execute_script(nameless) == 0

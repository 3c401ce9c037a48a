"""For all tests: no hub; one headless Chromium for pages (skipped where it or its driver is not installed); tiny
checkpoints, each made once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
 --disable-component-update --disable-sync"""
Show = Callable[..., Any]
os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not (browser and shutil.which("chromedriver")):
        pytest.skip("Chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint of a family of encoder-decoders, by its name in family_sample."""
    from family_sample import CHECKPOINTS

    return cache(lambda name: CHECKPOINTS[name](tmp_path_factory.mktemp(name)))


@pytest.fixture
def show(driver: Any) -> Show:
    """Open a file: `show(path, width, scheme, scripts, media)`; returns the driver, its logs emptied."""

    def opened(
        path: Path, *, width: int = 1200, scheme: str = "light", scripts: bool = True, media: str = "screen"
    ) -> Any:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        driver.get("about:blank")
        for log in ("browser", "performance"):
            driver.get_log(log)
        driver.get(path.as_uri())
        return driver

    return opened

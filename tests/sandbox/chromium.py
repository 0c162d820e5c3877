"""A real browser for the pages, where the machine has one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Unhurried: what the machine does beside this shows as lateness, never as a wrong page.
PATIENCE_MS = 20_000
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
# To start one takes seconds, and more in several processes at once.
in_one_process = pytest.mark.xdist_group("browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()

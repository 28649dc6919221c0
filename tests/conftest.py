"""What every test needs before numpy is loaded."""

import os
import shutil
import signal

import pytest

# One thread for linear algebra: with several, sums are added in another order, so that last digits depend on the
# machine's number of cores, and two cores shared with Jupyter kernels make the tests slow.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

# Nor may what is said by default depend on the machine's locale.
os.environ["EMOLABOR_LANGUAGE"] = "en"

# A suite started as a background job inherits SIGINT ignored, and so would the commands whose Ctrl-C is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items):
    """Mark what runs in a browser as whole, and whatever is neither slow nor whole as quick."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.whole)
        if not any(item.iter_markers("slow")) and not any(item.iter_markers("whole")):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; a test that needs it is passed over on a machine without one."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page that notes its errors and whatever it asks of a network."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: troubles.append(request.url) if request.url.startswith("http") else None)
    yield page
    assert troubles == []
    page.close()

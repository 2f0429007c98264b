"""The page of `omnibuild graph --format html`, looked at and clicked in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.cli.conftest import BROKEN, MONEY, PRICER, TOML, Space

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no chromium with its chromedriver here")

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
)
EVIL = "<img src=x onerror=document.title=1> </script><script>document.title=2</script>"
CALLER = """node: caller
kind: orchestrator
description: Ask the pricer for a price, and give it back.
domain: sales
input: {quantity: int, piece: money.Amount}
output: {total: Decimal}
steps: [{step: price, call: pricer, with: {quantity: quantity, piece: piece}}]
logic: {total: price.total}
"""
LISTENER = """node: listener
kind: compute
description: Listen to what the pricer has done.
input: {note: str}
output: {heard: bool}
logic: {heard: len(note) > 0}
events: {consumes: [pricer]}
"""


class Page:
    """A page in the browser."""

    def __init__(self, driver: webdriver.Chrome, file: Path) -> None:
        self.driver = driver
        driver.get("about:blank")
        driver.get(file.as_uri())

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def node(self, name: str) -> WebElement:
        return self.one(f'.node[data-name="{name}"]')

    def names(self, selector: str = ".node") -> set[str]:
        return {str(it.get_attribute("data-name")) for it in self.all(selector)}

    def color(self, selector: str, name: str = "background-color") -> str:
        return self.one(selector).value_of_css_property(name)

    def is_silent(self) -> bool:
        """Return whether nothing was refused by the policy and no script failed."""
        entries: list[object] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return not entries


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = str(CHROMIUM)
    for it in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(it)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield started
    started.quit()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a workspace with nodes that are fine, broken, and hostile."""
    space = Space(tmp_path_factory.mktemp("pages") / "shop")
    space.write("omnibuild.toml", TOML)
    space.write("specs/money.yaml", MONEY)
    space.write("specs/pricer.yaml", PRICER.replace("tags: [pricing]", f"tags: ['{EVIL}']"))
    space.write("specs/caller.yaml", CALLER)
    space.write("specs/listener.yaml", LISTENER)
    assert space("build").code == 0
    space.write("specs/broken.yaml", BROKEN)
    answer = space.process("graph", "--format", "html")
    assert (answer.code, answer.err) == (0, "")
    return space.write("graph.html", answer.out)


@pytest.fixture
def page(driver: webdriver.Chrome, file: Path) -> Page:
    return Page(driver, file)


def test_every_node_is_there_with_its_kind(page: Page) -> None:
    assert page.names() == {"money", "pricer", "caller", "listener", "broken"}
    assert page.one("#title").text.startswith("acme")
    assert [it.get_attribute("data-name") for it in page.all("#kinds .chip")] == [
        "orchestrator",
        "compute",
        "shared",
        "broken",
    ]
    assert page.names("#whys .chip") == {"calls", "models", "topics"}
    boxes = [it.rect for it in page.all(".node")]
    assert len({(it["x"], it["y"]) for it in boxes}) == len(boxes)
    assert page.is_silent()


def test_a_click_shows_spec_problems_and_generated_files(page: Page) -> None:
    assert not page.one("#panel").is_displayed()
    page.node("pricer").click()
    panel = page.one("#panel")
    assert panel.find_element(By.TAG_NAME, "h2").text == "pricer"
    assert "up-to-date" in panel.text
    assert "logic:" in panel.find_element(By.TAG_NAME, "pre").text
    page.one("#panel .files summary").click()
    assert "out/src/acme/nodes/node_pricer_compute/node.py" in panel.text
    assert EVIL in panel.text
    assert page.names(".node.lit") == {"pricer", "money", "caller", "listener"}
    page.one('#panel .row[data-name="money"]').click()
    assert panel.find_element(By.TAG_NAME, "h2").text == "money"
    page.node("broken").click()
    assert "unknown key" in panel.text.lower() or "inptu" in panel.text
    assert page.all("#panel .problem.block")
    assert page.all("#panel pre span.wrong")
    page.one("#panel .close").click()
    assert not panel.is_displayed()
    assert not page.all("#graph.lit-only")


def test_who_listens_is_shown(page: Page) -> None:
    page.node("listener").click()
    assert "onex.evt.acme.pricer-completed.v1" in page.one("#panel").text


def test_nothing_from_a_spec_becomes_markup(page: Page) -> None:
    page.node("pricer").click()
    assert page.driver.title == "acme: graph"
    assert not page.all("img")
    assert len(page.all("script")) == 2
    assert page.is_silent()


def test_search_finds_and_brings_near(page: Page) -> None:
    search = page.one("#search")
    page.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    assert page.driver.switch_to.active_element == search
    search.send_keys("give it back")
    assert page.names("#results .row") == {"caller"}
    assert page.names(".node.lit") == {"caller"}
    search.send_keys(Keys.ENTER)
    assert page.one("#panel h2").text == "caller"
    search.clear()
    search.send_keys("nothing like this")
    assert "Nothing has these words." in page.one("#results").text
    search.send_keys(Keys.ESCAPE)
    assert not page.one("#results").is_displayed()


def test_kinds_and_reasons_can_be_left_out(page: Page) -> None:
    edges = len([it for it in page.all(".edge") if it.is_displayed()])
    page.one('#whys [data-name="calls"]').click()
    assert len([it for it in page.all(".edge") if it.is_displayed()]) == edges - 1
    page.one('#kinds [data-name="shared"]').click()
    assert not page.node("money").is_displayed()
    page.one('#kinds [data-name="shared"]').click()
    assert page.node("money").is_displayed()


def test_it_zooms_and_moves(page: Page) -> None:
    before = page.node("pricer").rect
    page.one("#closer").click()
    assert page.node("pricer").rect["width"] > before["width"]
    for _ in range(12):
        page.one("#farther").click()
    assert page.all("#graph.far")
    assert not page.node("pricer").find_element(By.TAG_NAME, "text").is_displayed()
    page.one("#whole").click()
    assert page.node("pricer").rect["width"] == before["width"]
    ActionChains(page.driver).move_to_element_with_offset(page.one("#graph"), 0, 300).click_and_hold().move_by_offset(
        60, -40
    ).release().perform()
    moved = page.node("pricer").rect
    assert (round(moved["x"] - before["x"]), round(moved["y"] - before["y"])) == (60, -40)


def test_what_is_pointed_at_lights_its_neighbours(page: Page) -> None:
    ActionChains(page.driver).move_to_element(page.node("caller")).perform()
    assert page.names(".node.lit") == {"caller", "pricer", "money"}


def test_keys_lead_through_it(page: Page) -> None:
    page.driver.execute_script("document.querySelector('.node[data-name=\"money\"]').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.one("#panel h2").text == "money"
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not page.one("#panel").is_displayed()


def test_it_is_light_or_dark_as_the_system_is(page: Page) -> None:
    def wanting(scheme: str) -> tuple[str, str]:
        features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
        return page.color("body"), page.color("body", "color")

    light, dark = wanting("light"), wanting("dark")
    assert brightness(light[0]) > brightness(light[1]) + 120
    assert brightness(dark[1]) > brightness(dark[0]) + 120


def brightness(color: str) -> float:
    numbers = [float(it) for it in color.partition("(")[2].rstrip(")").split(",")[:3]]
    return sum(numbers) / 3


def test_an_address_leads_to_a_node(driver: webdriver.Chrome, file: Path) -> None:
    driver.get("about:blank")
    driver.get(f"{file.as_uri()}#pricer")
    assert driver.find_element(By.CSS_SELECTOR, "#panel h2").text == "pricer"

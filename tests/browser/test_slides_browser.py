"""Every slide of every lesson in Chromium: inside its box, legible, without a network."""

import re

import pytest
from conftest import served

from course_utils import cli
from course_utils.notebooks import lessons

LINK = re.compile(r'href="(\d\d_\w+)\.html(?:#/([^"]*))?"')
SLUGS = [lesson.slug for lesson in lessons()]
CHECK = """async () => {
  const found = [];
  document.querySelector('.reveal').classList.add('is-fitting');
  document.querySelectorAll('.slide').forEach((slide, k) => {
    const boxes = [slide.querySelector('.body'), ...slide.querySelectorAll('pre, table, .formula')];
    for (const box of boxes)
      if (box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2)
        found.push(`slide ${k + 1}: ${box.className || box.tagName} spills`);
    if (parseFloat(getComputedStyle(slide).fontSize) < 18) found.push(`slide ${k + 1}: small`);
    const formulas = [...slide.querySelectorAll('mjx-container:not([display]) > svg')]
      .map((svg) => svg.getBoundingClientRect());
    if (formulas.some((a, i) => formulas.slice(i + 1).some((b) => a.left < b.right - 1
        && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)))
      found.push(`slide ${k + 1}: one formula covers another`);
    for (const part of slide.querySelectorAll('.content :is(p, li, td, th, code, pre, div)'))
      if (!part.closest('.explorer-place, mjx-container') && part.innerText.trim()
          && parseFloat(getComputedStyle(part).fontSize) < 18)
        found.push(`slide ${k + 1}: ${part.innerText.slice(0, 20)} is small`);
  });
  for (const link of document.querySelectorAll('.slide a[href^="#/"]'))
    if (!document.getElementById(link.hash.slice(2))) found.push(`${link.hash} leads nowhere`);
  document.querySelector('.reveal').classList.remove('is-fitting');
  for (const slide of document.querySelectorAll('.of-explorer')) {
    const { h, v } = deck.getIndices(slide.closest('section'));
    deck.slide(h, v); // it is drawn when it is seen
    await new Promise((done) => setTimeout(done, 150));
    const lowest = slide.querySelector('.course-explorer').getBoundingClientRect().bottom;
    const box = slide.querySelector('.body');
    if (lowest > slide.getBoundingClientRect().bottom - 34 || box.scrollWidth > box.clientWidth + 1)
      found.push(`explorer on ${slide.closest('section').id} spills`);
  }
  deck.slide(0, 0);
  return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("sphinx_revealjs", reason="pip install -e .[slides]")
    folder = tmp_path_factory.mktemp("slides")
    assert cli.main(["slides", "--to", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def window(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


def opened(window, folder, slug):
    page = window.new_page()
    page.wrong = []
    page.on("console", lambda m: m.type == "error" and page.wrong.append(m.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    local = ("file:", "data:", "blob:")
    page.on("request", lambda r: r.url.startswith(local) or page.wrong.append(r.url))
    page.goto((folder / f"{slug}.html").as_uri())
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    return page


def test_links_to_other_lessons_lead_to_their_slides(folder):
    texts = {slug: (folder / f"{slug}.html").read_text(encoding="utf-8") for slug in SLUGS}
    links = [link for text in texts.values() for link in LINK.findall(text)]
    assert len(links) > 50
    assert {slug for slug, _ in links} <= texts.keys()
    assert [to for to in links if to[1] and f' id="{to[1]}"' not in texts[to[0]]] == []


def test_a_link_to_a_heading_within_a_slide_shows_that_slide(window, folder):
    text = (folder / "10_choosing.html").read_text(encoding="utf-8")
    to, anchor = next(one for one in LINK.findall(text) if one[1] == "by-sympy")
    page = window.new_page()
    page.goto(f"{(folder / to).as_uri()}.html#/{anchor}")
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    assert page.evaluate("deck.getCurrentSlide().querySelector('#by-sympy') !== null")
    page.close()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_slide_fits(window, folder, slug):
    page = opened(window, folder, slug)
    assert page.evaluate(CHECK) == []
    assert page.wrong == []
    page.close()


def test_the_arrows_lead_on_and_a_figure_keeps_its_own(window, folder):
    page = opened(window, folder, "03_tanh")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("deck.getIndices().v") == 1
    page.evaluate(
        """() => { const slide = document.querySelector('.of-explorer').closest('section');
                   const { h, v } = deck.getIndices(slide); deck.slide(h, v); }"""
    )
    place = page.evaluate("JSON.stringify(deck.getIndices())")
    track = page.locator(".present .present .course-explorer input[type=range]").first
    before = track.input_value()
    track.focus()
    page.keyboard.press("ArrowRight")
    assert track.input_value() != before
    assert page.evaluate("JSON.stringify(deck.getIndices())") == place
    picture = page.locator(".present .present .course-explorer .picture").bounding_box()
    page.mouse.move(picture["x"] + 0.6 * picture["width"], picture["y"] + 60)
    page.mouse.down()
    page.mouse.move(picture["x"] + 0.8 * picture["width"], picture["y"] + 60)
    page.mouse.up()
    thumb = track.bounding_box()
    share = (float(track.input_value()) - float(track.get_attribute("min"))) / (
        float(track.get_attribute("max")) - float(track.get_attribute("min"))
    )
    at = thumb["x"] + share * thumb["width"]
    assert abs(at - (picture["x"] + 0.8 * picture["width"])) < 20, "the point is where the hand is"
    page.keyboard.press("PageDown")
    assert page.evaluate("JSON.stringify(deck.getIndices())") != place
    page.close()


@pytest.mark.parametrize("served", [False, True])
def test_the_speaker_sees_the_note_of_the_slide(window, folder, served, address):
    page = window.new_page()
    page.goto(f"{address}/02_sigmoid.html" if served else (folder / "02_sigmoid.html").as_uri())
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    notes = speaker.locator(".speaker-controls-notes .value")
    place = """() => { const { h, v } = deck.getIndices(
        [...document.querySelectorAll('aside.notes')].at(-1).closest('section'));
        deck.slide(h, v); return deck.getCurrentSlide().querySelector('aside').innerHTML; }"""
    speaker.wait_for_function("document.querySelector('.speaker-controls-notes .value')?.innerText")
    assert "Instructor" in notes.inner_text()
    text = page.evaluate(place)
    speaker.wait_for_function(
        "text => document.querySelector('.speaker-controls-notes .value').innerHTML === text",
        arg=text,
    )
    assert "Instructor" in notes.inner_text()
    speaker.close()
    page.close()

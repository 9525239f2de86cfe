"""Each run sheet prints on one A4 page, in letters that can be read, with nothing cut off."""

import re

import pytest

from course_utils import run_sheet
from course_utils.notebooks import lessons

SMALLEST = 7.5  # points; code is a little smaller than the words around it

LETTERS = """() => {
  const sizes = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (walk.currentNode.data.trim())
      sizes.push(parseFloat(getComputedStyle(walk.currentNode.parentElement).fontSize) * 0.75);
  }
  return Math.min(...sizes);
}"""
CUT = """() => [...document.querySelectorAll("td, th, li, header")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"""


@pytest.fixture(scope="module")
def page(chromium):
    context = chromium.new_context(viewport={"width": 726, "height": 1060})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_it_prints_on_one_page(page, lesson, tmp_path):
    path = tmp_path / run_sheet.name_of(lesson)
    path.write_text(run_sheet.sheet(lesson), encoding="utf-8")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    (box,) = set(re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", printed))
    assert [round(float(side)) for side in box.split()] == [0, 0, 595, 842]
    page.emulate_media(media="print")
    assert page.evaluate(LETTERS) >= SMALLEST
    assert page.evaluate(CUT) == []
    page.emulate_media()
    assert set(asked) == {path.as_uri()}

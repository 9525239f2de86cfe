"""The book in Chromium, every page: whole, legible, alive, and loading nothing from elsewhere.

It is built once, and served as GitHub Pages would; one page is opened from the disk.
"""

import pytest
from conftest import served

from course_utils import cli
from course_utils.notebooks import lessons, read

CHECK = """() => {
  const found = [];
  for (const image of document.querySelectorAll('img'))
    if (!image.hasAttribute('alt')) found.push('no alt: ' + image.outerHTML.slice(0, 80));
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is too wide');
  for (const wrong of document.querySelectorAll('mjx-merror, .system-message'))
    found.push(wrong.textContent.slice(0, 80));
  for (const code of document.querySelectorAll('.cell pre')) {
    const longest = Math.max(...code.textContent.split('\\n').map((line) => line.length));
    if (longest <= 88 && code.scrollWidth > code.clientWidth + 1) found.push(`${longest} cut off`);
  }
  const links = [...document.querySelectorAll('a[href]')].map((link) => link.href);
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  return { found, links, ids };
}"""
SPILL = "document.documentElement.scrollWidth - innerWidth"
SAMPLE = [
    "index",
    "notebooks/08_gradient_flow",
    "notebooks/09_two_layer_backprop",
    "claims",
    "exercises/02_sigmoid",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    for name in ("myst_nb", "sphinx_book_theme"):
        pytest.importorskip(name, reason="pip install -e .[site]")
    folder = tmp_path_factory.mktemp("book")
    assert cli.main(["site", "--to", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def window(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def page(window):
    page = window.new_page()
    page.wrong = []
    page.on("console", lambda m: m.type == "error" and page.wrong.append(m.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))

    def only_here(route):
        if route.request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            return route.continue_()
        page.wrong.append(route.request.url)
        return route.abort()

    page.route("**/*", only_here)
    yield page
    page.close()


def ready(page):
    page.wait_for_function("() => !window.MathJax || MathJax.startup?.promise")
    page.evaluate("() => window.MathJax?.startup.promise")


def test_every_page_is_whole_and_every_link_leads_somewhere(page, folder, address):
    ids, links, problems = {}, [], []
    for path in sorted(set(folder.rglob("*.html")) - set(folder.glob("_static/*"))):
        name = path.relative_to(folder).as_posix()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{address}/{name}")
        ready(page)
        seen = page.evaluate(CHECK)
        ids[name] = set(seen["ids"])
        links += [(name, link) for link in seen["links"] if link.startswith(address)]
        problems += [f"{name}: {one}" for one in [*seen["found"], *page.wrong]]
        page.wrong.clear()
        page.set_viewport_size({"width": 390, "height": 800})
        if (spill := page.evaluate(SPILL)) > 0:
            problems.append(f"{name}: {spill} too wide on a phone")
    for name, link in links:
        target, _, anchor = link.removeprefix(f"{address}/").partition("#")
        target = target.partition("?")[0] or "index.html"
        if not (folder / target).is_file() or (
            anchor
            and target in ids
            and page.evaluate("decodeURIComponent", anchor) not in ids[target]
        ):
            problems.append(f"{name}: {link} leads nowhere")
    assert problems == []
    assert len(ids) > 25 and len(links) > 500


def test_nothing_is_left_of_the_notes_for_the_instructor(folder):
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    text += (folder / "searchindex.js").read_text(encoding="utf-8")
    for lesson in lessons():
        for cell in read(lesson.path).cells:
            if "instructor" in cell.metadata.get("tags", []):
                assert f'id="{cell.id}"' not in text
                for line in cell.source.splitlines():
                    if line.isascii() and len(line) > 40 and not set(line) & set("*`$[<&'\"|_\\"):
                        assert line.lstrip("#-0123456789. ") not in text


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_the_explorers_move_by_key(page, folder, address, lesson):
    here = f"notebooks/{lesson.slug}.html"
    if "explorer-place" not in (folder / here).read_text(encoding="utf-8"):
        pytest.skip("the lesson has none")
    page.goto(f"{address}/{here}")
    page.wait_for_selector(".explorer-place.is-alive")
    for place in page.locator(".explorer-place").all():
        if place.locator(".of-training").count():  # its sliders need a kernel, its record does not
            before = place.locator(".numbers").text_content()
            place.get_by_role("button", name="Step").press("Enter")
            assert place.locator(".numbers").text_content() != before
            continue
        track = place.locator("input[type=range]:enabled").first
        before = track.input_value()
        track.focus()
        key = "ArrowRight" if before != track.get_attribute("max") else "ArrowLeft"
        page.keyboard.press(key)
        assert track.input_value() != before
    assert page.wrong == []


def test_a_reader_finds_and_gets_about_by_key(page, address):
    page.goto(f"{address}/index.html")
    page.keyboard.press("Tab")
    assert "Skip to main content" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Control+k")
    page.wait_for_function("() => document.activeElement.matches('input[type=search]')")
    page.keyboard.type("sigmoid")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#search-results li a')]"
        ".some((link) => link.href.includes('02_sigmoid'))"
    )
    assert page.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SAMPLE)
def test_everyone_can_read_it(page, address, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{name}.html")
    ready(page)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    found = axe.run(page).response["violations"]
    assert [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ] == []


def test_it_also_works_from_a_disk(page, folder):
    page.goto((folder / "notebooks" / "02_sigmoid.html").as_uri())
    ready(page)
    assert page.locator("mjx-container svg").count() > 20
    assert page.locator(".explorer-place.is-alive").count() == 2
    assert page.wrong == []

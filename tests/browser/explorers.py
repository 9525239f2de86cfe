"""What the tests of all explorers do: read one off the page, change the theme, look for traces."""

import time

CONTRAST = """(node) => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = (rgb) => rgb.map((c) => linear(c / 255))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (e) => {
        const [r, g, b, alpha = 1] = parts(getComputedStyle(e).backgroundColor);
        return alpha === 1 ? [r, g, b] : ground(e.parentElement);
    };
    const style = getComputedStyle(node);
    const name = { path: 'stroke', text: 'fill' }[node.tagName] ?? 'color';
    const [paper, [r, g, b, alpha = 1]] = [ground(node), parts(style[name])];
    const ink = [r, g, b].map((c, i) => alpha * c + (1 - alpha) * paper[i]);
    const pair = [light(ink), light(paper)];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""
CUT_OFF = """(root) => {
    const outer = root.getBoundingClientRect();
    const parts = root.querySelectorAll('text, .number, .rule, .words, button, select, input');
    return [...parts].filter((e) => e.checkVisibility()).filter((e) => {
        const inner = e.getBoundingClientRect();
        return inner.left < outer.left - 1 || inner.right > outer.right + 1
            || (e instanceof HTMLElement && e.scrollWidth > e.clientWidth + 1);
    }).map((e) => e.outerHTML);
}"""
MOUNT = """async ([data, code]) => {
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const { mount } = await import(url);
    window.takeDown = mount(document.querySelector('main'), data);
}"""


def wait_for(read, expected, seconds=60):
    """Wait until `read()` is what is expected; fail with what it was instead."""
    end = time.monotonic() + seconds
    while (found := read()) != expected and time.monotonic() < end:
        time.sleep(0.05)
    assert found == expected


class OnPage:
    """One explorer of a notebook; `drawn` is a part that is there once it is drawn."""

    drawn = ".picture"

    def __init__(self, notebook, number=0):
        self.page = notebook.page
        self.root = self.page.locator(".course-explorer").nth(number)
        self.root.locator(self.drawn).first.wait_for(state="attached", timeout=30_000)
        self.picture = self.root.locator(".picture")

    def numbers(self):
        """The numbers of the readout, as they are written."""
        return self.root.locator(".numbers .number").all_text_contents()

    def words(self):
        return self.root.locator(".words").inner_text()

    def said(self):
        """What a screen reader says."""
        return self.root.locator("[aria-live=polite]").text_content()

    def height(self):
        return self.root.bounding_box()["height"]

    def cut_off(self):
        return self.root.evaluate(CUT_OFF)


def themes(notebook):
    """Yield the name of each theme while the page shows it; the light one comes last."""
    change = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
    shown = "theme => document.body.dataset.jpThemeName === theme"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.page.evaluate(change, theme)
        notebook.page.wait_for_function(shown, arg=theme)
        time.sleep(0.5)
        yield theme


def widths(notebook, *wanted):
    """Yield each width, by default 1280, 800 and 460 px, while the window has it."""
    for width in wanted or (1280, 800, 460):
        notebook.page.set_viewport_size({"width": width, "height": 720})
        time.sleep(0.2)
        yield width
    notebook.page.set_viewport_size({"width": 1280, "height": 720})


def too_faint(figure, least):
    """Return the parts whose contrast is less than it must be, and how large it is."""
    found = {look: figure.root.locator(look).first.evaluate(CONTRAST) for look in least}
    return {look: contrast for look, contrast in found.items() if contrast < least[look]}


def leaves_no_trace(notebook, move, moves=500, nodes=5):
    """Move so many times; neither memory nor the page may grow, and nothing is logged."""
    session = notebook.page.context.new_cdp_session(notebook.page)

    def size():
        session.send("HeapProfiler.collectGarbage")
        heap = notebook.page.evaluate("performance.memory.usedJSHeapSize")
        return heap, notebook.page.evaluate("document.querySelectorAll('*').length")

    move(50)
    heap_before, nodes_before = size()
    move(moves)
    heap_after, nodes_after = size()
    assert nodes_after <= nodes_before + nodes
    assert heap_after < heap_before + 3e6
    assert (notebook.errors, notebook.outside) == ([], [])


def mounted_alone(context, data, code, style):
    """Mount an explorer as an HTML edition does: the module, the data as JSON, no kernel."""
    alone = context.new_page()
    alone.set_content(f"<style>{style}</style><main></main>")
    alone.evaluate(MOUNT, [data, code])
    return alone

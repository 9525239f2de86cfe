"""A real JupyterLab in a real browser, for tests that move what a student moves.

`lab` starts one server for all tests, on a free port of this machine, with settings and
files in a temporary folder. `open_notebook` puts cells into a notebook and opens it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytest.register_assert_rewrite("explorers")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Light"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: ``pytest -m browser`` runs them, ``-m "not browser"`` not."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Lab:
    """A running server: its address, the folder of its notebooks, and that of its settings."""

    url: str
    root: Path
    settings: Path

    def theme(self, name: str) -> None:
        """Choose the theme of pages that are opened from now on."""
        self.write("@jupyterlab/apputils-extension/themes", {"theme": name})

    def write(self, plugin: str, values: dict) -> None:
        """Write one file of JupyterLab's user settings."""
        path = self.settings / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab; stop it, and its kernels, after the last test."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Run JupyterLab with everything that it writes in `home`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", home / "notebooks", home / "settings")
    lab.root.mkdir()
    for plugin, values in SETTINGS.items():
        lab.write(plugin, values)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(lab.settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--ServerApp.root_dir={lab.root}", "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url="]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for_server(lab.url, server, home / "log")
            yield lab
        finally:
            server.terminate()
            server.wait(20)


def _wait_for_server(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api/status", timeout=1)
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep no log."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on this machine; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the browser, or skip the tests that need one."""
    with running_chromium() as browser:
        yield browser


@contextmanager
def running_chromium() -> Iterator[Any]:
    """Run the system's Chromium, or the one that Playwright brought."""
    api = pytest.importorskip("playwright.sync_api", reason="pip install -e .[browser]")
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    with api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=next(found, None), args=QUIET)
        except api.Error as error:
            pytest.skip(
                f"no Chromium here, try 'playwright install chromium': {error.message:.200}"
            )
        yield browser
        browser.close()


@dataclass
class Notebook:
    """An open notebook: Playwright's page, and what went wrong in it so far."""

    page: Any
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Wait until the kernel listens, run every cell, and wait until all have run."""
        self.page.evaluate(
            """async () => {
                const { sessionContext } = jupyterapp.shell.currentWidget;
                await sessionContext.ready;
                while (sessionContext.session?.kernel?.status !== 'idle')
                    await new Promise((resume) => setTimeout(resume, 50));
                await jupyterapp.commands.execute('notebook:run-all-cells');
            }"""
        )

    def ask(self, expression: str) -> Any:
        """Return what an expression is worth in the kernel, as JSON carries it."""
        text = self.page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const request = kernel.requestExecute({ code, store_history: false });
                let text = '';
                request.onIOPub = ({ content }) => (text += content.text ?? content.evalue ?? '');
                await request.done;
                return text;
            }""",
            f"import json; print(json.dumps({expression}))",
        )
        return json.loads(text)

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")


@pytest.fixture
def open_notebook(chromium: Any, lab: Lab) -> Iterator[Callable[..., Notebook]]:
    """Return a function that opens a notebook of some cells, or one that is there already."""
    with notebooks_in(lab, chromium) as open_it:
        yield open_it


@contextmanager
def notebooks_in(lab: Lab, chromium: Any) -> Iterator[Callable[..., Notebook]]:
    """Open notebooks, each in a fresh window; close them all at the end."""
    contexts = []

    def open_it(
        *cells: str,
        path: str = "scratch.ipynb",
        width: int = 1280,
        height: int = 720,
        **options: Any,
    ) -> Notebook:
        if cells:
            notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
            nbformat.write(notebook, lab.root / path)
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        opened = Notebook(context.new_page())
        opened.page.on("console", lambda m: m.type == "error" and opened.errors.append(m.text))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("request", lambda request: _note_outside(request.url, lab, opened.outside))
        opened.page.goto(f"{lab.url}/doc/tree/{path}?reset")
        opened.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        return opened

    yield open_it
    for context in contexts:
        context.close()


def _note_outside(url: str, lab: Lab, outside: list[str]) -> None:
    if not url.startswith((lab.url, "data:", "blob:", lab.url.replace("http", "ws"))):
        outside.append(url)

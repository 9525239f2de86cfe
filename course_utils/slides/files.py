"""The folder that all pages of slides share: reveal.js, the mathematics, the fonts, our own files.

Nothing is fetched: reveal.js and MathJax lie in Python packages (the extra ``slides``), the
letters of the code in Matplotlib. Fonts are put into the style sheet itself, since a browser may
refuse to load them from a disk.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

__all__ = ["FOLDER", "shared_files", "write_shared"]

FOLDER = "slides-files"
"""The folder's name, beside the pages."""

MADE = "made.json"
"""The file in it that remembers what was written, so that a changed file is known."""

PAGE = Path(__file__).with_name("page")

FACES = (
    ("Course Sans", 400, "normal", "source-sans-pro-regular.woff"),
    ("Course Sans", 400, "italic", "source-sans-pro-italic.woff"),
    ("Course Sans", 600, "normal", "source-sans-pro-semibold.woff"),
    ("Course Sans", 600, "italic", "source-sans-pro-semibolditalic.woff"),
    ("Course Mono", 400, "normal", "DejaVuSansMono.ttf"),
    ("Course Mono", 700, "normal", "DejaVuSansMono-Bold.ttf"),
)


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"no {name}", name=name)
    return Path(found.origin).parent


def shared_files() -> dict[str, bytes]:
    """Return what belongs into the shared folder, by name.

    Raises
    ------
    ModuleNotFoundError
        Without the extra ``slides``.
    """
    from course_utils.book.mathjax import mathjax
    from course_utils.explore.embed import page_style, script

    reveal = _package("sphinx_revealjs") / "_static" / "revealjs"
    return {
        "reveal.js": (reveal / "dist" / "reveal.js").read_bytes(),
        "reveal.css": _reveal_style(reveal / "dist" / "reveal.css"),
        "notes.js": (reveal / "plugin" / "notes" / "notes.js").read_bytes(),
        "reveal-license.txt": (reveal / "LICENSE").read_bytes(),
        "tex-svg.js": mathjax().read_bytes(),
        "fonts.css": _fonts(reveal / "dist" / "theme" / "fonts" / "source-sans-pro"),
        "deck.css": (PAGE / "deck.css").read_bytes(),
        "deck.js": (PAGE / "deck.js").read_bytes(),
        "explorers.css": page_style().encode(),
        "explorers.js": script().encode(),
    }


def _reveal_style(path: Path) -> bytes:
    """Return the style of reveal.js; its arrows share a class with the explorers' controls."""
    return path.read_bytes().replace(b".reveal .controls", b".reveal > .controls")


def _fonts(sans: Path) -> bytes:
    """Return a style sheet that holds the fonts."""
    import matplotlib

    mono = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    rules = []
    for family, weight, style, name in FACES:
        path = (mono if name.endswith(".ttf") else sans) / name
        data = base64.b64encode(path.read_bytes()).decode()
        rules.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
            f' src: url("data:font/{path.suffix[1:]};base64,{data}"); }}\n'
        )
    return "".join(rules).encode()


def write_shared(folder: Path) -> list[Path]:
    """Write the shared folder into `folder`; return the files that somebody has changed, kept."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    try:
        made = json.loads((place / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    kept = []
    for name, content in shared_files().items():
        path = place / name
        there = path.read_bytes() if path.exists() else None
        if there is not None and there != content and made.get(name) != _digest(there):
            kept.append(path)
            continue
        if there != content:
            path.write_bytes(content)
        made[name] = _digest(content)
    (place / MADE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return kept


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]

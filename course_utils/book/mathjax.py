"""Where the mathematics of pages comes from: one file of MathJax, from a package on this computer.

It holds the reader of TeX and all glyphs, as SVG, and loads nothing more: so it also works from a
disk, prints sharply, and takes the colour of the text.
"""

from importlib.util import find_spec
from pathlib import Path

CONFIGURATION = {
    "options": {"enableMenu": False},  # its menu would offer files and links of other hosts
    "svg": {"fontCache": "local"},
    "tex": {"inlineMath": [["\\(", "\\)"]]},
}
"""What ``window.MathJax`` has to be before the script runs."""


def mathjax() -> Path:
    """Return the path of ``tex-svg.js``.

    Raises
    ------
    ModuleNotFoundError
        If its package is not installed.
    """
    package = find_spec("sphinx-mathjax-offline")  # the hyphen allows no import statement
    if package is None:
        raise ModuleNotFoundError("no sphinx-mathjax-offline", name="sphinx-mathjax-offline")
    return Path(package.origin).parent / "static" / "mathjax" / "tex-svg.js"

"""The book edition of the course: a static site from the stored outputs of the notebooks.

`stage` turns the notebooks into the book's sources, in a temporary folder; `build` has Sphinx make
pages of them, with the settings of ``conf.py`` beside this file; `publish` puts these in place.
"""


def anchor(title: str) -> str:
    """Return the anchor of a heading as JupyterLab has it, and so as the lessons link to it."""
    return title.replace(" ", "-")

"""Slides of the lessons: from the same committed notebook, for a projector and without a network.

`blocks` turns Markdown into pieces whose height it estimates, `rules` decides which cells become
which slides, `deck` writes the page, and `files` the folder that all pages share. The look and
what happens in the page are in ``page/``.
"""

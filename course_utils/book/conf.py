"""The settings of the book, as Sphinx reads them; `build` says where the sources are."""

from course_utils.book.mathjax import CONFIGURATION

project = "Activation functions and their derivatives"
author = "The course authors"
copyright = "2026, The course authors. Text and figures CC BY 4.0, code BSD 3-Clause"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax"]
nb_execution_mode = "off"  # the pages show the outputs that are committed
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 4

myst_heading_slug_func = "course_utils.book.anchor"

mathjax_path = "tex-svg.js"
mathjax3_config = CONFIGURATION

html_theme = "sphinx_book_theme"
html_static_path = ["_book"]
html_css_files = ["explorer.css", "book.css"]
html_js_files = ["book.js"]
html_extra_path = ["_extra"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_favicon = "_book/logo.svg"
html_context = {"default_mode": "auto"}  # light or dark, as the reader's computer is
html_theme_options = {
    "navbar_persistent": [],  # the search is in the sidebar
    "home_page_in_toc": True,
    "logo": {"image_light": "_book/logo.svg", "image_dark": "_book/logo.svg", "text": project},
    "show_navbar_depth": 1,
    "use_download_button": False,
    "use_fullscreen_button": False,
}


def setup(app):
    """Give the explorers' code to the pages that hold one."""
    app.connect("html-page-context", _add_explorers)


def _add_explorers(app, pagename, templatename, context, doctree):
    if "explorer-place" in context.get("body", ""):
        app.add_js_file("explorer.js", loading_method="defer")

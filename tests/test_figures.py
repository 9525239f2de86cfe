"""Figures carry their alt text, fit their canvas, and are told apart by what they draw."""

import base64
import io
import re
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.activations import ACTIVATIONS, elu, leaky_relu, relu, sigmoid, step
from course_utils.figures import (
    COLOURS,
    LOOKS,
    course_map,
    decision_regions,
    fingerprint,
    function_and_derivative,
    house_style,
    new_figure,
    show,
)


@pytest.fixture
def shown(monkeypatch):
    """Return a function that shows a figure and returns its data and metadata."""
    outputs = []

    def display(data, *, raw, metadata):
        outputs.append((data, metadata))

    def shown(figure, alt="what it shows"):
        monkeypatch.setattr("IPython.display.display", display)
        show(figure, alt=alt)
        return outputs.pop()

    return shown


def contrast(colour, background="white"):
    """The contrast ratio of WCAG 2.2."""

    def luminance(c):
        channels = np.array(mpl.colors.to_rgb(c))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    light, dark = sorted([luminance(colour), luminance(background)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_function_and_derivative_draws_the_function_and_its_derivative(name):
    g = ACTIVATIONS[name]
    figure = function_and_derivative(g, span=4, mark=1.25)
    for ax, method in zip(figure.axes, (g.value, g.derivative), strict=True):
        z, y = ax.get_lines()[0].get_data()
        drawn = np.isfinite(y)
        assert drawn.sum() >= 0.99 * z.size
        np.testing.assert_array_equal(y[drawn], method(z[drawn]))
    (label,) = figure.axes[1].texts
    assert label.get_text() == f"slope {float(g.derivative(1.25)):.4g} at z = 1.25"


def test_tangent_has_the_slope():
    upper = function_and_derivative(sigmoid, mark=1.5).axes[0]
    tangent = upper.get_lines()[2].get_xydata()
    (z0, a0), (z1, a1) = tangent
    assert (a1 - a0) / (z1 - z0) == pytest.approx(float(sigmoid.derivative(1.5)))
    assert np.interp(1.5, *tangent.T) == pytest.approx(float(sigmoid(1.5)))


def test_a_jump_is_drawn_as_a_break_with_the_chosen_end_filled():
    lower = function_and_derivative(relu).axes[1]
    assert np.isnan(lower.get_lines()[0].get_ydata()).sum() == 1
    rings, dot = lower.get_lines()[2:4]
    np.testing.assert_array_equal(rings.get_ydata(), [0, 1])
    assert rings.get_markerfacecolor() == "white"
    assert dot.get_ydata() == [relu.kink.at_zero]
    upper = function_and_derivative(step).axes[0]
    assert np.isnan(upper.get_lines()[0].get_ydata()).sum() == 1
    rings, dot = upper.get_lines()[2:4]
    np.testing.assert_array_equal(rings.get_ydata(), [0, 1])
    assert dot.get_ydata() == [step.kink.value]
    smooth = function_and_derivative(sigmoid).axes[1]
    assert not np.isnan(smooth.get_lines()[0].get_ydata()).any()


def test_no_rings_where_both_slopes_agree():
    assert len(function_and_derivative(elu).axes[1].get_lines()) == 2  # the curve and z = 0
    assert len(function_and_derivative(elu, alpha=0.5).axes[1].get_lines()) == 4


def test_a_slope_that_is_0_everywhere_is_drawn_inside_its_axes():
    lowest, highest = function_and_derivative(step).axes[1].get_ylim()
    assert lowest < 0 < highest


def test_nothing_is_cut_off():
    for g in ACTIVATIONS.values():
        figure = function_and_derivative(g, mark=1.5)
        figure.savefig(io.BytesIO(), format="png")
        canvas = figure.bbox
        for ax in figure.axes:
            for text in [ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]:
                box = text.get_window_extent()
                if text.get_text():
                    assert canvas.x0 <= box.x0 and box.x1 <= canvas.x1, text
                    assert canvas.y0 <= box.y0 and box.y1 <= canvas.y1, text


def test_show_emits_an_image_with_alt_text(shown):
    alt = 'the slope is < 1/4 & "small"'
    data, metadata = shown(function_and_derivative(sigmoid), alt)
    assert metadata["text/html"]["alt"] == alt
    assert data["text/plain"] == f"[figure] {alt}"
    image = data["text/html"]
    assert 'alt="the slope is &lt; 1/4 &amp; &quot;small&quot;"' in image
    assert 'width="760"' in image and "max-width: 100%" in image
    png = base64.b64decode(re.search(r"base64,([^\"]+)", image)[1])
    pixels = matplotlib.image.imread(io.BytesIO(png))
    twice = np.array([920, 1520])  # of the size on the page: sharp on dense screens
    assert np.abs(np.array(pixels.shape[:2]) - twice).max() <= 1


def test_show_wants_words():
    with pytest.raises(ValueError, match="alt is empty"):
        show(function_and_derivative(sigmoid), alt="  ")


def test_a_pyplot_figure_appears_once(shown):
    figure, _ = plt.subplots()
    shown(figure)
    assert not plt.fignum_exists(figure.number)


def test_fingerprint_sees_what_is_drawn():
    def draw(change=0.0, text="a", scale="linear", offset=0.0):
        figure, ax = new_figure()
        x = np.linspace(1, 2, 50)
        ax.plot(x, x**2 + change * (x > 1.5) + offset)
        ax.set_yscale(scale)
        ax.text(1.2, 2, text)
        return fingerprint(figure)

    same = draw()
    assert draw() == same
    assert draw(offset=1e-12) == same, "the last digits are the machine's own business"
    assert draw(change=0.02) != same
    assert draw(text="b") != same
    assert draw(scale="log") != same


def test_fingerprint_is_of_the_picture_not_of_the_units():
    def draw(unit, y=1.0):
        figure, ax = new_figure()
        ax.plot([0, unit, 2 * unit, 3 * unit], [0, unit, y * unit, 2 * unit])
        return fingerprint(figure)

    assert draw(1.0) == draw(8.0)
    special = {draw(1.0, y) for y in (0.5, np.nan, np.inf, -np.inf)}
    assert len(special) == 4, "gaps and infinities are told apart"


def test_fingerprint_sees_a_flipped_sign_in_every_kind_of_drawing():
    x = np.linspace(-1, 1, 30)
    kinds = {
        "plot": lambda ax, y: ax.plot(x, y),
        "scatter": lambda ax, y: ax.scatter(x, y),
        "bar": lambda ax, y: ax.bar(x, y),
        "fill": lambda ax, y: ax.fill_between(x, y, 2),
        "image": lambda ax, y: ax.imshow(np.outer(y, y**2)),
        "mesh": lambda ax, y: ax.pcolormesh(np.outer(y, y**2)),
        "contour": lambda ax, y: ax.contourf(np.outer(y, y**2)),
        "arrow": lambda ax, y: ax.quiver(x, x, y, y**2),
        "level": lambda ax, y: ax.axhline(y[3]),
        "note": lambda ax, y: ax.annotate("note", (0, y[3])),
    }
    for name, draw in kinds.items():
        marks = set()
        for sign in (1, -1):
            figure, ax = new_figure()
            draw(ax, sign * (x + 0.3))
            marks.add(fingerprint(figure))
        assert len(marks) == 2, name


def test_house_style_is_not_left_behind():
    before = dict(mpl.rcParams)
    with house_style():
        assert mpl.rcParams["axes.spines.top"] is False
    function_and_derivative(sigmoid)
    assert dict(mpl.rcParams) == before


def test_curves_differ_by_dash_as_well_as_by_colour():
    looks = [LOOKS[name] for name in ACTIVATIONS]
    assert len({str(look["linestyle"]) for look in looks}) == len(looks)
    assert len({look["color"] for look in looks}) == len(looks)
    assert LOOKS["function"]["linestyle"] != LOOKS["derivative"]["linestyle"]


def test_colours_stand_out_on_white():
    colours = {*COLOURS.values(), *(look["color"] for look in LOOKS.values())}
    assert {colour: contrast(colour) for colour in colours if contrast(colour) < 3} == {}


def test_alpha_reaches_the_figure():
    figures = [function_and_derivative(leaky_relu, alpha=alpha) for alpha in (0.01, 0.3)]
    assert len({fingerprint(figure) for figure in figures}) == 2


def test_course_map_points_every_arrow_forward_and_leaves_out_what_follows():
    needs = {"00": [], "01": ["00"], "02": ["01", "00"], "03": ["01"], "04": ["02", "03", "gone"]}
    lessons = [
        SimpleNamespace(number=n, slug=n, title=f"Lesson {n}: on a thing", minutes=20, needs=m)
        for n, m in needs.items()
    ]
    figure = course_map(lessons)
    texts = figure.axes[0].texts
    boxes = {text.get_text()[:2]: text.get_position() for text in texts if text.get_text()}
    assert boxes.keys() == needs.keys()
    assert len(set(boxes.values())) == len(boxes), "no two lessons in one place"
    arrows = [(text.get_position(), text.xy) for text in texts if not text.get_text()]
    named = {
        (next(k for k in boxes if boxes[k] == a), next(k for k in boxes if boxes[k] == b))
        for a, b in arrows
    }
    assert named == {("00", "01"), ("01", "02"), ("01", "03"), ("02", "04"), ("03", "04")}
    assert all(start[0] < end[0] for start, end in arrows)
    figure.savefig(io.BytesIO(), format="png")
    extents = [text.get_bbox_patch().get_window_extent() for text in texts if text.get_text()]
    assert not any(a.overlaps(b) for i, a in enumerate(extents) for b in extents[:i])
    for box in extents:
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1, "inside the picture"
        assert 0 <= box.y0 and box.y1 <= figure.bbox.y1, "inside the picture"
    assert boxes["02"][1] > boxes["03"][1], "the earlier lesson stands above"


def disc(points):
    """The probability of class 1: 1 in the middle, 1/2 on the unit circle, 0 far out."""
    return 1 / (1 + (points**2).sum(axis=1))


def draw_regions(predict, x=((0, 0), (2, 0), (0, 2)), labels=(1, 0, 0)):
    figure, ax = new_figure()
    decision_regions(ax, predict, x, labels)
    return figure, ax


def test_decision_regions_draw_the_line_where_the_probability_is_one_half():
    _, ax = draw_regions(disc)
    mesh, line = ax.collections
    vertices = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(np.hypot(*vertices.T), 1, atol=0.01)
    values = np.asarray(mesh.get_array()).ravel()
    assert values.max() == pytest.approx(1, abs=0.01)
    assert mesh.get_clim() == (0, 1)
    # The shade is the class's own colour: vermilion where class 1 is certain.
    assert mpl.colors.to_hex(mesh.cmap(1.0)) == COLOURS["derivative"].lower()
    assert mpl.colors.to_hex(mesh.cmap(0.0)) == COLOURS["function"].lower()
    drawn = {line.get_marker(): line.get_xydata().tolist() for line in ax.get_lines()}
    assert drawn == {"s": [[0, 0]], "o": [[2, 0], [0, 2]]}
    assert ax.get_xlim() == (-0.5, 2.5)


def test_decision_regions_of_a_certain_classifier_have_no_line():
    _, ax = draw_regions(lambda points: np.zeros(len(points)))
    assert len(ax.collections) == 1


def test_decision_regions_change_the_fingerprint():
    prints = {fingerprint(draw_regions(lambda p, k=k: disc(k * p))[0]) for k in (1, 1, 1.05)}
    assert len(prints) == 2


def test_decision_regions_refuse_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="take the column of class 1"):
        draw_regions(lambda points: np.zeros((len(points), 2)))
    with pytest.raises(ValueError, match=r"got \(3, 1\)"):
        draw_regions(disc, x=[[0], [1], [2]])

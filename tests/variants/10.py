"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 10."""

import statistics

import numpy as np
import sympy as sp

a, alpha, z = sp.symbols("a alpha z")  # a student's own symbols, without assumptions
p, y, n, h, q, p_i, p_k = sp.symbols("p y n h q p_i p_k")


def both(witness, right):
    return {"witness": witness, "right": right}


def race_by_hand(steps):
    solved = sum(1 for step in steps if step < float("inf"))
    return solved / len(steps), statistics.median(steps)


def race_by_sorting(steps):
    ordered, half = np.sort(steps), len(steps) // 2
    middle = ordered[half] if len(steps) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return [1 - np.isinf(steps).sum() / steps.size, middle]


def race_in_place(steps):
    steps.sort()
    return np.isfinite(steps).mean(), np.median(steps)


RIGHT = {
    "notes_softmax": [
        both([0, 1], -p_i * p_k),
        both((2, 0), p_i * (0 - p_k)),
        both(np.array([1, 2]), -sp.exp(sp.log(p_i) + sp.log(p_k))),
        both([1.0, 0.0], sp.Mul(-1, p_k, p_i)),
    ],
    "notes_softplus": [
        both(0, 1 - sp.exp(-a)),
        both(-3.5, (sp.exp(a) - 1) / sp.exp(a)),
        both(sp.Rational(1, 2), 1 - 1 / sp.E**a),
        both(np.float32(2), -sp.expm1(-a) if hasattr(sp, "expm1") else 1 - sp.exp(-a)),
        both([1], 1 / (1 + 1 / (sp.exp(a) - 1))),
        both(-700, sp.exp(-a) * (sp.exp(a) - 1)),
        both(10, 1 - sp.exp(-a)),
    ],
    "notes_loss": [
        both(2, (p - y) / n),
        both(1000, p / n - y / n),
        both(sp.Integer(3), -(y - p) / n),
        both([7.0], (p - y) * n**-1),
    ],
    "notes_scale": [
        both([100, 0], sp.sqrt(2 / (n * (1 + alpha**2)))),
        both([1, 0.01], sp.sqrt(2) / sp.sqrt(n + n * alpha**2)),
        both((128, 0.5), (n * (1 + alpha**2) / 2) ** sp.Rational(-1, 2)),
        both(np.array([10, 2.0]), (2 / (n * (1 + alpha**2))) ** 0.5),
        both([100, 0.999], sp.sqrt(2 / (n + n * alpha**2))),
    ],
    "notes_dead": [
        both([2, 1e-6], 1 - (1 - q) ** h),
        both([8, 0.25], 1 - (1 - q) ** h),
        both([2, 0.5], 1 - sp.exp(h * sp.log(1 - q))),
        both((3, 1), 1 - (1 - q) ** (h - 1) * (1 - q)),
        both([2, sp.Rational(1, 4)], -((1 - q) ** h) + 1),
    ],
    "choosing_race": [
        race_by_hand,
        race_by_sorting,
        lambda steps: (
            np.mean(steps < np.inf),
            np.partition(steps, len(steps) // 2)[len(steps) // 2]
            if len(steps) % 2
            else np.median(steps),
        ),
        lambda steps: np.array([np.isfinite(steps).mean(), np.median(steps)]),
        lambda steps: [float(np.isfinite(steps).mean()), float(np.median(steps))],
        lambda steps: (1 - np.isinf(steps).mean(), np.median(np.asarray(steps, dtype=np.float32))),
    ],
}

# answer, and what the message must say
WRONG = {
    "notes_softmax": [
        (both([1, 1], -p_i * p_k), "'right' is right.*on the diagonal"),
        (both([0, 3], -p_i * p_k), "three classes are 0, 1 and 2"),
        (both(0, -p_i * p_k), "2 numbers"),
        (both([0, 1], p_k * p_i), "'witness' is right.*sign is missing"),
        (both([0, 1], p_i * (1 - p_i)), "the diagonal"),
        (both([0, 1], -2 * p_i * p_k), "2 times"),
        (both([0, 1], p_i - p_k), "expected"),
        (both([0, 1], p_k - p_i * p_k), "expected"),
        (both([0, 1], -p * p_k), "symbol p;"),
        (both([0, 1], None), "nothing yet for 'right'"),
        (-p_i * p_k, "dictionary"),
    ],
    "notes_softplus": [
        (both(0, 1 / (1 + sp.exp(-a))), "puts the output a into the sigmoid"),
        (both(0, 1 - sp.exp(a)), "exponent is flipped"),
        (both(0, sp.exp(z) / (1 + sp.exp(z))), "still holds z"),
        (both(30, 1 - sp.exp(-a)), "far to the right"),
        (both(0, 1 + sp.exp(-a)), "added the 1"),
        (both(np.inf, 1 - sp.exp(-a)), "finite"),
        (both(0, sp.exp(-a) - 1), "wrong sign"),
        (both(0, sp.exp(a) / (sp.exp(a) - 1)), "reciprocal"),
        (both(0, 1 - sp.exp(-2 * a)), "expected"),
    ],
    "notes_loss": [
        (both(1, (p - y) / n), "With one example"),
        (both(0, (p - y) / n), "whole number"),
        (both(2.5, (p - y) / n), "whole number"),
        (both(2, (y - p) / n), "sign is flipped"),
        (both(2, p - y), "printed formula"),
        (both(2, (p - y) / (2 * n)), "1/2 times"),
        (both(2, (p - y) ** 2 / n), "expected"),
        (both(2, -sp.log(p) / n), "expected"),
    ],
    "notes_scale": [
        (both([100, 1], sp.sqrt(2 / (n * (1 + alpha**2)))), "all slopes are 1"),
        (both([64, 1], sp.sqrt(2 / (n * (1 + alpha**2)))), "all slopes are 1"),
        (both([0.01, 100], sp.sqrt(2 / (n * (1 + alpha**2)))), "n counts units"),
        (both([100, -0.5], sp.sqrt(2 / (n * (1 + alpha**2)))), "not negative"),
        (both([100, 0], 2 / (n * (1 + alpha**2))), "variance"),
        (both([100, 0], 2 / sp.sqrt(n * (1 + alpha**2))), "under the root"),
        (both([100, 0], 2 / (sp.sqrt(n) * (1 + alpha**2))), "squared alpha"),
        (both([100, 0], 1 / sp.sqrt(n)), "Xavier"),
        (both([100, 0], sp.sqrt(2 / (n + alpha**2))), "expected"),
    ],
    "notes_dead": [
        (both([1, 0.3], 1 - (1 - q) ** h), "one unit"),
        (both([8, 0], 1 - (1 - q) ** h), "either formula"),
        (both([0.25, 2], 1 - (1 - q) ** h), "h counts units"),
        (both([2, 1.5], 1 - (1 - q) ** h), "between 0 and 1"),
        (both([2, 0.5], (1 - q) ** h), "no unit starts dead"),
        (both([2, 0.5], q**h), "all units"),
        (both([2, 0.5], 2 * q - q**2), "two units"),
        (both([2, 0.5], (1 - q) ** h - 1), "wrong sign"),
        (both([2, 0.5], sp.Rational(7, 16)), "expected"),
    ],
    "choosing_race": [
        (lambda steps: (np.isfinite(steps).mean(), np.median(steps[np.isfinite(steps)])), "alone"),
        (lambda steps: (np.isfinite(steps).mean(), np.nanmean(steps)), "the mean"),
        (lambda steps: (np.isinf(steps).mean(), np.median(steps)), "runs that failed"),
        (lambda steps: (len(steps[steps < np.inf]), np.median(steps)), "how many"),
        (lambda steps: (np.median(steps), np.isfinite(steps).mean()), "swapped|other order"),
        (lambda steps: np.median(steps), "median alone"),
        (lambda steps: (np.mean(steps < 1e9), np.percentile(steps, 50)), "quantile"),
        (race_in_place, "writes into steps"),
        (lambda steps: (np.mean(steps < 1000), np.median(steps)), "1000 steps or more"),
        (
            lambda steps: (np.isfinite(steps).mean(), np.median(np.nan_to_num(steps))),
            "put a number",
        ),
        (lambda steps: (1 - np.isnan(steps).mean(), np.median(steps)), "every run is solved"),
        (lambda steps: (np.isfinite(steps).mean(), np.median(steps) // 1), "the median is"),
        (lambda steps: (np.isfinite(steps).mean(), np.max(steps)), "the median is"),
        (lambda steps: (np.isfinite(steps).mean(), None), "the median is None"),
        (lambda steps: (steps.isfinite().mean(), 1), "AttributeError"),
        (lambda steps: sum(s < np.inf for s in steps) / len(steps), "share alone"),
        (0.5, "Expected a function"),
    ],
}

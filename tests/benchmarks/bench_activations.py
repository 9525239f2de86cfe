"""What each function costs, as a multiple of copying the same array (`make bench`).

A ratio within one run says more than a time: it hardly changes with the machine's mood.
Each figure is the median over rounds in which all functions take turns.
"""

import timeit

import numpy as np
from scipy.special import expit

from course_utils.activations import ACTIVATIONS

SIZES = {"1,000 elements": 1_000, "1,000,000 elements": 1_000_000}
ROUNDS = 15


def contestants(z):
    """Yield a name and a call for each function, the copy first."""
    buffer = np.empty_like(z)
    yield "copy", lambda: np.copyto(buffer, z)
    yield "np.exp", lambda: np.exp(z)
    yield "scipy expit", lambda: expit(z)
    for g in ACTIVATIONS.values():
        a = g(z)
        yield g.name, lambda g=g: g(z)
        yield f"{g.name}' from z", lambda g=g: g.derivative(z)
        yield f"{g.name}' from a", lambda g=g, a=a: g.derivative_from_output(a)


def ratios(size, dtype, rounds=ROUNDS):
    """Return each contestant's time as a multiple of the copy's: median over the rounds."""
    z = np.random.default_rng(0).normal(scale=3, size=size).astype(dtype)
    calls = dict(contestants(z))
    repeats = {
        name: max(1, int(0.002 / timeit.timeit(call, number=1))) for name, call in calls.items()
    }
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(timeit.timeit(call, number=repeats[name]) / repeats[name])
    copy = np.array(times["copy"])
    return {name: float(np.median(np.array(t) / copy)) for name, t in times.items()}


def main():
    """Print one table: a row for each function, a column for each size and precision."""
    columns = {
        f"{label}, {dtype.__name__}": ratios(size, dtype)
        for label, size in SIZES.items()
        for dtype in (np.float64, np.float32)
    }
    print("time as a multiple of copying the array, median of", ROUNDS, "rounds\n")
    print(" " * 22 + "".join(f"{name:>28}" for name in columns))
    for name in next(iter(columns.values())):
        print(f"{name:22}" + "".join(f"{column[name]:28.1f}" for column in columns.values()))


if __name__ == "__main__":
    main()

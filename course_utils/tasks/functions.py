"""A task to write a function: its answers to many calls are compared with the right ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answers import Call, Raised, Returned, ask, is_missing, plain
from course_utils.tasks.base import Mistake, Outcome, Task
from course_utils.tasks.compare import Between, Difference, as_array, compare, same, shorten
from course_utils.tasks.slips import (
    Slip,
    meaning_of,
    slip_of_arrays,
    slip_of_kinds,
    slip_on_top,
)

__all__ = ["FunctionTask"]

Reply = Returned | Raised


@dataclass(frozen=True, kw_only=True)
class FunctionTask(Task):
    """Write a function: its answers to many calls are compared with the right ones.

    Attributes
    ----------
    reference : callable
        From the arguments of a call to what is expected (see `compare`).
    arguments : tuple of str
        What the arguments are called in messages.
    results : tuple of str
        Where the function returns several values, what they are called in messages.
    fixed : callable
        Without arguments, returns the revealing calls, the simplest first.
    random : callable
        From a generator, returns more calls.
    accepted : tuple of callables
        Other references that are as right, such as another convention.
    rtol, atol : float
        Tolerance; where an argument is float32, rtol is at least 1e-5.
    is_quiet : bool
        Whether a NumPy warning (overflow...) makes an answer wrong.
    is_pure : bool
        Whether writing into an argument makes an answer wrong; else it costs a remark.
    """

    reference: Callable[..., Any]
    arguments: tuple[str, ...]
    results: tuple[str, ...] = ()
    fixed: Callable[[], list[Call]]
    random: Callable[[np.random.Generator], list[Call]]
    accepted: tuple[Callable[..., Any], ...] = ()
    rtol: float = 1e-6
    atol: float = 1e-12
    is_quiet: bool = False
    is_pure: bool = False
    takes_function: bool = field(default=True, init=False)
    _kept: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Return the revealing calls, then the random ones."""
        if "fixed" not in self._kept:
            self._kept["fixed"] = self.fixed()
        return [*self._kept["fixed"], *self.random(rng)]

    def judge(
        self, answer: Sequence[Reply], calls: Sequence[Call], rng: np.random.Generator
    ) -> Outcome:
        """Return the outcome for the answers to the calls."""
        if all(_is_untouched(reply) for reply in answer):
            return self._not_attempted(
                "The function returns nothing yet. (If you have written it: is there a return? "
                "And a list's own .append, .sort and .reverse return None.)"
            )
        wrong = self._differences(answer, calls, self.reference)
        if not wrong or any(not self._differences(answer, calls, r) for r in self.accepted):
            return (
                self._warned(answer, calls)
                or self._overwrote(answer, calls)
                or self._correct(*self._remarks(answer, calls))
            )
        place = self._first_failure(answer, calls, wrong)
        status = "error" if isinstance(answer[min(wrong)], Raised) else "wrong"
        if mistake := self._known_mistake(answer, calls, wrong):
            return Outcome("wrong", f"{mistake.message}\n{place}", mistake.name)
        if slip := self._slip(answer, calls, wrong):
            return Outcome(status, f"{slip.message}\n{place}", slip.name)
        return Outcome(status, place)

    # ------------------------------------------------------------------ right or wrong

    def _differences(
        self, answer: Sequence, calls: Sequence[Call], right: Callable
    ) -> dict[int, Difference]:
        """Return the differences by the number of their call."""
        pairs = zip(answer, calls, strict=True)
        found = {
            k: self._difference(reply, call, _right(right, call))
            for k, (reply, call) in enumerate(pairs)
        }
        return {k: difference for k, difference in found.items() if difference}

    def _difference(self, reply: Reply, call: Call, expected: Any) -> Difference | None:
        if isinstance(reply, Raised):
            return Difference(reply.message)
        return compare(reply.value, expected, rtol=self._rtol(call), atol=self.atol)

    def _rtol(self, call: Call) -> float:
        return max(self.rtol, 1e-5 if _has_float32(call) else 0)

    # -------------------------------------------------------------- right, with a word

    def _warned(self, answer: Sequence[Reply], calls: Sequence[Call]) -> Outcome | None:
        if self.is_quiet:
            for reply, call in zip(answer, calls, strict=True):
                if reply.warnings:
                    said = f"The values are right, but for {self._asked(call)} NumPy warns: "
                    both = (
                        " (If you use np.where: it computes both branches, so each must be safe.)"
                    )
                    return Outcome("wrong", f"{said}{reply.warnings[0]}.{both}", "a NumPy warning")
        return None

    def _overwrote(self, answer: Sequence[Reply], calls: Sequence[Call]) -> Outcome | None:
        if self.is_pure and (name := self._overwritten(answer)):
            return Outcome(
                "wrong",
                f"The values are right, but your function writes into {name}: the caller's array "
                "is another one afterwards. Make a new array, or a copy first.",
                "written into an argument",
            )
        return None

    def _overwritten(self, answer: Sequence[Reply]) -> str:
        places = [k for reply in answer if isinstance(reply, Returned) for k in reply.overwritten]
        names = [self.arguments[k] for k in places if k < len(self.arguments)]
        return names[0] if names else ""

    def _remarks(self, answer: Sequence[Reply], calls: Sequence[Call]) -> list[str]:
        """Return a word on right answers of an unusual form."""
        remarks = []
        for reply, call in zip(answer, calls, strict=True):
            has_array = any(isinstance(x, np.ndarray) for x in call.arguments)
            if has_array and isinstance(reply.value, list) and not self.results:
                is_array = isinstance(_right(self.reference, call), np.ndarray | Between)
                if is_array and all(isinstance(item, int | float) for item in reply.value):
                    remarks.append(
                        "(Your function returns a list; an array would let the next layer go on.)"
                    )
                    break
        if name := self._overwritten(answer):
            remarks.append(f"(It writes into {name}, so the caller's array changes: better copy.)")
        return remarks

    # --------------------------------------------------------------- where it is wrong

    def _first_failure(self, answer: Sequence, calls: Sequence[Call], wrong: dict) -> str:
        first = min(wrong)
        asked, reply = self._asked(calls[first]), answer[first]
        fine = self._which_fail(answer, calls, wrong)
        if isinstance(reply, Raised):
            at = f"\n    {reply.line}" if reply.line else ""
            return f"{fine}For {asked} your code stops with {reply.message}{at}"
        text = wrong[first].text
        for k, name in enumerate(self.results):
            text = text.replace(f"[{k}]", name, 1) if text.startswith(f"[{k}]") else text
        mine = "" if self.results and text.startswith(self.results) else "your answer "
        return f"{fine}For {asked} {mine}{text}{'' if text.endswith('?') else '.'}"

    def _asked(self, call: Call) -> str:
        return ", ".join(
            f"{name} = {_shorten_argument(value)}"
            for name, value in zip(self.arguments, call.arguments, strict=True)
        )

    def _which_fail(self, answer: Sequence, calls: Sequence[Call], wrong: dict) -> str:
        """Return a sentence on what the failing calls have in common, or nothing."""
        ordinary = {k for k, call in enumerate(calls) if call.ordinary}
        if ordinary and not ordinary & set(wrong):
            return "All ordinary inputs are right. "
        for what, belongs in _SORTS_OF_CALL.items():
            chosen = {k for k in ordinary if belongs(calls[k])}
            if chosen and chosen != ordinary and chosen == ordinary & set(wrong):
                return f"Only {what} go wrong. "
        if isinstance(answer[min(wrong)], Raised):
            return ""
        return self._which_side_fails(answer, calls)

    def _which_side_fails(self, answer: Sequence, calls: Sequence[Call]) -> str:
        """Say so where a function of z is right on one side of 0 and wrong on the other."""
        if "z" not in self.arguments or self.results:
            return ""
        place = self.arguments.index("z")
        wrong, right = set(), set()
        for reply, call in zip(answer, calls, strict=True):
            z = np.asarray(call.arguments[place], dtype=float)
            expected = _right(self.reference, call)
            shape = np.shape(getattr(expected, "low", expected))
            if not call.ordinary or z.shape != shape or isinstance(reply, Raised):
                continue
            got = as_array(reply.value)
            if got is None or got.shape != shape:
                return ""
            for index in np.ndindex(z.shape):
                entry = _entry(expected, index)
                fits = same(float(got[index]), entry, self._rtol(call), self.atol)
                (right if fits else wrong).add(float(np.sign(z[index])))
        for sign, where in {-1.0: "z is negative", 0.0: "z is 0", 1.0: "z is positive"}.items():
            if wrong == {sign} and right == {-1.0, 0.0, 1.0} - {sign}:
                return f"Where {where} your values are wrong, elsewhere they are right. "
            if right == {sign} and sign and sign not in wrong and -sign in wrong:
                return f"Only where {where} are your values right. "
        return ""

    # ------------------------------------------------------------------- which mistake

    def _known_mistake(
        self, answer: Sequence, calls: Sequence[Call], wrong: dict
    ) -> Mistake | None:
        """Return the mistake that gives the same answers: to all calls, or to the ordinary."""
        everything = range(len(calls))
        ordinary = [k for k in everything if calls[k].ordinary]
        rounds = [everything]
        if set(ordinary) & set(wrong):
            rounds.append(ordinary)
        for chosen in rounds:
            for mistake in self.mistakes:
                if all(self._agrees(answer[k], mistake, calls[k]) for k in chosen):
                    return mistake
        return None

    def _agrees(self, reply: Reply, mistake: Mistake, call: Call) -> bool:
        theirs = _reply(mistake, call)
        if isinstance(reply, Raised) or isinstance(theirs, Raised):
            return isinstance(reply, Raised) and reply.message == getattr(theirs, "message", None)
        if same(reply.value, theirs.value, self._rtol(call), self.atol):
            return True
        right = _right(self.reference, call)
        return isinstance(right, Between) and self._agree_beside(reply, theirs, right, call)

    def _agree_beside(self, one: Returned, other: Returned, right: Between, call: Call) -> bool:
        """Return whether two answers agree but for entries where both are within the room."""
        arrays = as_array(one.value), as_array(other.value)
        if any(array is None or array.shape != right.low.shape for array in arrays):
            return False
        with np.errstate(invalid="ignore"):
            fits = [(array >= right.low) & (array <= right.high) for array in arrays]
        free = (right.low != right.high) & fits[0] & fits[1]
        mine, theirs = (np.where(free, 0.0, array) for array in arrays)
        return same(mine, theirs, self._rtol(call), self.atol)

    def _slip(self, answer: Sequence, calls: Sequence[Call], wrong: dict) -> Slip | None:
        """Return a slip that is no mistake of this task in particular, or one on top of it."""
        if isinstance(answer[min(wrong)], Raised):
            return meaning_of(answer[min(wrong)].message, self.name, self.arguments)
        ordinary = [k for k, call in enumerate(calls) if call.ordinary]
        if not set(ordinary) & set(wrong):
            return None
        came = [k for k in ordinary if isinstance(answer[k], Returned)]
        if not came:
            return None
        asked, got = [calls[k] for k in came], [answer[k].value for k in came]
        right = [_right(self.reference, call) for call in asked]
        if slip := slip_of_kinds(got, right):
            return slip
        if isinstance(right[0], tuple):
            return self._slip_of_several(got, right, asked)
        slip = slip_of_arrays(got, right, asked, self.arguments, self.reference)
        return slip or self._slip_on_a_mistake(got, asked)

    def _slip_of_several(self, got: list, right: list, calls: list[Call]) -> Slip | None:
        """Look at the first of several results that is wrong: a mistake, or a slip, in it."""
        several = len(right[0])
        if any(not isinstance(g, list) or len(g) != several for g in got):
            return None
        names = self.results or tuple(f"[{k}]" for k in range(several))
        for i in range(several):
            if all(self._fit(g[i], r[i], c) for g, r, c in zip(got, right, calls, strict=True)):
                continue
            for k in range(several):
                if k != i and all(
                    self._fit(g[i], r[k], c) and self._fit(g[k], r[i], c)
                    for g, r, c in zip(got, right, calls, strict=True)
                ):
                    return Slip("results swapped", f"{names[i]} and {names[k]} are swapped.")
            theirs, ours = [g[i] for g in got], [r[i] for r in right]
            found = [m for m in self.mistakes if self._is_mistake_in(i, theirs, right, calls, m)]
            for alone in (True, False):  # a mistake in this result alone is the better name
                for mistake in found:
                    if not alone or self._is_alone_in(i, right, calls, mistake):
                        return Slip(mistake.name, mistake.message)
            slip = slip_of_arrays(
                theirs, ours, calls, self.arguments, lambda *x, i=i: self.reference(*x)[i]
            )
            return slip and Slip(slip.name, f"{names[i]}: {slip.message}")
        return None

    def _is_mistake_in(
        self, i: int, theirs: list, right: list, calls: list[Call], mistake: Mistake
    ) -> bool:
        differs = False
        for mine, ours, call in zip(theirs, right, calls, strict=True):
            reply = _reply(mistake, call)
            if isinstance(reply, Raised) or not isinstance(reply.value, list):
                return False
            if len(reply.value) != len(ours) or not self._fit(mine, reply.value[i], call):
                return False
            differs |= not self._fit(reply.value[i], ours[i], call)
        return differs

    def _is_alone_in(self, i: int, right: list, calls: list[Call], mistake: Mistake) -> bool:
        return all(
            self._fit(_reply(mistake, call).value[j], ours[j], call)
            for ours, call in zip(right, calls, strict=True)
            for j in range(len(ours))
            if j != i
        )

    def _fit(self, got: Any, right: Any, call: Call) -> bool:
        return same(got, right, self._rtol(call), self.atol)

    def _slip_on_a_mistake(self, got: list, calls: list[Call]) -> Slip | None:
        """Look for a known mistake with one slip more: a sign, a factor, a transpose."""
        for mistake in self.mistakes:
            mistaken = []
            for call in calls:
                reply = _reply(mistake, call)
                if isinstance(reply, Raised) or as_array(reply.value) is None:
                    break
                mistaken.append(reply.value)
            else:
                if slip := slip_on_top(got, mistaken, calls, self.arguments):
                    told = re.sub("the right ones?", "what that gives", slip.message)
                    told = {
                        "another shape": "The numbers stand in another shape, too.",
                        "in reverse order": "They stand in the reverse order, too.",
                    }.get(slip.name, told)
                    return Slip(f"{mistake.name}, {slip.name}", f"{mistake.message} And: {told}")
        return None


def _right(reference: Callable, call: Call) -> Any:
    """Return what a reference answers to a call; it is asked only once."""
    if ("right", reference) not in call.known:
        with np.errstate(all="ignore"):
            call.known["right", reference] = reference(*call.copies())
    return call.known["right", reference]


def _reply(mistake: Mistake, call: Call) -> Reply:
    """Return what a mistake answers to a call; it is asked only once."""
    if mistake.name not in call.known:
        call.known[mistake.name] = ask(mistake.answer, [call])[0]
    return call.known[mistake.name]


def _entry(expected: Any, index: tuple) -> Any:
    """Return one entry of an expected array, with its room where it has any."""
    if isinstance(expected, Between):
        return Between(expected.low[index], expected.high[index])
    return np.asarray(expected)[index]


def _is_untouched(reply: Reply) -> bool:
    if isinstance(reply, Raised):
        return reply.message.startswith("NotImplementedError")
    return is_missing(reply.value)


def _has_dtype(call: Call, kinds: str) -> bool:
    return any(getattr(x, "dtype", np.dtype("O")).str[1:] in kinds.split() for x in call.arguments)


def _has_float32(call: Call) -> bool:
    return _has_dtype(call, "f4")


def _ranks(call: Call) -> list[int]:
    return [np.ndim(x) for x in call.arguments if not isinstance(x, dict | str)]


_SORTS_OF_CALL: dict[str, Callable[[Call], bool]] = {
    "empty arrays": lambda call: any(np.size(x) == 0 for x in call.arguments),
    "float32 arrays": _has_float32,
    "whole numbers": lambda call: _has_dtype(call, "i8 i4"),
    "single numbers": lambda call: not any(_ranks(call)),
    "arrays": lambda call: any(_ranks(call)),
    "arrays of more than one axis": lambda call: max(_ranks(call), default=0) > 1,
    "batches of one row": lambda call: any(np.ndim(x) > 1 and len(x) == 1 for x in call.arguments),
}


def _shorten_argument(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_shorten_argument(v)}' for k, v in value.items())}}}"
    text = shorten(value if isinstance(value, np.ndarray | str) else plain(value))
    kind = getattr(value, "dtype", None)
    return f"{text} ({kind})" if kind is not None and kind != np.float64 else text

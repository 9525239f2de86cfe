"""Every mistake of every task's catalogue is wrong, and hears its own message.

These are as many tests as all others of the exercises together, so they have a module of
their own, which another process may run.
"""

import pytest
from test_exercises import EXERCISES, TASKS, outcome, variants

from course_utils.tasks.kinds import ExpressionTask, ValueTask


def all_mistakes():
    for found in TASKS:
        for mistake in found.mistakes:
            yield pytest.param(found, "", mistake, id=f"{found.name}-{mistake.name}")
        for name, part in getattr(found, "parts", {}).items():
            for mistake in part.mistakes:
                yield pytest.param(found, name, mistake, id=f"{found.name}-{name}-{mistake.name}")


@pytest.mark.parametrize(("found", "name", "mistake"), list(all_mistakes()))
def test_a_known_mistake_is_named(found, name, mistake):
    asked = found.parts[name] if name else found
    answer = mistake.answer() if isinstance(asked, ExpressionTask) else mistake.answer
    if isinstance(asked, ValueTask) and isinstance(answer, dict):
        answer = {**dict.fromkeys(asked.expected(), 99.0), **answer}
    if name:
        (number,) = (n for n in EXERCISES if found.name in variants(n).RIGHT)
        answer = {**variants(number).RIGHT[found.name][0], name: answer}
    for seed in range(3):
        result = outcome(found.name, answer, seed)
        assert result.status in ("wrong", "error"), result
        assert result.mistake == mistake.name, result
        assert mistake.message in result.message
        assert name or result.message.startswith(mistake.message)

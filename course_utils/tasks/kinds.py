"""The kinds of task there are, and how each judges a plain answer.

A task is written once, in ``tasks/NN.py``. It knows its questions, the right answers, and a
catalogue of known wrong ones, each with the sentence that names the mistake. It does not
know whether it is asked from a notebook or from the marking of a class: `Task.calls` says
what to ask, `Task.judge` looks at what came back, in plain data.

========================= =====================================================
`FunctionTask`            write a function
`ExpressionTask`          derive a formula with SymPy
`ValueTask`               give a number, a word, a list, or a table of them
`OrderTask`               put shuffled lines in order
`WitnessTask`             give an input at which a printed formula is wrong
`PartsTask`               several of these in one: a witness and a correction
========================= =====================================================

Beside a task's own catalogue stand the slips that any formula can suffer (`slips`): a sign,
a factor, a transpose.
"""

from course_utils.tasks.base import Mistake, Outcome, Task
from course_utils.tasks.expressions import ExpressionTask
from course_utils.tasks.functions import FunctionTask
from course_utils.tasks.values import OrderTask, PartsTask, ValueTask, WitnessTask

__all__ = [
    "ExpressionTask",
    "FunctionTask",
    "Mistake",
    "OrderTask",
    "Outcome",
    "PartsTask",
    "Task",
    "ValueTask",
    "WitnessTask",
]

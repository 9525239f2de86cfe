"""The interactive figures of the course: Python computes the curves, the page moves them.

An explorer samples its curves once, with the course's own functions, and hands them to the
page, which reads values between the samples and draws. So the mathematics is written once, a
slider answers within a frame even while the kernel is busy, and the same page code works where
no kernel is. What cannot be sampled beforehand, such as a network in training, the page asks
the kernel for.

>>> from course_utils.explore import explore_activation
>>> explorer = explore_activation(z=1.5)  # as the last line of a cell: the figure appears
>>> explorer.z
1.5
"""

from course_utils.explore.activation import (
    ALPHAS,
    FROM_OUTPUT,
    ActivationExplorer,
    explore_activation,
)
from course_utils.explore.base import Explorer, page_code
from course_utils.explore.gradient_flow import GradientFlowExplorer, explore_gradient_flow
from course_utils.explore.kink import KinkExplorer, explore_kink, secant_slopes
from course_utils.explore.step_limit import (
    StepLimitExplorer,
    explore_step_limit,
)
from course_utils.explore.training import TrainingExplorer, explore_training
from course_utils.explore.zigzag import ZigzagExplorer, explore_zigzag

__all__ = [
    "ALPHAS",
    "FROM_OUTPUT",
    "ActivationExplorer",
    "Explorer",
    "GradientFlowExplorer",
    "KinkExplorer",
    "StepLimitExplorer",
    "TrainingExplorer",
    "ZigzagExplorer",
    "explore_activation",
    "explore_gradient_flow",
    "explore_kink",
    "explore_step_limit",
    "explore_training",
    "explore_zigzag",
    "page_code",
    "secant_slopes",
]

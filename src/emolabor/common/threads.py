"""Linear algebra on one thread.

The matrices here are small: threads cost far more than they bring (fifty times the time on two busy cores), and with
several of them sums are added in another order, so that last digits would depend on the machine.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


@cache
def _controller():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_thread(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a function with every linear algebra library on one thread."""

    @wraps(function)
    def limited(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with _controller().limit(limits=1):
            return function(*args, **kwargs)

    return limited

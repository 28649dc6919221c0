"""A room of the house whose name is also a function's."""

import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from inspect import signature
from types import ModuleType


def callable_room(name: str, function: Callable) -> None:
    """Let a package be called as one of its functions is.

    `el.sem` is one object then, whoever imported what and in whatever order: the room `emolabor.sem`, with
    `emolabor.sem.Fit` and the rest in it, and `el.sem(model, data)`.

    Parameters
    ----------
    name : str
        Of the package, as `__name__` says it.
    function : callable
        What is called.
    """

    class Room(ModuleType):
        @wraps(function)
        def __call__(self, *args, **kwargs):
            return function(*args, **kwargs)

        def __setattr__(self, attribute, value):
            # Python sets a module that was imported on its package; one that moved leaves a function its name.
            if not (attribute in self.__all__ and isinstance(value, ModuleType)):
                super().__setattr__(attribute, value)

        def __reduce__(self):  # so that functions of a notebook that use the room can be sent to other processes
            return import_module, (self.__name__,)

    room = sys.modules[name]
    room.__class__ = Room
    vars(room)["__signature__"] = signature(function)

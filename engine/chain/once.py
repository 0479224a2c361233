"""What is computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class once(Generic[Result]):  # noqa: N801  used like a function, as `property` is
    """A `functools.cached_property` without the lock that it takes up to Python 3.11: two threads may both compute."""

    def __init__(self, compute: Callable[[Any], Result]) -> None:
        self._compute = compute
        self._name = compute.__name__

    def __get__(self, instance: object, owner: type | None = None) -> Result:
        """Compute the value and leave it in the instance, where it is found from now on."""
        value: Result = self._compute(instance)
        instance.__dict__[self._name] = value
        return value

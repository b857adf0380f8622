"""Refusals of Windows, which lets nobody rename, replace or remove a file that a program has open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: ERROR_SHARING_VIOLATION
OPEN_ELSEWHERE = 32


def held_error(path: object = "", winerror: int = OPEN_ELSEWHERE) -> PermissionError:
    """Return the error that Python raises on Windows for a file that is open elsewhere."""
    error = PermissionError(13, "The process cannot access the file because it is being used by another process")
    error.filename = str(path)
    error.winerror = winerror  # type: ignore[attr-defined, unused-ignore]
    return error


def refused(*arguments: Any, **options: Any) -> Any:
    """Refuse in place of a function of `os`."""
    raise held_error(arguments[0] if arguments else "")


def refuse_times(change: Callable[..., Any], times: int, winerror: int = OPEN_ELSEWHERE) -> Callable[..., Any]:
    """Return `change`, which is refused so many times before it is done."""
    left = times

    def try_once(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        if left > 0:
            left -= 1
            raise held_error(arguments[0] if arguments else "", winerror)
        return change(*arguments, **options)

    return try_once

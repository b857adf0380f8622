"""Standard output and standard error that take any text, whoever reads them."""

from __future__ import annotations

import errno
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: How Windows, besides EPIPE, says that nobody reads a pipe any more (https://github.com/python/cpython/issues/79935).
_CLOSED_ON_WINDOWS = errno.EINVAL


def open_streams() -> None:
    """Let standard output and standard error take any text.

    Files and pipes get UTF-8, whatever the system's code page is; once nobody reads a pipe any more, the rest is
    dropped. A terminal shows escapes for characters that it lacks.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is not io.TextIOWrapper:  # none, or one that another program has put there
            continue
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
            continue
        stream.flush()
        setattr(
            sys,
            name,
            io.TextIOWrapper(
                io.BufferedWriter(_Outlet(stream.fileno(), "w", closefd=False)),
                encoding="utf-8",
                errors="backslashreplace",
                line_buffering=stream.line_buffering or stream.write_through,
            ),
        )


class _Outlet(io.FileIO):
    """A file or pipe; what nobody reads any more is dropped."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            closed = isinstance(error, ConnectionError) or (
                sys.platform == "win32" and error.errno == _CLOSED_ON_WINDOWS
            )
            if not closed:
                raise
            return memoryview(data).nbytes

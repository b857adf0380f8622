"""Templates compiled once for many builds: compiling them takes a third of a small build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import jinja2


@contextmanager
def keep_compiled_templates(folder: Path) -> Iterator[None]:
    """Keep compiled templates in `folder`, which several processes may share."""
    bytecode = jinja2.FileSystemBytecodeCache(str(folder))
    start = jinja2.Environment.__init__

    def start_with_cache(self: jinja2.Environment, *arguments: Any, **options: Any) -> None:
        start(self, *arguments, **{"bytecode_cache": bytecode, **options})

    with mock.patch.object(jinja2.Environment, "__init__", start_with_cache):
        yield

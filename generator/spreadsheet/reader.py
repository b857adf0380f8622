"""A spreadsheet read in a process of its own: a few kilobytes can be made to unpack to more than any machine holds."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from generator.errors import SpreadsheetError
from generator.processes import Isolated, TaskFailed
from generator.settings import ReadSettings
from generator.settings.sizes import say_size
from generator.spreadsheet.posts import PostTable, read_posts

#: What reading may take: 100,000 posts take a tenth of either.
_MEMORY = 3_000_000_000
_SECONDS = 1_200.0


def read_apart(path: Path, settings: ReadSettings) -> PostTable:
    """As `read_posts`, held to 3 GB and 20 minutes. Raises SpreadsheetError beyond either."""
    with closing(Isolated(partial(read_posts, path), _SECONDS, _MEMORY)) as reader:
        try:
            return reader.run(settings)
        except (TaskFailed, MemoryError) as error:
            late = isinstance(error, TaskFailed) and error.timed_out
            most = f"{_SECONDS / 60:g} minutes" if late else f"{say_size(_MEMORY)} of memory"
            raise SpreadsheetError(
                f"{path.name} cannot be read: it takes more than {most}, far more than a spreadsheet of posts does.",
                "Copy the rows and columns of the posts into a new spreadsheet.",
            ) from None

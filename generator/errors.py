"""What can go wrong, said so that the reader can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What each exit code of the command says.
EXIT_MEANINGS = {
    0: "done",
    1: "failure",
    2: "usage or settings",
    3: "unusable spreadsheet",
    4: "too many images missing",
    130: "interrupted",
}


class BrandscapeError(Exception):
    """A problem the user can act on: what happened, and the mend.

    `message` says what and where; `hint` says what to do about it; `facts` hold the same for
    scripts, as JSON can. The command line prints them without a traceback and leaves with
    `exit_code`, one of EXIT_MEANINGS.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = dict(facts or {})


class SettingsError(BrandscapeError):
    """A flag, environment variable or settings file that cannot be used."""

    exit_code = 2


class SpreadsheetError(BrandscapeError):
    """A spreadsheet from which no post can be read."""

    exit_code = 3


class MissingImagesError(BrandscapeError):
    """Too many images could not be had for the report to be worth building."""

    exit_code = 4


class SiteTooLargeError(BrandscapeError):
    """A finished site that is larger than it may be."""


class NotWholeError(BrandscapeError):
    """A site whose files are not those its manifest lists."""

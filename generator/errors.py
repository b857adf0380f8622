"""What can go wrong, said so that the reader can mend it."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Mapping
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

    def __reduce__(self) -> tuple[Any, ...]:
        # whole, where another process raised it
        return type(self), (self.message, self.hint, self.facts)


class SettingsError(BrandscapeError):
    """A flag, environment variable or settings file that cannot be used."""

    exit_code = 2


class SpreadsheetError(BrandscapeError):
    """A spreadsheet from which no post can be read."""

    exit_code = 3


class MissingImagesError(BrandscapeError):
    """Too many images could not be had for the report to be worth building."""

    exit_code = 4


class BusyError(BrandscapeError):
    """Another build is under way in the same folder."""


class WorkersError(BrandscapeError):
    """Workers that cannot be had, or cannot do what they are asked for."""


class DamagedCacheError(BrandscapeError):
    """Something that the cache held is damaged or gone, and was needed."""

    def __init__(
        self,
        message: str = "The cache lost something while it was read.",
        hint: str = "Run the same command again; if this goes on, see whether the disk is sound.",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint, facts)


class SiteTooLargeError(BrandscapeError):
    """A finished site that is larger than it may be."""


class NotWholeError(BrandscapeError):
    """A site whose files are not those its manifest lists."""


def explain_system(error: OSError) -> BrandscapeError | None:
    """What a disk that is full, closed or not to be written on means for the user; None for other faults."""
    where = f" at {error.filename}" if error.filename else ""
    kept = (
        "The old report, if there is one, is as it was, and what was done is kept: the same command continues from there."
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BrandscapeError(
            f"The disk is full{where}.", f"Make room, or give another folder with --out or --cache-dir. {kept}"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BrandscapeError(
            f"It is not allowed to write or read{where or ' there'} ({error.strerror}).",
            f"Give another folder with --out or --cache-dir, or change who may write there. {kept}",
        )
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return BrandscapeError(
            "Too many files are open.", f"Raise the limit (ulimit -n 4096), or lower --workers. {kept}"
        )
    if error.errno == errno.EIO:
        return BrandscapeError(f"The disk does not answer as it should{where}.", f"See whether it is sound. {kept}")
    return None


def suggest_name(name: str, names: Iterable[str], lead: str) -> str:
    """A hint for a `name` that nobody knows: the nearest of `names`, else all of them after `lead`."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"{lead}: {', '.join(sorted(names))}."

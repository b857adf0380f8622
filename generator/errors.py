"""Errors that tell the user what happened and how to fix it."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

#: Exit codes of the command and their meanings.
EXIT_MEANINGS = {
    0: "done",
    1: "failure",
    2: "usage or settings",
    3: "unusable spreadsheet",
    4: "too many images missing",
    130: "interrupted",
}

#: Windows' codes for a file that is open elsewhere: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION,
#: ERROR_USER_MAPPED_FILE.
_HELD = frozenset({5, 32, 33, 1224})


class BrandscapeError(Exception):
    """A problem that the user can fix.

    `message` says what happened and where, `hint` how to fix it. `facts` hold the same for scripts, in types that
    JSON has. The command line prints these without a traceback and exits with `exit_code`, one of EXIT_MEANINGS.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = dict(facts or {})

    def __reduce__(self) -> tuple[Any, ...]:
        # keeps hint and facts when the error comes from another process
        return type(self), (self.message, self.hint, self.facts)


class SettingsError(BrandscapeError):
    """A flag, environment variable or settings file that cannot be used."""

    exit_code = 2


class SpreadsheetError(BrandscapeError):
    """A spreadsheet from which no post can be read."""

    exit_code = 3


class MissingImagesError(BrandscapeError):
    """More images are missing than the settings allow."""

    exit_code = 4


class BusyError(BrandscapeError):
    """Another build, or another program, that is using the same folder."""


class WorkersError(BrandscapeError):
    """Workers that are not available, or that cannot do their task."""


class DamagedCacheError(BrandscapeError):
    """A needed entry of the cache that is damaged or gone."""

    def __init__(
        self,
        message: str = "Part of the cache disappeared while it was read.",
        hint: str = "Run the same command again. If this happens again, check the disk.",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint, facts)


class SiteTooLargeError(BrandscapeError):
    """A finished site that is larger than the limit."""


class NotWholeError(BrandscapeError):
    """A site whose files differ from its manifest."""


def explain_system(error: OSError) -> BrandscapeError | None:
    """Return an error of the file system in the user's words; None if it has no usual fix."""
    where = f" at {error.filename}" if error.filename else ""
    kept = (
        "The old report, if there is one, is unchanged. Finished work is kept: run the same command again to continue."
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BrandscapeError(
            f"The disk is full{where}.", f"Free some space, or choose another folder with --out or --cache-dir. {kept}"
        )
    if is_held(error):
        return BrandscapeError(
            f"Windows refuses to write {error.filename2 or error.filename or 'a file'}: another program has it open, "
            f"or it may not be written ({error.strerror}).",
            f"Close what has it open, or choose another place. {kept}",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BrandscapeError(
            f"There is no permission to read or write{where or ' there'} ({error.strerror}).",
            f"Choose another folder with --out or --cache-dir, or change the folder's permissions. {kept}",
        )
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return BrandscapeError(
            "Too many files are open.", f"Raise the limit (ulimit -n 4096), or lower --workers. {kept}"
        )
    if error.errno == errno.EIO:
        return BrandscapeError(f"The disk failed to read or write{where}.", f"Check the disk. {kept}")
    return None


def is_held(error: OSError) -> bool:
    """Return whether Windows refuses since another program has a file open; it says the same of lacking permission."""
    return getattr(error, "winerror", None) in _HELD


def suggest_name(
    name: str,
    names: Collection[str],
    lead: str = "",
    key: Callable[[str], str] = str,
    cutoff: float = 0.5,
) -> str:
    """Return a hint for an unknown `name`: the nearest of `names`, else all of them after `lead`.

    Names are compared by their `key`; `cutoff` (0 to 1) is the least likeness. The hint is "" if nothing is near and
    there is no `lead`.
    """
    listed = names if isinstance(names, Sequence) else sorted(names)
    by_key = {key(listed_name): listed_name for listed_name in listed}
    near = difflib.get_close_matches(key(name), list(by_key), n=1, cutoff=cutoff)
    if near:
        return f"Did you mean {by_key[near[0]]}?"
    return f"{lead}: {', '.join(listed)}." if lead else ""

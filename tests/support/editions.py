"""Editions of a report, for tests that do not ask how rich they are."""

from __future__ import annotations

import zipfile
from pathlib import Path
from unittest import mock

from generator.progress import SilentProgress
from generator.site.edition import budget
from generator.site.edition.email import write_email_edition
from generator.site.edition.single_file import write_single_file

#: So large that the richest grade fits.
_LIMIT = 50_000_000


def unpack_email_edition(site: Path, archive: Path) -> Path:
    """Write the email edition of the report and unpack it beside itself; returns its folder."""
    with _richest_alone():
        write_email_edition(site, archive, _LIMIT, SilentProgress())
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(archive.parent)
    return archive.with_suffix("")


def write_one_file(site: Path, path: Path) -> Path:
    """Write the report as one file; returns `path`."""
    with _richest_alone():
        write_single_file(site, path, _LIMIT, SilentProgress())
    return path


def _richest_alone() -> mock._patch[object]:
    """Consider no grade but the richest: estimates of all others take most of the time."""
    return mock.patch.object(budget, "GRADES", budget.GRADES[:1])

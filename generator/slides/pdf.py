"""Turn a deck into a PDF by LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generator.cache.folders import replace_file
from generator.errors import BrandscapeError

_NAMES = ("soffice", "libreoffice")
#: Where its installers put it without telling the shell.
_PLACES = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "LibreOffice" / "program" / "soffice.exe",
)
_SECONDS = 600


def find_office() -> Path | None:
    """Return LibreOffice's program; None if it is not installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else next((place for place in _PLACES if place.is_file()), None)


def write_pdf(deck: Path) -> Path:
    """Write the PDF of `deck` beside it, and return its path.

    LibreOffice runs with a profile of its own, so that one that is open does not keep it from starting. Raises
    BrandscapeError if it is not installed or fails; the deck stays.
    """
    office = find_office()
    if office is None:
        raise BrandscapeError(
            f"There is no LibreOffice on this machine to make a PDF with. The deck is written: {deck}.",
            "Install LibreOffice and run the same command again, or save the deck as PDF in PowerPoint or Keynote.",
        )
    output = deck.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        profile = (Path(folder) / "profile").as_uri()
        copied = Path(folder) / "deck.pptx"
        shutil.copyfile(deck, copied)
        command = [str(office), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
        try:
            done = subprocess.run(  # noqa: S603 - its own arguments, and no shell
                [*command, "--outdir", folder, str(copied)], capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BrandscapeError(f"LibreOffice made no PDF of {deck} within ten minutes.", "Try again.") from error
        made = copied.with_suffix(".pdf")
        if not made.is_file():
            said = done.stderr.decode(sys.getfilesystemencoding(), "replace").strip()[-200:]
            raise BrandscapeError(
                f"LibreOffice made no PDF of {deck}. {said}".strip(), "Open the deck in it to see why."
            )
        with replace_file(output) as spare:
            shutil.copyfile(made, spare)
    return output

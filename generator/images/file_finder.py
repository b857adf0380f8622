"""The file that a spreadsheet's path means, never outside the folders of the images."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.images.file_names import FileNames, normalise_name
from generator.images.places import ImagePlaces

#: Never looked for but by their names: Windows would log in to the server that such a path names.
_NETWORK_SHARE = re.compile(r"[\\/]{2}|[\\/]\?\?[\\/]")
_QUOTES = "\"'“”«»"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk."""

    path: Path  # resolved
    by_name: bool = False  # found where the text, as it is written, does not lead
    elsewhere: bool = False  # in another place than it says, not only written with other case or forms of accents


@dataclass(frozen=True, slots=True)
class NoFile:
    """The reason, one of the ledger's codes, why a text leads to no file."""

    reason: str
    detail: str


class FileFinder:
    """Finds the files of `places` by paths.

    `texts` are all paths of the spreadsheet, which keep each other from taking one file for another.
    """

    def __init__(self, places: ImagePlaces, texts: Iterable[str] = ()) -> None:
        self.root = places.folder.resolve()
        self.containers = places.containers
        homes = (os.path.normcase(os.path.realpath(self.root / home)) for home in places.homes)
        self._homes = tuple(os.path.join(home, "") for home in homes)
        self._starts = tuple(f"{start}/" for start in places.starts if start)
        self._names = FileNames(self.root, places.homes, texts)

    def find(self, text: str) -> FoundFile | NoFile:
        """Return the file that `text` means: where it says, else the one of its name that fits."""
        scheme = text.lower().partition(":")[0]
        if ("://" in text and scheme != "file") or scheme in ("data", "javascript"):
            return NoFile("bad_address", f"{text[:40]} is neither http(s) nor a path")
        forms = spell_path(text)
        if any(_NETWORK_SHARE.match(form) for form in forms):
            found = self._find_by_name(text, True)
            why = "a share on the network is not in the images' folder"
            return NoFile("outside_folder", why) if isinstance(found, NoFile) else found
        leads_out = False
        # with a folder of their own for images, paths do not start from the spreadsheet's
        for form in dict.fromkeys([*(form.removeprefix(start) for start in self._starts for form in forms), *forms]):
            path = self._resolve(form)
            if path is not None and self._is_inside(path):
                return FoundFile(Path(path))
            leads_out = leads_out or path is not None or not self._is_inside(os.path.normpath(self._join(form)))
        return self._find_by_name(text, leads_out)

    def _find_by_name(self, text: str, leads_out: bool) -> FoundFile | NoFile:
        name, said = self._names.find(text) if "\0" not in text and len(text) < 4096 else (None, "")
        path = None if name is None else self._resolve(name)
        if path is not None and self._is_inside(path):
            assert name is not None
            return FoundFile(Path(path), by_name=True, elsewhere=_fold(name) not in map(_fold, spell_path(text)))
        more = f"; {said}" if said else ""
        if leads_out:
            return NoFile("outside_folder", f"the path leads out of the images' folder{more}")
        return NoFile("missing_file", f"there is no file {text[:200]}{more}")

    def _resolve(self, text: str) -> str | None:
        """Return the file that a path leads to, resolved, so that neither .. nor a symbolic link hides where; or None.

        Most paths that lead nowhere cost one look.
        """
        try:
            path = self._join(text)
            return os.path.realpath(path) if os.path.isfile(path) else None
        except (OSError, ValueError):
            return None

    def _join(self, text: str) -> str:
        return os.path.join(str(self.root), text)

    def _is_inside(self, path: str) -> bool:
        return os.path.join(os.path.normcase(path), "").startswith(self._homes)


def locate_by(finder: FileFinder) -> Callable[[str], str]:
    """Return what gives the path from the root of a file that `finder` finds by its name; of other texts, the text."""

    @cache
    def locate(text: str) -> str:
        found = NoFile("", "") if not text or re.match("https?://", text, re.IGNORECASE) else finder.find(text)
        if isinstance(found, FoundFile) and found.by_name:
            return found.path.relative_to(finder.root).as_posix()
        return text

    return locate


def _fold(path: str) -> list[str]:
    """Return the parts of a path without case and forms of accents."""
    return [normalise_name(part) for part in path.replace("\\", "/").split("/") if part != "."]


def spell_path(text: str) -> list[str]:
    """Return the paths that `text` may mean, the likeliest first."""
    forms = [text, unquote(text), text.replace("\\", "/")]
    if text[:1] in _QUOTES:  # as Windows copies a path
        forms.append(text.strip(_QUOTES).replace("\\", "/"))
    if text[:5].lower() == "file:":
        forms.insert(0, _read_file_address(text))
    return list(dict.fromkeys(forms))


def _read_file_address(address: str) -> str:
    """Return the path in a file: address, that of a share if it names a host.

    The form is that of RFC 8089. Of `file:///C:/a.jpg` the path is `C:/a.jpg`.
    """
    try:
        parts = urlsplit(address.replace("\\", "/"))
    except ValueError:
        return address
    path = unquote(parts.path)
    if re.fullmatch("[A-Za-z]:", parts.netloc):  # with a slash too few
        return f"{parts.netloc}{path}"
    if parts.netloc and parts.netloc.lower() not in ("localhost", "127.0.0.1"):
        return f"//{parts.netloc}{path}"
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path

r"""Files found by their names, if a path leads nowhere on this computer.

A path such as `C:\Users\Anna\images\a.jpg` names a file that may lie in another folder here. Of the files with its
name, the one is meant whose path agrees with it best, counted in parts from the end. If none has its name, one is meant
whose name differs in accents, marks and leading zeros alone. Nothing is found unless that is one file, and no other
path of the spreadsheet agrees with that file as well.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, unquote_plus

from generator.folders import IMAGE_SUFFIXES, is_image_name, list_files

#: The parts of a path, from the end, that are compared.
_PARTS = 8
#: More files of one name than this are too many to tell apart.
_MOST_ALIKE = 100
#: Spellings of one kind of image.
_ALIKE = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".tiff": ".tif", ".heif": ".heic"}
#: The nearest name is looked for so often, and among so many names: it takes milliseconds each time.
_SUGGESTIONS = 20
_MOST_NEAR = 2_000
_NEAR = 0.75
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_HFS = re.compile(r"[^/\\:]+(:[^/\\:]+){2,}")

#: The end of a path: its names without case and forms of accents, the last one without the ending of images.
Parts = tuple[str, ...]


class FileNames:
    """The images in some folders by their names. The folders are listed when a name is first looked for."""

    def __init__(self, root: Path, folders: Sequence[str], texts: Iterable[str] = ()) -> None:
        self._root = root
        self._folders = folders
        self._texts = texts
        self._suggestions = 0

    def find(self, text: str) -> tuple[str | None, str]:
        """Return (path from the root, "") of the file that `text` names, or (None, what is there instead, in words)."""
        if not self._listing:
            return None, ""
        for form in _spell_name(text):
            parts, suffix = split_name(form)
            if parts and (alike := self._by_name.get(parts[-1], [])):
                return self._choose(parts, suffix, alike)
        parts, _ = split_name(next(_spell_name(text)))
        key = loosen(parts[-1]) if parts else ""
        if key and len(found := self._by_loose_name.get(key, [])) == 1 and self._loosely_named[key] == 1:
            return found[0], ""
        return None, self._suggest(text)

    def _choose(self, parts: Parts, suffix: str, alike: Sequence[str]) -> tuple[str | None, str]:
        if len(alike) > _MOST_ALIKE:
            return None, f"{len(alike):,} files have this name"
        named = [path for path in alike if split_name(path)[1] == suffix] if suffix else []
        agreement = {path: _count_common(parts, split_name(path)[0]) for path in named or alike}
        most = max(agreement.values())
        best = [path for path, count in agreement.items() if count == most]
        if len(best) > 1:
            return None, f"{len(best)} files have this name, such as {best[0]} and {best[1]}"
        others = self._named[parts[-most:]] - (parts in self._known)
        if others and parts != split_name(best[0])[0]:  # a path that agrees whole is no guess
            return None, f"did you mean {best[0]}? Other rows name it too"
        return best[0], ""

    def _suggest(self, text: str) -> str:
        """Return the question whether the file with the nearest name is meant, or ""."""
        parts, _ = split_name(text.replace("\\", "/"))
        if not parts or self._suggestions >= _SUGGESTIONS or not 2 < len(parts[-1]) < 200:
            return ""
        self._suggestions += 1
        wanted = parts[-1]
        if same := self._by_loose_name.get(loosen(wanted)):
            return f"did you mean {same[0]}?"
        # names of another length, or that begin and end otherwise, are not near
        close = (
            name
            for name in self._by_name
            if abs(len(name) - len(wanted)) <= 3 and (name[:2] == wanted[:2] or name[-2:] == wanted[-2:])
        )
        near = difflib.get_close_matches(wanted, list(islice(close, _MOST_NEAR)), n=1, cutoff=_NEAR)
        return f"did you mean {self._by_name[near[0]][0]}?" if near else ""

    @cached_property
    def _listing(self) -> tuple[str, ...]:
        """The images' paths from the root; none if the folders hold too much to be sure of finding all of a name."""
        found: set[str] = set()
        for folder in self._folders:
            try:
                listing = list_files(self._root / folder)
            except OSError:
                continue
            if not listing.is_whole:
                return ()
            found.update(f"{folder}/{path}" if folder else path for path in listing.files)
        return tuple(sorted(path for path in found if is_image_name(path) or "." not in path.rpartition("/")[2]))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The files by their names, and by what those mean that were saved as parts of addresses."""
        groups = group_by_name(self._listing)
        escaped = [path for path in self._listing if "%" in path or "+" in path]
        for name, paths in group_by_name(escaped, unquote_plus).items():
            groups.setdefault(name, paths)
        return groups

    @cached_property
    def _by_loose_name(self) -> dict[str, list[str]]:
        """The files by their names as `loosen` makes these."""
        groups: dict[str, list[str]] = {}
        for name, paths in self._by_name.items():
            groups.setdefault(loosen(name), []).extend(paths)
        return groups

    @cached_property
    def _loosely_named(self) -> Counter[str]:
        """How many different last names in the paths of the spreadsheet are the same if loosened."""
        return Counter(loosen(name) for name in {parts[-1] for parts in self._known})

    @cached_property
    def _known(self) -> frozenset[Parts]:
        """The ends of all paths of the spreadsheet."""
        return frozenset(parts for text in set(self._texts) if (parts := split_name(next(_spell_name(text)))[0]))

    @cached_property
    def _named(self) -> Counter[Parts]:
        """How many paths of the spreadsheet have an end, by the end."""
        return Counter(parts[start:] for parts in self._known for start in range(len(parts)))


def group_by_name(paths: Iterable[str], spell: Callable[[str], str] = str) -> dict[str, list[str]]:
    """Return name -> the paths that end in it, as `spell` writes them."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        if parts := split_name(spell(path))[0]:
            groups.setdefault(parts[-1], []).append(path)
    return groups


def split_name(path: str) -> tuple[Parts, str]:
    """Return the end of a path, at most 8 parts, and the kind of image that its ending says: ".jpg", or ""."""
    names = [name for part in path.split("/") if (name := normalise_name(part)) not in ("", ".", "..")]
    if not names:
        return (), ""
    stem, kind = names[-1].rstrip(" ."), ""
    # Windows hides endings, so that people write them again: "a.jpg.jpg"
    while (parts := os.path.splitext(stem))[1] in IMAGE_SUFFIXES and parts[0]:
        stem, kind = parts[0].rstrip(" ."), kind or _ALIKE.get(parts[1], parts[1])
    return (*names[-_PARTS:-1], stem), kind


def normalise_name(name: str) -> str:
    """Return a name without case, outer and repeated spaces, and forms of accents, spaces and apostrophes.

    Macs keep accents apart from their letters, and write a narrow space into the names of screenshots.
    """
    if name.isascii():
        return " ".join(name.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.replace("’", "'").split())


def loosen(name: str) -> str:
    """Return a name without accents and joined letters, with "-" for marks and spaces, and without leading zeros.

    Programs that take files over write "Été 01" as "ete-01" or "Ete_1".
    """
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("æ", "ae").replace("ø", "o"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _ZEROS.sub("", re.sub(r"[\W_]+", "-", plain)).strip("-")


def _spell_name(text: str) -> Iterator[str]:
    """Yield the paths with / whose end `text` may give, the likeliest first, without a drive."""
    plain = text.replace("\\", "/")
    if "/" not in plain and _HFS.fullmatch(plain):  # Macintosh HD:Users:anna:a.jpg
        plain = plain.replace(":", "/")
    if plain[:5].lower() == "file:":
        plain = unquote(plain[5:])
    plain = re.sub(r"^/*[A-Za-z]:", "", plain)
    unescaped = (form.replace("\\", "/") for form in (unquote(plain), unquote_plus(plain)))
    yield from dict.fromkeys((plain, *unescaped, re.split("[?#]", plain)[0]))


def _count_common(one: Parts, other: Parts) -> int:
    """Return how many parts two paths have in common, from the end."""
    count = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count

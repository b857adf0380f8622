"""Columns that hold the further images of a post: numbered ones, places of a list, and columns of whole lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.header_paths import Path

#: The field and path that a header leads to, as `headers` reads it.
ReadField = Callable[[str], tuple[str, Path] | None]

#: A place in a list, between the parts of a path: `childPosts/1/displayUrl`, `images[2]`.
_PLACE = re.compile(r"(?<=[/.\[_:])\d{1,3}(?=[/.\]_:]|$)")
#: A number that people put behind a name or inside it: `image_2`, "Photo 3", `image_2_url`.
_NUMBER = re.compile(r"(?<=[^\W\d])[ _-]?0?(\d{1,2})(?=\D*$)")
#: Lists of one picture in several sizes.
_SIZES = re.compile(r"candidates|resources|thumbnails|versions2?/items|covers|sizes|variants|formats", re.IGNORECASE)
#: Normalised headers of columns that hold all images of a post, and of those that hold all but its first.
_WHOLE = frozenset(
    """imageurls imagesurls imagelinks mediaurls mediasurl photourls pictureurls allimages carouselimages carouselurls
    carouselmediaurls sidecarimages galleryimages slides images photos pictures bilder imagenes immagini imagens
    afbeeldingen""".split()  # noqa: SIM905
)
_FURTHER = frozenset(
    """additionalimages furtherimages otherimages moreimages additionalimageurls otherimageurls furtherimageurls
    autresimages imagessupplementaires weiterebilder""".split()  # noqa: SIM905
)
#: Servers of networks, which have a file under several addresses; its name stays.
_NETWORK = re.compile(r"https?://[^/?#]{0,200}(?:cdninstagram|fbcdn|tiktokcdn|pinimg|twimg)\.", re.IGNORECASE)
_FILE = re.compile(rf"https?://[^?#]{{0,3000}}{IMAGE_ENDING}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImageList:
    """Columns that hold images of one post, in its order."""

    columns: tuple[int, ...]  # positions, first among headers and later among the cells that are kept
    is_whole: bool  # whether the list begins with the post's first image

    def follow(self, first: str, found: Sequence[str]) -> list[str]:
        """Return the images of a post whose own is `first`, "" if none, and in whose cells of this list are `found`.

        A whole list of one image is that image, perhaps in another size. If a whole list lacks `first`, its first is
        the same picture from another address.
        """
        if not first:
            return list(found)
        if not self.is_whole:
            return drop_repeats([first, *found])
        known = {_name_image(address) for address in found}
        rest = found if _name_image(first) in known else found[1:]
        return drop_repeats([first, *rest])


def find_image_lists(
    headers: Sequence[str], read_field: ReadField, normalise: Callable[[str], str], images: Iterable[int]
) -> list[ImageList]:
    """Return the lists of further images that columns hold, the longest first.

    `images` are columns that may hold the post's own image.
    """
    own = set(images)
    found: dict[str, list[tuple[int, int]]] = {}
    whole: set[str] = set()
    single: list[ImageList] = []
    for column, header in enumerate(headers):
        if place := _find_place(header, read_field):
            found.setdefault(place[0], []).append((place[1], column))
            whole.add(place[0])
        elif numbered := _find_number(header, read_field):
            found.setdefault(numbered[0], []).append((numbered[1], column))
        elif column not in own or normalise(header) in _WHOLE:
            name = normalise(header)
            if name in _WHOLE or name in _FURTHER:
                single.append(ImageList((column,), name in _WHOLE))
    lists = [
        ImageList(tuple(column for _, column in sorted(members)), key in whole and min(members)[0] == 0)
        for key, members in found.items()
        if max(members)[0] > min(1, min(members)[0])
    ]
    return sorted(lists, key=lambda one: -len(one.columns)) + single


def read_first(header: str, read_field: ReadField) -> tuple[str, Path] | None:
    """Return what `read_field` says of the header of a first image, `image_1`, without its number; None for others."""
    numbered = _NUMBER.search(header)
    if numbered is None or int(numbered[1]) != 1:
        return None
    known = read_field(header[: numbered.start()] + header[numbered.end() :])
    return known if known and known[0] == "thumbnail" and not known[1].depth else None


def drop_repeats(addresses: Iterable[str]) -> list[str]:
    """Return each image once, though it has several addresses: a file's differ in their query alone."""
    seen: dict[str, str] = {}
    for address in addresses:
        seen.setdefault(_name_image(address), address)
    return list(seen.values())


def _name_image(address: str) -> str:
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    if _NETWORK.match(address) and not path.endswith(".php"):  # which has the image in its query
        return path.rpartition("/")[2]
    return path if _FILE.fullmatch(path) else address


def _find_place(header: str, read_field: ReadField) -> tuple[str, int] | None:
    """Return (the header without its place in a list of a post's pictures, the place); None if it has none."""
    place = _PLACE.search(header)
    if place is None or _SIZES.search(header[: place.start()]):
        return None
    start, end = header[: place.start()], header[place.end() :]
    known = read_field(f"{start}0{end}")
    if known is None or known[0] != "thumbnail":
        return None
    path = known[1]
    # a place before the name is of a list of posts, unless that is the list of the post's parts
    if not path.child and (not any(map(str.isdigit, path.name)) or _PLACE.search(end.partition("image_versions2")[0])):
        return None
    return f"{start}#{end}", int(place[0])


def _find_number(header: str, read_field: ReadField) -> tuple[str, int] | None:
    """Return (the header without its number, the number) of `image_2` and the like; None for others."""
    numbered = _NUMBER.search(header)
    if numbered is None:
        return None
    plain = header[: numbered.start()] + header[numbered.end() :]
    known = read_field(plain)
    if known is None or known[0] != "thumbnail" or known[1].depth:
        return None
    return plain.casefold(), int(numbered[1])

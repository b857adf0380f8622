"""The format of a post, photo, carousel or video, as exports and people write it.

The words of exports are documented, or written by code, at the addresses in `known_headers`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from generator.spreadsheet.header_paths import split_words
from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank

PostFormat = Literal["photo", "carousel", "video"]
#: The formats in the order in which they are shown.
FORMATS: tuple[PostFormat, ...] = ("photo", "carousel", "video")

_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-ZÀ-Ý]+(?![a-zà-ÿ])|\d+")
_CAROUSELS = split_words(
    """carousel carousels sidecar album albums carrousel carrousels karussell karussells galerie gallery slideshow
    slideshows diaporama carrusel carrossel carosello slides diashow"""
)
_VIDEOS = split_words("""video videos vidéo vidéos clip clips reel reels igtv film films vídeo vídeos filmpje shorts""")
_PHOTOS = split_words(
    """photo photos image images picture pictures foto fotos bild bilder imagen imágenes immagine immagini imagem
    imagens afbeelding afbeeldingen plaatje"""
)
#: Words beside those that leave the meaning: "IG reel", "GraphImage", "Native Video", "Live Video Complete".
_BESIDE = split_words(
    """ig instagram insta graph xdt fb facebook tiktok native live complete post posts media container single static
    type feed pinterest publication beitrag item d de un une the simple einzelnes short vertical"""
)
#: Numbers of Instagram's own API, under `media_type`.
_NUMBERS: dict[str, PostFormat] = {"1": "photo", "2": "video", "8": "carousel"}
_NUMBERED = "mediatype"
#: Headers of yes and no: (what a yes says, what a no says). A post that is no carousel may be a photo or a video.
_YES_NO: dict[str, tuple[PostFormat, PostFormat | None]] = {
    "isvideo": ("video", "photo"),
    "isreel": ("video", None),
    "issidecar": ("carousel", None),
    "iscarousel": ("carousel", None),
    "isslideshow": ("carousel", "video"),  # on TikTok
}
_YES = split_words("true yes 1 oui ja si sí sim wahr vrai x")
_NO = split_words("false no 0 non nein não nee falsch faux n")
#: Headers of much besides.
_COMMON = split_words("type typ art tipo format contenttype typedecontenu inhaltstyp")
#: Addresses of posts that tell the format. An address with /p/ may be of any.
_LINKS: tuple[tuple[re.Pattern[str], PostFormat], ...] = (
    (re.compile(r"instagram\.com/(?:[\w.]+/)?(?:reels?|tv)/\w", re.IGNORECASE), "video"),
    (re.compile(r"facebook\.com/(?:reel/\d|watch/?\?v=|[\w.]+/videos/)", re.IGNORECASE), "video"),
    (re.compile(r"tiktok\.com/@[\w.-]+/video/\d", re.IGNORECASE), "video"),
    (re.compile(r"tiktok\.com/@[\w.-]+/photo/\d", re.IGNORECASE), "carousel"),
    (re.compile(r"youtube\.com/shorts/[\w-]", re.IGNORECASE), "video"),
)


def read_format(cell: Cell, header: str) -> PostFormat | None:
    """Return the format that a value under `header` names; None if it names none."""
    name, text = normalise_header(header), cell_text(cell).strip()
    meaning = next((meaning for end, meaning in _YES_NO.items() if name.endswith(end)), None)
    if meaning is not None:
        word = text.casefold()
        return meaning[0] if word in _YES else meaning[1] if word in _NO else None
    if text.isdigit():
        return _NUMBERS.get(text) if name.endswith(_NUMBERED) else None
    words = {word.casefold() for word in _WORD.findall(text[:60])}
    if len(text) > 60 or not words <= _CAROUSELS | _VIDEOS | _PHOTOS | _BESIDE:
        return None
    if words & _CAROUSELS:
        return "carousel"
    if words & _VIDEOS:
        return "video"
    return "photo" if words & _PHOTOS else None


def find_format(values: Iterable[tuple[Cell, str]], permalink: str | None, several: bool) -> PostFormat | None:
    """Return the format of a post: the first that its `values`, each under its header, name, else what its link tells.

    A post of several images is a carousel, unless it is known to be a video. None if nothing tells.
    """
    named = (read_format(cell, header) for cell, header in values)
    found = next((one for one in named if one is not None), None) or _format_of_link(permalink)
    return "carousel" if several and found != "video" else found


def _format_of_link(permalink: str | None) -> PostFormat | None:
    return next((found for pattern, found in _LINKS if permalink and pattern.search(permalink)), None)


def tells_format(header: str, cells: Iterable[Cell]) -> bool:
    """Return whether a column tells formats: any of its values does, or most do under a header as common as "type"."""
    seen = Counter(cell_text(cell) for cell in cells if not is_blank(cell))
    telling = sum(count for text, count in seen.items() if read_format(text, header) is not None)
    return telling * 2 > seen.total() if normalise_header(header) in _COMMON else telling > 0

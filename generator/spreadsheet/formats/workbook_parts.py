"""Parts of an Office Open XML package: a zip of XML parts that name each other by relationships (ECMA-376, part 2)."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any
from xml.parsers import expat

from generator.settings.sizes import format_size

#: The largest part that is parsed whole, unpacked.
_MOST_BYTES = 100_000_000
#: Relationships of one part that are kept.
_MOST_RELATIONS = 2_000_000
_CHUNK = 1 << 20

#: Beginnings of names that the strict form of ISO/IEC 29500 has, and those of the form that all programs write.
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
)
_LONGEST_NAME = max(len(name) for name, _ in _STRICT_NAMES)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the name of another part, or an address outside the file."""

    target: str
    external: bool


class Package:
    """A workbook's package in memory, whose XML defines no entities."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The parts' names, by their names in lower case, which means the same."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return {name.lstrip("/").lower(): name for name in archive.namelist()}

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """Open a part, or nothing if there is none of this name."""
        name = self.names.get(part.lstrip("/").lower())
        if name is None:
            yield io.BytesIO()
            return
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive, archive.open(name) as stream:
            yield stream

    def parse(self, part: str, *tags: str) -> Iterator[Any]:
        """Yield the elements of a part with one of the local names `tags`, each complete, and forget them again.

        Raises ValueError for a part that is too large; one that is damaged gives the elements before the damage.
        """
        from lxml import etree

        with self.open(part) as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError(f"{part} has more than {format_size(_MOST_BYTES)} unpacked")
        with suppress(etree.XMLSyntaxError):
            for _, element in etree.iterparse(
                io.BytesIO(data),
                tag=[f"{{*}}{tag}" for tag in tags],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
            ):
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Return what a part refers to, by the names that it has there."""
        folder, _, name = part.lstrip("/").rpartition("/")
        found: dict[str, Relation] = {}
        for element in self.parse(f"{folder}/_rels/{name}.rels".lstrip("/"), "Relationship"):
            target, external = element.get("Target", ""), element.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if len(found) < _MOST_RELATIONS:
                found[element.get("Id", "")] = Relation(target, external)
        return found


def local_name(name: object) -> str:
    """Return the name of an element or attribute without its namespace; "" for comments and the like."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def get_attribute(element: Any, name: str) -> str:
    """Return an attribute by its local name, such as `embed` for `r:embed`; "" if there is none."""
    return next((str(value) for key, value in element.attrib.items() if local_name(key) == name), "")


#: Bytes of a part from which on it may not be so many times as large as packed. Rows of cells are about 8 times,
#: and rows of nothing but their numbers 20 times.
_LARGE, _MOST_RATIO = 200_000_000, 200


def refuse_bomb(data: bytes, limits: Sequence[tuple[str, int]]) -> None:
    """Raise ValueError for a package that unpacks to more than the limits, or that defines entities.

    `limits` are (words of names, bytes); a part counts to the first of whose words one is in its name, and "" fits all
    XML. Claimed sizes can be trusted, since zipfile unpacks no more of a part than it claims. A large part may be at
    most 200 times as large as packed: one of blanks, which takes minutes to go through, is five times beyond that.
    Entities let a few lines stand for any number; no program that writes workbooks defines them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = dict.fromkeys((words for words, _ in limits), 0)
        for part in archive.infolist():
            name = part.filename.lower()
            words = next(words for words, _ in limits if any(word in name for word in words.split("|")))
            sizes[words] += part.file_size if words or _is_xml(name) else 0
        for words, most in limits:
            if sizes[words] > most:
                raise ValueError(
                    f"it claims to hold {format_size(sizes[words])} unpacked, more than {format_size(most)}"
                )
        for part in archive.infolist():
            if part.file_size > max(_LARGE, _MOST_RATIO * part.compress_size):
                times = part.file_size // max(part.compress_size, 1)
                raise ValueError(f"a part of it unpacks to {times:,} times its size, as no program writes them")
            if _is_xml(part.filename.lower()):
                with archive.open(part) as stream:
                    refuse_entities(stream)


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def refuse_entities(stream: IO[bytes]) -> None:
    """Raise ValueError if an XML document has a document type before its first element."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*declaration: object) -> None:
        raise ValueError("its XML defines a document type, which no spreadsheet program writes")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: begun.append(name)
    with suppress(expat.ExpatError):  # damage is reported where the part is read
        while not begun and (chunk := stream.read(512)):
            parser.Parse(chunk, False)


def as_transitional(data: bytes) -> bytes:
    """Return a package with the names that all programs write, if it has those of the strict form; else as it is.

    Excel calls that form "Strict Open XML Spreadsheet" (ISO/IEC 29500-1; the other one is part 4).
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [part for part in archive.infolist() if _is_xml(part.filename.lower())]
        if not any(_begins_strict(archive, part) for part in parts):
            return data
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for part in archive.infolist():
                with archive.open(part) as source, copy.open(part.filename, "w", force_zip64=True) as sink:
                    for chunk in _rename(source) if _is_xml(part.filename.lower()) else _chunks(source):
                        sink.write(chunk)
        return target.getvalue()


def _begins_strict(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        return _STRICT in stream.read(4096)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _rename(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in _chunks(stream):
        text = rest + chunk
        for name, other in _STRICT_NAMES:
            text = text.replace(name, other)
        # a name may go on in the next chunk
        rest = text[-_LONGEST_NAME:]
        yield text[: len(text) - len(rest)]
    yield rest

"""Addresses that formulas name: literal ones in IMAGE and HYPERLINK. No formula is ever worked out."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The functions as Excel and Google Sheets call them in seven languages; files have the English ones, texts any.
_IMAGE_NAMES = r"(?<![^\W])(?:IMAGE|BILD|IMAGEN|IMMAGINE|IMAGEM|AFBEELDING)\s{0,9}\("
_LINK_NAMES = (
    r"(?<![^\W])(?:HYPERLINK|LIEN_HYPERTEXTE|HIPERV[IÍ]NCULO|COLLEG\.IPERTESTUALE|HIPERLIGA[CÇ][AÃ]O|HIPERLINK"
    r")\s{0,9}\("
)
_LINKING = re.compile(rf"{_IMAGE_NAMES}|{_LINK_NAMES}|(?<![^\W])DISPIMG\s{{0,9}}\(", re.IGNORECASE)
_TEXT = r'"((?:[^"]|"")*)"'
_PREFIXES = r"(?:_xlfn\.|_xlws\.|_xludf\.|of:|msoxl:|com\.sun\.star\.sheet\.addin\.\w{1,40}\.|[=@+\s])*"
_IMAGE = re.compile(_IMAGE_NAMES + r"\s{0,9}" + _TEXT + r"\s{0,9}[,;)]", re.IGNORECASE)
_LINK = re.compile(_LINK_NAMES + r"\s{0,9}" + _TEXT + r"\s{0,9}[,;)]", re.IGNORECASE)
_CELL_IMAGE = re.compile(r"(?<![A-Za-z0-9_])DISPIMG\s{0,9}\(\s{0,9}" + _TEXT, re.IGNORECASE)
_IMAGES = re.compile(_IMAGE_NAMES, re.IGNORECASE)
_LINKS = re.compile(_LINK_NAMES, re.IGNORECASE)
#: Functions that may stand around: they show the picture or link itself.
_AROUND = re.compile(
    _PREFIXES + rf"(?:(?:IFERROR|IFNA|SIERREUR|SI\.NON\.DISP|WENNFEHLER|SE\.ERRORE|SEERRO|SI\.ERROR|ALS\.FOUT)"
    rf"\s{{0,9}}\(|{_LINK_NAMES}|{_IMAGE_NAMES})",
    re.IGNORECASE,
)
#: How Google Sheets writes a formula that Excel does not have: as the text of one.
_FOREIGN = re.compile(r"__xludf\.DUMMYFUNCTION\(" + _TEXT + r"\)", re.IGNORECASE)
_LONGEST = 9000


@dataclass(frozen=True, slots=True)
class FormulaAddress:
    """The address that a formula names; or the name of a picture in the workbook, as WPS Office writes it."""

    address: str
    is_name: bool = False


def is_linking(formula: str) -> bool:
    """Return whether a formula shows an image, or text with a link."""
    return _LINKING.search(formula) is not None


def read_formula(formula: str) -> FormulaAddress | None:
    """Return what `=IMAGE("…")`, `=HYPERLINK("…","…")` or `=DISPIMG("…",1)` names; None if that is no constant.

    A link around an image leaves the image. Other functions may choose between addresses, and are not followed.
    """
    if len(formula) > _LONGEST:
        return None
    if foreign := _FOREIGN.search(formula):
        formula = foreign[1].replace('""', '"')
    if named := _CELL_IMAGE.search(formula):
        return FormulaAddress(named[1], is_name=True)
    if not _AROUND.match(formula):
        return None
    for literal, functions in ((_IMAGE, _IMAGES), (_LINK, _LINKS)):
        if count := len(functions.findall(formula)):
            found = literal.search(formula)
            address = found[1].replace('""', '"').strip() if found and count == 1 else ""
            return FormulaAddress(address) if address else None
    return None

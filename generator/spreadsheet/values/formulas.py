"""Addresses that formulas name: literal ones in IMAGE and HYPERLINK. No formula is ever worked out."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The functions in English, as workbooks have them, and in the languages in which people and programs show them.
_SHOW = r"(?:IMAGE|BILD|IMAGEN|IMMAGINE|IMAGEM|AFBEELDING)"
_LEAD_TO = r"(?:HYPERLINK|LIEN[_.]HYPERTEXTE|HIPERV[IÍ]NCULO|HIPERLIGA[CÇ][AÃ]O|HIPERLINK|COLLEG\.IPERTESTUALE)"
_WORD = r"(?<!\w)"
_LINKING = re.compile(rf"{_WORD}(?:{_SHOW}|{_LEAD_TO}|DISPIMG)\s{{0,9}}\(", re.IGNORECASE)
_TEXT = r'"((?:[^"]|"")*)"'
#: A constant, also in other quotation marks, or in none if it is an URL.
_CONSTANT = rf"(?:{_TEXT}|[“”„«]([^“”»\"]{{1,4000}})[“”»]|'([^']{{1,4000}})'|(https?://[^\s\"',;()]{{1,4000}}))"
_PREFIXES = r"(?:_xlfn\.|_xlws\.|_xludf\.|of:|msoxl:|com\.sun\.star\.sheet\.addin\.\w{1,40}\.|[=@+\s])*"
_IMAGE = re.compile(rf"{_WORD}{_SHOW}\s{{0,9}}\(\s{{0,9}}{_CONSTANT}\s{{0,9}}(?:[,;)]|\Z)", re.IGNORECASE)
_LINK = re.compile(rf"{_WORD}{_LEAD_TO}\s{{0,9}}\(\s{{0,9}}{_CONSTANT}\s{{0,9}}(?:[,;)]|\Z)", re.IGNORECASE)
_CELL_IMAGE = re.compile(_WORD + r"DISPIMG\s{0,9}\(\s{0,9}" + _TEXT, re.IGNORECASE)
_IMAGES = re.compile(rf"{_WORD}{_SHOW}\s{{0,9}}\(", re.IGNORECASE)
_LINKS = re.compile(rf"{_WORD}{_LEAD_TO}\s{{0,9}}\(", re.IGNORECASE)
#: Functions that may stand around: they show the picture or link itself.
_CATCH = (
    r"IFERROR|IFNA|ARRAYFORMULA|SI\.?ERREUR|SI\.NON\.DISP|WENNFEHLER|SI\.ERROR|SE\.ERRORE|SEERRO|SE\.ERRO|ALS\.FOUT"
)
_AROUND = re.compile(rf"{_PREFIXES}(?:(?:{_CATCH}|{_LEAD_TO}|{_SHOW})\s{{0,9}}\()", re.IGNORECASE)
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
            constant = next(filter(None, found.groups()), "") if found and count == 1 else ""
            address = constant.replace('""', '"').strip()
            return FormulaAddress(address) if address else None
    return None

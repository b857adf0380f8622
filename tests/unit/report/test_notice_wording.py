"""Notices are wholly in the report's language: what they name is quoted from files, or translated with them."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.support import NullTranslations
from openpyxl import Workbook

import generator.spreadsheet
from generator.language import Language, open_language
from generator.report.wording import notice_text
from generator.settings import ReadSettings
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.phrases import list_values, name_sheet, phrase, value_from_json
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

_WORD = re.compile(r"[^\W\d_]{2,}")
#: Keys and values of the settings, which are the same in every language.
_SETTINGS = {"columns", "likes", "brands", "aliases", "hidden", "skip", "text", "brand", "caption", "published"}
_FILES = ("book.xlsx", "misnamed.csv", "broken.xlsx")
_SHEETS = ("Posts", "Hidden", "Prices", "Empty", "Zzyzx")
_NAMES = ("Dior", "DIOR SA", "Dior Paris", "Diorr", "Kenzo", "Kenzo Paris", "Chloé", "Chloe", "Céline", "Celine")
_HEADERS = ("brand", "image", "caption", "likesapprox", "", *(f"c{number}/1/x" for number in range(30)))


class _Wordless(NullTranslations):
    """Translations into a language without words, which leaves only what messages name."""

    def ugettext(self, message: str) -> str:
        return " ".join(re.findall(r"%\(\w+\)s", message))


_WORDLESS = Language("en", Locale.parse("en_GB"), _Wordless())


def _write_workbook(path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    posts = [
        [name, f"{name}{number}.jpg", f"words {number}", 100 + number, f"q{number}", *[f"v{number}"] * 30]
        for name in _NAMES
        for number in range(6)
    ]
    rows_of_sheets = (
        [_HEADERS, *posts],
        [["brand", "image"], ["Dior", "h.jpg"]],
        [["brand", "price"], ["Dior", 3]],
        [["brand", "image"]],
        [["image", "caption"], ["n.jpg", "nameless"]],
    )
    for name, rows in zip(_SHEETS, rows_of_sheets, strict=True):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["Hidden"].sheet_state = "hidden"
    book["Posts"].row_dimensions[3].hidden = True
    book["Posts"]["C4"] = '=CONCAT("a","b")'
    book.save(path)


def _read_notices(folder: Path) -> tuple[Notice, ...]:
    _write_workbook(folder / "book.xlsx")
    (folder / "misnamed.csv").write_text(json.dumps([{"brand": "Dior", "image": "m.jpg", "caption": "words"}]))
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 no archive")
    files = [folder / name for name in _FILES]
    return read_posts(find_inputs(files), ReadSettings()).notices


def test_notices_hold_no_word_that_is_neither_translated_nor_quoted(tmp_path: Path) -> None:
    notices = _read_notices(tmp_path)
    assert {notice.code for notice in notices} >= {
        "near_column", "unused_columns", "hidden_rows", "unworked_formulas", "unread_table", "unread_source",
        "other_content", "likely_brands", "merged_spellings",
    }  # fmt: skip
    reasons = {str(notice.values["why"]) for notice in notices if notice.code == "unread_table"}
    assert len(reasons) == 4
    quoted = {"CONCAT", *_SETTINGS}
    for text in (*_FILES, *_NAMES, *_SHEETS, *_HEADERS, "words"):
        quoted.update(_WORD.findall(text))
    for notice in notices:
        values = {name: value for name, value in notice.values.items() if name != "message"}  # said to be in English
        wordless = notice_text(Notice(notice.code, {**values, "message": ""}), _WORDLESS)
        assert set(_WORD.findall(wordless)) <= quoted, notice.text


def test_a_phrase_inside_a_notice_is_translated() -> None:
    where = name_sheet("posts.xlsx", "Été")
    names = list_values(["A", phrase("%(column)s (no header)", column="D"), "B", "C"], 2)
    text = notice_text(Notice("unused_columns", {"where": where, "columns": names}), open_language("fr"))
    assert _plain(text) == "posts.xlsx, feuille Été : colonnes non utilisées : A, D (sans en-tête) et 2 de plus."
    hidden = Notice("unread_table", {"where": where, "why": phrase("it is hidden")})
    french = _plain(notice_text(hidden, open_language("fr")))
    assert french == "posts.xlsx, feuille Été : non lu (c’est une feuille masquée)."
    assert hidden.text == "posts.xlsx, sheet Été was not read: it is hidden."


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_values_of_notices_survive_the_cache() -> None:
    value = list_values(["A", phrase("%(column)s (no header)", column="D"), 3], 2)
    notice = Notice("unused_columns", {"where": name_sheet("a", "b"), "columns": value})
    kept = json.loads(json.dumps(dataclasses.asdict(notice)))
    assert {name: value_from_json(one) for name, one in kept["values"].items()} == notice.values


def test_no_notice_is_given_words_that_no_catalogue_has() -> None:
    """Values are phrases, or come from files; what stands in the code itself would be shown as it is."""
    faults = [fault for path in Path(generator.spreadsheet.__path__[0]).rglob("*.py") for fault in _list_words(path)]
    assert faults == []


def _list_words(path: Path) -> Iterator[str]:
    """Yield the words in the code's own dictionaries of values for notices."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Dict):
            continue
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if keys.isdisjoint({"where", "count"}):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            named = key.value if isinstance(key, ast.Constant) else ""
            for text in _list_texts(value):
                if named != "line" and _WORD.search(text):
                    yield f"{path.name}, line {value.lineno}: {text}"


def _list_texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts in an expression, but not those marked for the catalogue, nor keys."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "_":
            return
        if node.func.id in ("list_names", "list_headers"):
            yield f"{node.func.id}, which adds words in English"
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _list_texts(child)

"""JSON as programs write it: one value, one a line, or several behind each other."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from generator.spreadsheet.formats.encodings import find_encoding
from generator.spreadsheet.formats.tables import HeaderScore, read_whole

#: Whole numbers with more digits are kept as text: turning them into numbers takes time without end.
_LONGEST_NUMBER = 300
#: A comma before the end of a list or object, outside of texts; no program that reads JSON allows it.
_TRAILING = re.compile(r'("(?:[^"\\]|\\.?)*+(?:"|\Z))|,(\s*[\]}])', re.DOTALL)
#: What stands around JSON in a script: "var posts = […];", and "google.visualization.Query.setResponse({…});".
SCRIPT = re.compile(
    r"\s*(?:/\*[^*]{0,200}\*/\s*)?(?:(?:var|let|const|window\.)\s*)?[\w$.\[\]]{1,100}\s*(?:=\s*|\()(?=[\[{])"
)
#: What JSON5 (https://spec.json5.org) and Python write that JSON does not: comments, single quotes, names without
#: quotes and other words for nothing, true and false.
_RELAXED = re.compile(
    r""""(?P<double>(?:[^"\\]|\\.?)*+)(?:"|\Z)|(?:\bu)?'(?P<single>(?:[^'\\]|\\.?)*+)(?:'|\Z)"""
    r"""|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|(?<![^\s,\[\]{}])\#[^\n]*+)"""
    r"""|(?<![\w$.])(?P<name>[^\W\d][\w$]{0,200})(?=\s*:)|\b(?P<word>None|True|False|undefined)\b""",
    re.DOTALL,
)
_WORDS = {"None": "null", "True": "true", "False": "false", "undefined": "null"}
#: Escapes of JSON5 and Python that JSON does not have, and characters that it escapes.
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(\n)|(.))|([\"\0-\x1f])", re.DOTALL)
_SCRIPT_END = re.compile(r"\s*\)?\s*;?\s*\Z")
#: Texts that hold JSON themselves are read so many times.
_MOST_LAYERS = 3
_BLANK = " \t\r\n\x1e\ufeff"  # with the separator of https://www.rfc-editor.org/rfc/rfc7464


@dataclass(frozen=True, slots=True)
class JsonText:
    """The values of a text, and what of it could not be read."""

    values: list[Any]
    broken: tuple[int, ...] = ()  # numbers of lines that hold no whole value
    repeated: int = 0  # fields that stand twice in one object


def read_json_text(path: Path, header_score: HeaderScore) -> JsonText:
    """Return the values of a file: one, or one a line, or several without anything between them.

    Lines that hold no whole value, as where a program was stopped, are named if most do; so is the record in which a
    list stops. Commas before a closing bracket and comments are passed over, and so is a script around. JSON5, and
    Python's own way to print records, are read too. Raises ValueError for other text, with the line.
    """
    data = read_whole(path)
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        encoding = find_encoding(path, header_score)
        text = data.decode(encoding.name, encoding.errors)
    del data
    return parse_json(text)


def parse_json(text: str) -> JsonText:
    """Return the values of a text, as `read_json_text`. Raises ValueError."""
    reader = _Reader()
    text = text.lstrip(_BLANK)
    if script := SCRIPT.match(text):
        text = _SCRIPT_END.sub("", text[script.end() :])
    try:
        found = reader.read(text)
        for _ in range(_MOST_LAYERS):
            if not _holds_json(found.values):
                break
            inside = "\n".join(found.values[0] if isinstance(found.values[0], list) else found.values)
            with suppress(ValueError):  # texts that only begin so
                found = reader.read(inside)
        return found
    except RecursionError as error:
        raise ValueError("its lists and objects lie in each other too deep") from error


def _holds_json(values: Sequence[Any]) -> bool:
    """Return whether all values are texts of JSON, as where a program wrote each record twice."""
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    return bool(values) and all(isinstance(value, str) and value.lstrip()[:1] in ("{", "[") for value in values)


class _Reader:
    def __init__(self) -> None:
        self._repeated = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._make_object, parse_int=_read_number)

    def read(self, text: str) -> JsonText:
        try:
            return JsonText([self._decoder.decode(text)], repeated=self._repeated)
        except json.JSONDecodeError as error:
            fault = error
        self._repeated = 0
        lines = self._read_lines(text)
        if lines is not None:
            return lines
        try:
            return JsonText(list(self._read_all(text)), repeated=self._repeated)
        except json.JSONDecodeError:
            self._repeated = 0
        try:
            mended = _TRAILING.sub(lambda match: match[1] or match[2], text)
            return JsonText([self._decoder.decode(mended)], repeated=self._repeated)
        except json.JSONDecodeError:
            self._repeated = 0
        try:
            plain = _TRAILING.sub(lambda match: match[1] or match[2], _RELAXED.sub(_write_plainly, text))
            return JsonText(list(self._read_all(plain.strip(_BLANK))), repeated=self._repeated)
        except json.JSONDecodeError:
            self._repeated = 0
        if whole := self._read_whole(text):
            return JsonText(whole, (text.count("\n") + 1,), self._repeated)
        _explain(text, fault)

    def _read_whole(self, text: str) -> list[Any]:
        """Return the whole records of a list that stops in the middle of one, as where a download ended early."""
        found: list[Any] = []
        place = 1
        while text.startswith("[") and place < len(text):
            while place < len(text) and text[place] in _BLANK + ",":
                place += 1
            try:
                value, place = self._decoder.raw_decode(text, place)
            except json.JSONDecodeError as error:
                # anything but the end of the text is damage
                return (
                    found if error.pos >= len(text.rstrip(_BLANK)) - 1 or error.msg.startswith("Unterminated") else []
                )
            if not isinstance(value, dict):
                return []
            found.append(value)
        return found

    def _read_lines(self, text: str) -> JsonText | None:
        """Return the values of the lines; None if these are no values."""
        values: list[Any] = []
        broken: list[int] = []
        for number, line in enumerate(text.split("\n"), 1):
            line = line.strip(_BLANK).removesuffix(",")
            if not line or line in "[]":
                continue
            try:
                value = self._decoder.decode(line)
            except json.JSONDecodeError:
                broken.append(number)
            else:
                if isinstance(value, dict | list):
                    values.append(value)
                else:
                    broken.append(number)
            if len(broken) > len(values):
                return None
        return JsonText(values, tuple(broken), self._repeated) if values else None

    def _read_all(self, text: str) -> Iterator[Any]:
        place = 0
        while place < len(text):
            value, place = self._decoder.raw_decode(text, place)
            yield value
            while place < len(text) and text[place] in _BLANK + ",":
                place += 1

    def _make_object(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object; of a field that stands twice, lists are joined, and else the last counts."""
        record = dict(pairs)
        if len(record) < len(pairs):
            self._repeated += len(pairs) - len(record)
            record = {}
            for key, value in pairs:
                earlier = record.get(key)
                if isinstance(earlier, list) and isinstance(value, list):
                    earlier.extend(value)
                else:
                    record[key] = value
        return record


def _read_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _write_plainly(match: re.Match[str]) -> str:
    """Return a piece of JSON5 or Python as JSON."""
    if match["comment"]:
        return " "
    if match["name"]:
        return json.dumps(match["name"])
    if match["word"]:
        return _WORDS[match["word"]]
    return f'"{_ESCAPE.sub(_escape, match["single"] or match["double"] or "")}"'


def _escape(match: re.Match[str]) -> str:
    byte, wide, line_break, other, plain = match.groups()
    if byte or wide:
        number = int(byte or wide, 16)
        return json.dumps(chr(number))[1:-1] if number <= sys.maxunicode else match[0]
    if line_break:  # JSON5 goes on in the next line
        return ""
    if other:
        return match[0] if other in '"\\/bfnrtu' else other
    return json.dumps(plain)[1:-1]


def _explain(text: str, fault: json.JSONDecodeError) -> NoReturn:
    if fault.pos >= len(text.rstrip(_BLANK)) - 1:
        raise ValueError(f"it ends in the middle of a record, in line {fault.lineno}") from fault
    raise ValueError(f"{fault.msg} in line {fault.lineno}, column {fault.colno}") from fault

"""Logs of what a browser loaded (.har), from which the answers in JSON are taken.

http://www.softwareishard.com/blog/har-12-spec/ says what they hold.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from generator.spreadsheet.formats.json_texts import parse_json

#: What stands before answers in JSON, so that no other page can run them as a script.
_GUARDS = ("for (;;);", "for(;;);", ")]}'")


def find_answers(root: Any) -> list[Any] | None:
    """Return the answers in JSON of a log of a browser; None for other records.

    Raises ValueError if the log has none, as where it was saved without what was loaded.
    """
    log = root.get("log") if isinstance(root, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list) or not any(isinstance(one, dict) and "response" in one for one in entries):
        return None
    answers = [answer for entry in entries for answer in _read_answer(entry)]
    if not answers:
        raise ValueError("it is a log of a browser without answers in JSON; save it with its content")
    return answers


def _read_answer(entry: Any) -> Iterator[Any]:
    """Yield the objects and lists of one answer."""
    response = entry.get("response") if isinstance(entry, dict) else None
    content = response.get("content") if isinstance(response, dict) else None
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(text, str):
        return
    try:
        if content.get("encoding") == "base64":
            text = base64.b64decode(text).decode()
        for guard in _GUARDS:
            text = text.strip().removeprefix(guard)
        if text.lstrip().startswith(("{", "[")):
            yield from parse_json(text).values
    except (ValueError, binascii.Error):  # an image, a script, or an answer that was cut
        return

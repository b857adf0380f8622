"""TOML files that people write by hand: settings, and what they keep beside the spreadsheet."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from generator.errors import SettingsError

#: A path of Windows in quotation marks, where TOML takes a backslash for the start of an escape.
_WINDOWS_PATH = re.compile(r'"(?:[A-Za-z]:|[\w .-]*)\\[^"\n]*"')


def parse_toml_file(path: Path, called: str, hint: str = "") -> dict[str, Any]:
    """Return the content of a TOML file in UTF-8, with or without the byte order mark that some editors write.

    Raises FileNotFoundError, and SettingsError if it cannot be read. The message calls the file `called`; its hint is
    `hint` if it is not TOML.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SettingsError(f"The {called} {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text in UTF-8.", "Save the file as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        if _WINDOWS_PATH.search(text):
            hint = "Write paths with slashes, as C:/Users/Anna/images, or in single quotes."
        raise SettingsError(f"{path} is not valid TOML: {error}.", hint) from error


def read_toml_file(path: Path, called: str, hint: str, version: int) -> dict[str, Any]:
    """Return the content of a TOML file without its `version` entry; {} if there is no such file.

    Raises SettingsError if it cannot be read, as `parse_toml_file` says, or has another version.
    """
    try:
        content = parse_toml_file(path, called, hint)
    except FileNotFoundError:
        return {}
    if not content:
        return {}
    found_version = content.pop("version", None)
    if found_version is None:
        raise SettingsError(f"{path} does not say its version.", f"Write version = {version} as its first line.")
    # the type is compared too, since True == 1 and 1.0 == 1
    if found_version != version or type(found_version) is not int:
        raise SettingsError(
            f"{path}: version = {found_version!r} is not known.", f"This program reads version = {version}."
        )
    return content

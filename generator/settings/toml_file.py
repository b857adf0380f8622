"""TOML files that people write by hand and keep beside the spreadsheet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator.errors import SettingsError


def read_toml_file(path: Path, called: str, hint: str, version: int) -> dict[str, Any]:
    """Return the content of a TOML file without its `version` entry; {} if there is no such file.

    Raises SettingsError if it cannot be read or has another version. The message calls the file `called`; its hint is
    `hint` if it is not TOML.
    """
    try:
        # some editors begin a file with a byte order mark
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The {called} {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The {called} {path} are not text in UTF-8.", "Save the file as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"The {called} {path} are not valid TOML: {error}.", hint) from error
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

"""Settings from flags, the environment and a file.

A flag beats the environment (`BRANDSCAPE_PERPLEXITY=20`), which beats `brandscape.toml`, which
beats the default. Lists are joined instead: a post that the file withdraws must not come back by a
flag. An unknown name is refused; the message suggests the nearest name that exists.
"""

from __future__ import annotations

import dataclasses
import json
import os
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings import FACETS, MapMix, Settings
from generator.settings.toml_file import parse_toml_file
from generator.settings.values import Setting, accepts, as_texts_by_name, convert_value
from generator.text import clean_line

ENVIRONMENT_PREFIX = "BRANDSCAPE_"
#: Most characters of a map's name, which is shown on a button.
_LONGEST_NAME = 40
_MAPS = """\
# Further maps of the same images, with other weights of the facets; the viewer moves between them. A facet that a map
# does not name has weight 0 in it.
#
#   [[maps]]
#   name = "Colour"
#   colour = 1.0
#
#   [[maps]]
#   name = "Content and composition"
#   content = 1.0
#   composition = 0.5

# What columns hold that are none of the fields above, by header, if the guess is wrong: category, yes/no, number, date,
# text (shown and found, no filter) or leave out. A column that looks like names of people is shown only if it is here.
#
#   [fields]
#   market = "category"
#   "Agency notes" = "leave out"
"""


@cache  # each flag asks for it several times
def _known_settings() -> Mapping[str, Setting]:
    """Return every setting by its name, which is unique: flags and variables need no section."""
    known: dict[str, Setting] = {}
    for section, section_type in _sections().items():
        hints = typing.get_type_hints(section_type)
        for item in dataclasses.fields(section_type):
            if item.name in known:
                raise AssertionError(f"two settings are called {item.name}")
            bounds = item.metadata.get("least"), item.metadata.get("most")
            known[item.name] = Setting(section, item.name, hints[item.name], *bounds)
    return known


def _sections() -> dict[str, Any]:
    """Return the dataclass of each section of the settings file, by name, without the list [[maps]]."""
    sections = {section.name: type(getattr(Settings(), section.name)) for section in dataclasses.fields(Settings)}
    return {name: section_type for name, section_type in sections.items() if dataclasses.is_dataclass(section_type)}


def setting_names() -> frozenset[str]:
    """Return the names of all settings."""
    return frozenset(_known_settings())


def help_for(name: str) -> str:
    """Return the help text of the setting `name`."""
    section = _known_settings()[name].section
    section_type = type(getattr(Settings(), section))
    return next(str(item.metadata["help"]) for item in dataclasses.fields(section_type) if item.name == name)


def default_of(name: str) -> Any:
    """Return the default of the setting `name`."""
    return getattr(getattr(Settings(), _known_settings()[name].section), name)


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings from a file, the environment and flags; later ones win.

    `file` None means no file. `flags` maps names of settings to values; a value None means "not given". Raises
    SettingsError for unknown names and values that do not fit.
    """
    layers: list[tuple[str, dict[str, Any]]] = []
    lists: dict[str, Any] = {}
    if file is not None:
        values, lists = _read_file(file)
        layers.append((str(file), values))
    layers.append(("the environment", _read_environment(os.environ if environment is None else environment)))
    layers.append(("the command line", {name: value for name, value in (flags or {}).items() if value is not None}))

    known = _known_settings()
    chosen: dict[str, dict[str, Any]] = {}
    for source, values in layers:
        for name, value in values.items():
            setting = known[name]
            converted, section = convert_value(value, setting, source), chosen.setdefault(setting.section, {})
            section[name] = section.get(name, ()) + converted if isinstance(converted, tuple) else converted
    defaults = Settings()
    return dataclasses.replace(
        defaults,
        **lists,
        **{section: dataclasses.replace(getattr(defaults, section), **values) for section, values in chosen.items()},
    )


def _read_file(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values in a settings file by name, and its maps and fields."""
    try:
        content = parse_toml_file(file, "settings file")
    except FileNotFoundError:
        raise SettingsError(f"There is no settings file {file}.") from None
    known = _known_settings()
    sections = set(_sections())
    values: dict[str, Any] = {}
    lists = {
        "maps": _read_maps(content.pop("maps", []), file),
        "fields": _read_fields(content.pop("fields", {}), file),
    }
    for section, entries in content.items():
        if section not in sections or not isinstance(entries, dict):
            raise SettingsError(
                f"{file}: [{section}] is not a section.",
                suggest_name(section, sections | {"maps", "fields"}, "The sections are"),
            )
        names = {name for name, setting in known.items() if setting.section == section}
        for name, value in entries.items():
            if name not in names:
                raise SettingsError(
                    f"{file}: [{section}] has no setting {name}.", suggest_name(name, names, "The settings are")
                )
            # paths in a file are relative to that file
            if accepts(known[name].type, Path) and isinstance(value, str):
                value = file.parent / value
            values[name] = value
    return values, lists


def _read_fields(entries: Any, file: Path) -> dict[str, str]:
    """Return what [fields] says of columns, by header; `spreadsheet` knows the kinds."""
    kinds = as_texts_by_name(entries)
    if kinds is None:
        raise SettingsError(f"{file}: [fields] does not fit.", 'Write a line a column, such as market = "category".')
    return kinds


def _read_maps(entries: Any, file: Path) -> tuple[MapMix, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{file}: maps is not a list of tables.", 'Write [[maps]] and below it name = "Colour".')
    mixes = []
    for entry in entries:
        name = clean_line(entry["name"]) if isinstance(entry.get("name"), str) else ""
        if not name:
            raise SettingsError(f"{file}: one of [[maps]] has no name.", 'Write name = "Colour" below it.')
        if len(name) > _LONGEST_NAME:
            raise SettingsError(f"{file}: the name of a map has {len(name)} characters.", f"Keep to {_LONGEST_NAME}.")
        weights = {}
        for facet, value in entry.items():
            if facet == "name":
                continue
            if facet not in FACETS:
                raise SettingsError(
                    f'{file}: [[maps]] "{name}" has no {facet}.', suggest_name(facet, FACETS, "The facets are")
                )
            weights[facet] = convert_value(value, _known_settings()[facet], f'{file}, [[maps]] "{name}"')
        mixes.append(MapMix(name, **weights))
    return tuple(mixes)


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = _known_settings()
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
        if name in {"cache_dir", "config"}:  # read by the command line itself
            continue
        if name not in known:
            names = {ENVIRONMENT_PREFIX + setting.upper() for setting in known}
            raise SettingsError(
                f"The environment variable {variable} is not a setting.", suggest_name(variable, names, "There are")
            )
        values[name] = text
    return values


def describe_settings() -> str:
    """Return a `brandscape.toml` that explains every setting and holds every default, commented out."""
    lines = ["# Brandscape settings. Every line shows the default; remove the # to change it.", ""]
    for section, section_type in _sections().items():
        lines += [f"# {(section_type.__doc__ or '').strip()}", f"[{section}]"]
        for item in dataclasses.fields(section_type):
            lines += [
                f"# {item.metadata['help']}",
                f"#{item.name} = {_as_toml(getattr(section_type(), item.name))}",
                "",
            ]
    return "\n".join([*lines, _MAPS])


def _as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return '"' + str(value or "") + '"'

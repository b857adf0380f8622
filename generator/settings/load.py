"""Settings as they are chosen: from flags, the environment and a file.

A flag beats the environment (`BRANDSCAPE_PERPLEXITY=20`), which beats `brandscape.toml`, which
beats the default. A list grows instead: no layer takes away what another one named, since a post
that was withdrawn must not come back by a flag. A name nobody knows is refused with the nearest one
that exists.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from generator.errors import SettingsError, suggest_name
from generator.settings import FACETS, MapMix, Settings
from generator.settings.sizes import Allowance, Size, parse_allowance, parse_size
from generator.text import clean_line

ENVIRONMENT_PREFIX = "BRANDSCAPE_"
#: Characters of a map's name, which stands on a button.
_LONGEST_NAME = 40
_MAPS = """\
# Further maps of the same images, by other mixes of facets; the viewer moves between them. What a map does not name
# has no say in it.
#
#   [[maps]]
#   name = "Colour"
#   colour = 1.0
#
#   [[maps]]
#   name = "Content and composition"
#   content = 1.0
#   composition = 0.5
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """Where a setting lives and what it accepts."""

    section: str
    name: str
    type: Any
    least: float | None
    most: float | None


def _known_settings() -> dict[str, _Known]:
    """Every setting by name; no two sections share a name, so flags and variables need none."""
    known: dict[str, _Known] = {}
    for section, section_type in _sections().items():
        hints = typing.get_type_hints(section_type)
        for item in dataclasses.fields(section_type):
            if item.name in known:
                raise AssertionError(f"two settings are called {item.name}")
            bounds = item.metadata.get("least"), item.metadata.get("most")
            known[item.name] = _Known(section, item.name, hints[item.name], *bounds)
    return known


def _sections() -> dict[str, Any]:
    """The sections of the settings file, by name, each a dataclass; [[maps]] is a list of its own."""
    stages = {section.name: type(getattr(Settings(), section.name)) for section in dataclasses.fields(Settings)}
    return {name: section_type for name, section_type in stages.items() if dataclasses.is_dataclass(section_type)}


def setting_names() -> frozenset[str]:
    """Return the names of all settings; no two sections share one."""
    return frozenset(_known_settings())


def help_for(name: str) -> str:
    """What the setting `name` does, in one line."""
    section = _known_settings()[name].section
    section_type = type(getattr(Settings(), section))
    return next(str(item.metadata["help"]) for item in dataclasses.fields(section_type) if item.name == name)


def default_of(name: str) -> Any:
    """The value of the setting `name` where nobody chose one."""
    return getattr(getattr(Settings(), _known_settings()[name].section), name)


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Settings from a file, the environment and flags, the later beating the earlier.

    `file` None means no file. `flags` maps setting names to values; None there means "not given".
    Raises SettingsError for unknown names and values that do not fit.
    """
    layers: list[tuple[str, dict[str, Any]]] = []
    maps: tuple[MapMix, ...] = ()
    if file is not None:
        values, maps = _read_file(file)
        layers.append((str(file), values))
    layers.append(("the environment", _read_environment(os.environ if environment is None else environment)))
    layers.append(("the command line", {name: value for name, value in (flags or {}).items() if value is not None}))

    known = _known_settings()
    chosen: dict[str, dict[str, Any]] = {}
    for source, values in layers:
        for name, value in values.items():
            setting = known[name]
            fitted, section = _fit(value, setting, source), chosen.setdefault(setting.section, {})
            section[name] = section.get(name, ()) + fitted if isinstance(fitted, tuple) else fitted
    defaults = Settings()
    return dataclasses.replace(
        defaults,
        maps=maps,
        **{section: dataclasses.replace(getattr(defaults, section), **values) for section, values in chosen.items()},
    )


def _read_file(file: Path) -> tuple[dict[str, Any], tuple[MapMix, ...]]:
    """What a settings file says: values by setting, and its maps."""
    try:
        with open(file, "rb") as stream:
            content = tomllib.load(stream)
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {file} is not valid TOML: {error}.") from error
    known = _known_settings()
    sections = set(_sections())
    values: dict[str, Any] = {}
    maps = _read_maps(content.pop("maps", []), file)
    for section, entries in content.items():
        if section not in sections or not isinstance(entries, dict):
            raise SettingsError(
                f"{file}: [{section}] is not a section.",
                suggest_name(section, sections | {"maps"}, "The sections are"),
            )
        names = {name for name, setting in known.items() if setting.section == section}
        for name, value in entries.items():
            if name not in names:
                raise SettingsError(
                    f"{file}: [{section}] has no setting {name}.", suggest_name(name, names, "The settings are")
                )
            # paths in a file are relative to that file
            if _accepts(known[name].type, Path) and isinstance(value, str):
                value = file.parent / value
            values[name] = value
    return values, maps


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
            weights[facet] = _fit(value, _known_settings()[facet], f'{file}, [[maps]] "{name}"')
        mixes.append(MapMix(name, **weights))
    return tuple(mixes)


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = _known_settings()
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
        if name in {"cache_dir", "config"}:  # where things lie, read by the command line itself
            continue
        if name not in known:
            names = {ENVIRONMENT_PREFIX + other.upper() for other in known}
            raise SettingsError(
                f"The environment variable {variable} is not a setting.", suggest_name(variable, names, "There are")
            )
        values[name] = text
    return values


def _accepts(annotation: Any, kind: type) -> bool:
    return annotation is kind or kind in typing.get_args(annotation)


def _fit(value: Any, setting: _Known, source: str) -> Any:
    """`value` as the setting's own type, or a SettingsError that says what would fit."""
    options = _options(setting.type)
    choices = [option for option in options if isinstance(option, str)]
    if isinstance(value, str) and value in choices:
        return value
    for option in options:
        fitted = _convert(value, option)
        if fitted is not None:
            _check_range(fitted, setting, source)
            return fitted
    names = {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "text",
        Path: "a path",
        dict: "a table",
        tuple: "a list of texts",
        Size: "a size such as 20MB",
        Allowance: "a count such as 12 or a share such as 5%",
    }
    wanted = " or ".join([*choices, *(names[option] for option in options if option in names)])
    raise SettingsError(f"{setting.name} = {value!r} in {source} does not fit.", f"It takes {wanted}.")


def _check_range(value: Any, setting: _Known, source: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if (setting.least is not None and value < setting.least) or (setting.most is not None and value > setting.most):
        limits = (("at least", setting.least), ("at most", setting.most))
        bounds = [f"{word} {limit:g}" for word, limit in limits if limit is not None]
        raise SettingsError(f"{setting.name} = {value} in {source} is out of range.", f"It is {' and '.join(bounds)}.")


def _options(annotation: Any) -> list[Any]:
    """The types and literal texts an annotation allows, None aside."""
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return list(typing.get_args(annotation))
    if origin in (types.UnionType, typing.Union):
        return [option for part in typing.get_args(annotation) if part is not type(None) for option in _options(part)]
    return [annotation if origin is None else tuple if origin is tuple else dict]


def _convert(value: Any, kind: Any) -> Any:
    """`value` as `kind`, or None where it does not fit."""
    if kind is bool:
        texts = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return texts.get(value.lower()) if isinstance(value, str) else value if isinstance(value, bool) else None
    if kind is dict:
        ok = isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())
        return dict(value) if ok else None
    if kind is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        ok = isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts)
        return tuple(part.strip() for part in parts if part.strip()) if ok else None
    if isinstance(value, bool):
        return None
    if kind is Size or kind is Allowance:
        parse = parse_size if kind is Size else parse_allowance
        try:
            return parse(str(value)) if isinstance(value, int | str) else None
        except SettingsError:
            return None
    try:
        if kind is int:
            return int(value) if isinstance(value, int | str) else None
        if kind is float:
            number = float(value)
            return number if number == number and abs(number) != float("inf") else None
        if kind is Path:
            return Path(value).expanduser()
    except (TypeError, ValueError):
        return None
    return value if kind is str and isinstance(value, str) else None


def describe_settings() -> str:
    """A `brandscape.toml` that says what every setting does and holds every default, commented out."""
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

"""Values of settings: text and TOML converted to each setting's own type, and checked against its bounds."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from generator.errors import SettingsError
from generator.settings.brand_groups import BrandGroups, parse_groups
from generator.settings.followers import FollowerCounts, parse_followers
from generator.settings.sizes import Allowance, Size, parse_allowance, parse_size

_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting's section, name, type and bounds."""

    section: str
    name: str
    type: Any
    least: float | None
    most: float | None


def convert_value(value: Any, setting: Setting, source: str) -> Any:
    """Return `value` in the setting's own type. Raises SettingsError, which says what would fit."""
    options = _list_options(setting.type)
    choices = [option for option in options if isinstance(option, str)]
    if isinstance(value, str) and value in choices:
        return value
    kinds = [_KINDS[option] for option in options if option in _KINDS]
    for kind in kinds:
        converted = kind.convert(value)
        if converted is not None:
            _check_range(converted, setting, source)
            return converted
    wanted = " or ".join([*choices, *(kind.description for kind in kinds)])
    raise SettingsError(f"{setting.name} = {value!r} in {source} does not fit.", f"It takes {wanted}.")


def accepts(annotation: Any, kind: type) -> bool:
    """Return whether a setting annotated so takes values of `kind`."""
    return annotation is kind or kind in typing.get_args(annotation)


def _check_range(value: Any, setting: Setting, source: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if (setting.least is not None and value < setting.least) or (setting.most is not None and value > setting.most):
        limits = (("at least", setting.least), ("at most", setting.most))
        bounds = [f"{word} {limit:g}" for word, limit in limits if limit is not None]
        raise SettingsError(f"{setting.name} = {value} in {source} is out of range.", f"It is {' and '.join(bounds)}.")


def _list_options(annotation: Any) -> list[Any]:
    """Return the types and literal texts that an annotation allows, without None."""
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return list(typing.get_args(annotation))
    if origin in (types.UnionType, typing.Union):
        parts = (part for part in typing.get_args(annotation) if part is not type(None))
        return [option for part in parts for option in _list_options(part)]
    return [annotation if origin is None else tuple if origin is tuple else dict]


def _as_bool(value: Any) -> bool | None:
    if isinstance(value, str):
        return _BOOLEANS.get(value.lower())
    return value if isinstance(value, bool) else None


def _as_int(value: Any) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _as_float(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _as_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _as_path(value: Any) -> Path | None:
    return Path(value).expanduser() if isinstance(value, str | Path) else None


def as_texts_by_name(value: Any) -> dict[str, str] | None:
    """Return a table of texts; None if it is none. A name with dots may stand without quotation marks."""
    if not isinstance(value, Mapping):
        return None
    texts: dict[str, str] = {}
    for name, text in value.items():
        # TOML reads cote.vermeil = "…" without quotation marks as a table in a table
        inner = {"": text} if isinstance(text, str) else as_texts_by_name(text)
        if inner is None:
            return None
        texts.update({f"{name}.{rest}" if rest else name: text for rest, text in inner.items()})
    return texts


def _as_texts(value: Any) -> tuple[str, ...] | None:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        return None
    return tuple(part.strip() for part in parts if part.strip())


def _as_amount(parse: Callable[[str], Any], value: Any) -> Any:
    if not isinstance(value, int | str) or isinstance(value, bool):
        return None
    try:
        return parse(str(value))
    except SettingsError:
        return None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of value: its description for messages, and its converter, which returns None for what does not fit."""

    description: str
    convert: Callable[[Any], Any]


_KINDS: Mapping[Any, _Kind] = {
    bool: _Kind("true or false", _as_bool),
    int: _Kind("a whole number", _as_int),
    float: _Kind("a number", _as_float),
    str: _Kind("text", _as_text),
    Path: _Kind("a path", _as_path),
    dict: _Kind("a table", as_texts_by_name),
    FollowerCounts: _Kind("a table of counts by brand and day, such as 2025-01-01 = 120000", parse_followers),
    BrandGroups: _Kind('lists of brands by group, such as own = ["Hôtel Doré"]', parse_groups),
    tuple: _Kind("a list of texts", _as_texts),
    Size: _Kind("a size such as 20MB", lambda value: _as_amount(parse_size, value)),
    Allowance: _Kind("a count such as 12 or a share such as 5%", lambda value: _as_amount(parse_allowance, value)),
}

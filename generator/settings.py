"""Every choice a run can make: one frozen dataclass a stage, each default stated once.

A flag beats the environment (`BRANDSCAPE_PERPLEXITY=20`), which beats `brandscape.toml`, which
beats the default. A list grows instead: no layer takes away what another one named, since a post
that was withdrawn must not come back by a flag. A name nobody knows is refused with the nearest one
that exists.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.amounts import Allowance, Size, parse_allowance, parse_size
from generator.errors import SettingsError
from generator.public_site import find_address

ENVIRONMENT_PREFIX = "BRANDSCAPE_"

Auto = Literal["auto"]


def _setting(default: Any, help: str, least: float | None = None, most: float | None = None) -> Any:
    return field(default=default, metadata={"help": help, "least": least, "most": most})


@dataclass(frozen=True)
class ReadSettings:
    """How the spreadsheet is read."""

    sheet: str | None = _setting(None, "Sheet to read; by default the first one with the columns a report needs.")
    columns: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"help": 'Headers by field where they are not recognised: { brand = "House", thumbnail = "Pic" }.'},
    )


@dataclass(frozen=True)
class PostSettings:
    """Which posts a report shows."""

    repeats: Literal["each", "once"] = _setting(
        "each", "Whether a brand's repeats of one picture, the same file or a near copy, count each or once."
    )
    exclude: tuple[str, ...] = _setting(
        (),
        "Posts to withdraw, each by id, permalink, or its image's address, file or sha256. The next build takes their "
        "images out of the report and the cache, and with them other posts of the same image; near copies it only "
        "warns of, that once.",
    )


@dataclass(frozen=True)
class FetchSettings:
    """How images are fetched."""

    workers: int = _setting(7, "Downloads at a time.", 1, 64)
    connect_timeout: float = _setting(10.0, "Seconds to wait for a server to answer.", 0.1, 600)
    read_timeout: float = _setting(30.0, "Seconds to wait for the next bytes.", 0.1, 600)
    retries: int = _setting(3, "Tries after a failure that may pass (429, 5xx, a dropped connection).", 0, 20)
    max_bytes: int = _setting(30_000_000, "Largest image file accepted, in bytes.", 1)
    allow_private: bool = _setting(
        False, "Fetch images from private, loopback and link-local addresses too, such as a server in the office."
    )
    offline: bool = _setting(False, "Use only images already in the cache or on disk; ask the network for nothing.")
    images_root: Path | None = _setting(None, "Folder that local paths start from; by default the spreadsheet's own.")


@dataclass(frozen=True)
class ImageSettings:
    """How images are decoded and what is kept of each."""

    max_pixels: int = _setting(50_000_000, "Largest image decoded, in pixels.", 1, 150_000_000)
    decode_seconds: float = _setting(30.0, "Seconds that decoding an image may take.", 0.1, 3600)
    picture_size: int = _setting(400, "Longest side of the picture shown with a post, in pixels.", 64, 2000)


@dataclass(frozen=True)
class EmbeddingSettings:
    """Which network says what an image looks like."""

    model: str = _setting(
        "auto",
        "auto, builtin, a keras.applications network by name (resnet50, mobilenetv2, ...), or a .keras file.",
    )
    weights: Path | None = _setting(None, "Weights file for the network.")
    pooling: Literal["max", "avg"] = _setting("max", "How the network's last feature map becomes one vector.")
    precision: Literal["float32", "mixed"] = _setting(
        "float32", "float32, or mixed: the network in half precision, which needs a GPU. Each has vectors of its own."
    )
    vectors: Path | None = _setting(None, "Vectors made elsewhere (.npy, .parquet or .h5), used instead of a network.")
    save_vectors: Path | None = _setting(None, "Where to write the vectors and posts' ids (.npy, .parquet, .h5).")


@dataclass(frozen=True)
class MapSettings:
    """How vectors become a map."""

    pca: int = _setting(50, "Principal components kept before t-SNE.", 2)
    perplexity: float = _setting(10.0, "t-SNE perplexity: about how many neighbours each image weighs.", 1)
    seed: int = _setting(0, "Seed of everything drawn at random.", 0, 2**32 - 1)


@dataclass(frozen=True)
class ClusterSettings:
    """How DBSCAN cuts the map into clusters."""

    eps: float | Auto = _setting("auto", "DBSCAN's neighbourhood radius on the map, or auto.", 1e-6)
    min_samples: int | Auto = _setting("auto", "Images within eps that make a core of a cluster, or auto.", 1)
    notes: Path | None = _setting(
        None,
        "Names and notes for clusters, and posts to hide; by default clusters.toml beside the spreadsheet.",
    )


@dataclass(frozen=True)
class MosaicSettings:
    """How mosaics are drawn."""

    cell_size: int | Auto = _setting("auto", "Largest size of an image in a mosaic: 32, 64 or 128 pixels, or auto.")
    fill: float = _setting(
        0.5, "Share of the whole map's cells that hold an image; more is denser but less faithful.", 0.05, 1
    )
    quality: int = _setting(80, "JPEG quality of tiles and flat mosaics.", 1, 95)
    flat_size: int = _setting(5000, "Longest side of the flat mosaics for slides, in pixels.", 100, 20_000)
    scatter_size: int = _setting(5000, "Side of the scatter mosaics, in pixels.", 100, 20_000)
    scatter_thumbnail: int = _setting(50, "Longest side of an image in the scatter mosaics, in pixels.", 4, 400)


@dataclass(frozen=True)
class SiteSettings:
    """What the report says about itself."""

    title: str = _setting("", "The report's title; by default made from the spreadsheet's name.")
    lang: Literal["en", "fr"] = _setting("en", "Language of the report: en or fr.")
    url: str = _setting("", "Where the report is published: https://example.com/report/. Used only where it is public.")
    public: bool = _setting(
        False, "Let search engines list the report, and links to it show a title and a picture. Needs url."
    )


@dataclass(frozen=True)
class PublishSettings:
    """What keeps a new report from taking the old one's place."""

    strict: bool = _setting(False, "Fail when any image is missing: the same as max_missing = 0.")
    max_missing: Allowance | None = _setting(
        None, "Fail when more images are missing than this: a count (12) or a share of all (5%)."
    )
    fail_over: Size | None = _setting(None, "Fail when the finished report is larger than this: 900KB, 100MB, 1.5GB.")


@dataclass(frozen=True)
class RunSettings:
    """Where the work is done. The report is the same."""

    scheduler: str = _setting(
        "",
        "Spread the work over workers: tcp://HOST:PORT of a Dask scheduler, or local:N for N of them on this machine.",
    )


@dataclass(frozen=True)
class Settings:
    """All settings of one run, by stage."""

    read: ReadSettings = ReadSettings()
    posts: PostSettings = PostSettings()
    fetch: FetchSettings = FetchSettings()
    images: ImageSettings = ImageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    map: MapSettings = MapSettings()
    clusters: ClusterSettings = ClusterSettings()
    mosaic: MosaicSettings = MosaicSettings()
    site: SiteSettings = SiteSettings()
    publish: PublishSettings = PublishSettings()
    run: RunSettings = RunSettings()


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
    for section in dataclasses.fields(Settings):
        stage = type(getattr(Settings(), section.name))
        hints = typing.get_type_hints(stage)
        for item in dataclasses.fields(stage):
            if item.name in known:
                raise AssertionError(f"two settings are called {item.name}")
            bounds = item.metadata.get("least"), item.metadata.get("most")
            known[item.name] = _Known(section.name, item.name, hints[item.name], *bounds)
    return known


def help_for(name: str) -> str:
    """What the setting `name` does, in one line."""
    section = _known_settings()[name].section
    stage = type(getattr(Settings(), section))
    return next(str(item.metadata["help"]) for item in dataclasses.fields(stage) if item.name == name)


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
    if file is not None:
        layers.append((str(file), _read_file(file)))
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
    settings = dataclasses.replace(
        defaults,
        **{section: dataclasses.replace(getattr(defaults, section), **values) for section, values in chosen.items()},
    )
    find_address(settings.site)  # before hours of work
    return settings


def _read_file(file: Path) -> dict[str, Any]:
    try:
        with open(file, "rb") as stream:
            content = tomllib.load(stream)
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {file} is not valid TOML: {error}.") from error
    known = _known_settings()
    sections = {section.name for section in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for section, entries in content.items():
        if section not in sections or not isinstance(entries, dict):
            raise SettingsError(
                f"{file}: [{section}] is not a section.", _suggest(section, sections, "The sections are")
            )
        names = {name for name, setting in known.items() if setting.section == section}
        for name, value in entries.items():
            if name not in names:
                raise SettingsError(
                    f"{file}: [{section}] has no setting {name}.", _suggest(name, names, "The settings are")
                )
            # paths in a file are relative to that file
            if _accepts(known[name].type, Path) and isinstance(value, str):
                value = file.parent / value
            values[name] = value
    return values


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
                f"The environment variable {variable} is not a setting.", _suggest(variable, names, "There are")
            )
        values[name] = text
    return values


def _suggest(name: str, names: Iterable[str], lead: str) -> str:
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"{lead}: {', '.join(sorted(names))}."


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
    for section in dataclasses.fields(Settings):
        stage = type(getattr(Settings(), section.name))
        lines += [f"# {(stage.__doc__ or '').strip()}", f"[{section.name}]"]
        for item in dataclasses.fields(stage):
            lines += [f"# {item.metadata['help']}", f"#{item.name} = {_as_toml(getattr(stage(), item.name))}", ""]
    return "\n".join(lines)


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

"""What a build would use on this machine, found without writing anything and without a network."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import locale
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import __version__
from generator.cache.folders import is_url
from generator.commands.processor import Processor, find_processor
from generator.commands.systems import explain_unsupported, find_system
from generator.errors import BrandscapeError
from generator.settings import Settings
from generator.settings.sizes import format_size

#: Browsers that browser tests drive, by the names of their programs, the first first.
TEST_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: What TensorFlow needs of Microsoft's, and no wheel carries.
_RUNTIME = ("msvcp140.dll", "msvcp140_1.dll")
_RUNTIME_ADDRESS = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
#: Seconds that measuring the cache may take.
_PATIENCE = 0.5
#: The end of a requirement that only an extra has.
_EXTRA = re.compile(r";.*\bextra\b")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about this machine: a name for scripts, a label and text for people."""

    name: str
    label: str
    text: str
    value: Any = None  # for scripts, in types that JSON has; the text if there is none

    @property
    def told(self) -> Any:
        """What scripts get."""
        return self.text if self.value is None else self.value


def find_facts(settings: Settings, cache: Path | str) -> Iterator[Fact]:
    """Yield what a build with these settings and this cache, a path or URL, would use here."""
    core, engine = _open_openvino()
    processor = find_processor(core)
    yield Fact("brandscape", "Brandscape", __version__)
    yield _system()
    yield Fact("python", "Python", _python(), {"version": platform.python_version(), "path": sys.executable})
    yield from _processor(processor)
    yield _memory()
    yield _memory_limits()
    if sys.platform == "win32":
        yield _runtime()
    yield _encodings()
    yield Fact("engine", "Engine", engine)
    yield from _keras()
    yield from _network(settings, core is not None)
    yield _cache(cache)
    yield _packages()
    yield _videos()
    if (_ROOT / "tests" / "browser").is_dir():
        yield _browser()


def _open_openvino() -> tuple[Any | None, str]:
    """Return OpenVINO's `Core`, or None, and which version it is, or why there is none."""
    from generator.embedding.backends import first_line
    from generator.embedding.openvino_engine import import_openvino

    try:
        return import_openvino().Core(), f"OpenVINO {_version('openvino')}"
    except ModuleNotFoundError:
        return None, "Keras, more slowly: OpenVINO is not installed"
    except Exception as error:  # a library of its own that does not fit the system
        return None, f"Keras, more slowly: OpenVINO cannot be loaded ({first_line(error)})"


def _system() -> Fact:
    system, processor = find_system()
    if system == "linux":
        try:
            name = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
        except OSError:
            name = "Linux"
        parts = [name, f"kernel {platform.release()}", processor, " ".join(platform.libc_ver()).strip()]
    elif system == "darwin":
        parts = [f"macOS {platform.mac_ver()[0]}", processor]
    else:
        parts = [f"{platform.system()} {platform.release()}", platform.version(), processor]
    text = ", ".join(filter(None, parts))
    if refusal := explain_unsupported(system, processor):
        text += f". {refusal}"
    return Fact("system", "System", text, {"name": text, "supported": not refusal})


def _python() -> str:
    bits = 64 if sys.maxsize > 2**32 else 32
    return f"{platform.python_version()}, {platform.python_implementation()}, {bits} bits"


def _processor(processor: Processor) -> Iterator[Fact]:
    yield Fact("processor", "Processor", processor.name)
    units = ", ".join(processor.units) or "not listed by the system"
    if processor.numbers:
        units += f"; OpenVINO computes in {', '.join(processor.numbers)}"
    yield Fact("units", "Its units", units, {"units": processor.units, "openvino": processor.numbers})
    yield Fact("cores", "Cores", f"{processor.cores} may be used, of {os.cpu_count()}", processor.cores)


def _memory() -> Fact:
    import psutil

    memory = psutil.virtual_memory()
    text = f"{format_size(memory.total)}, {format_size(memory.available)} of it free"
    value = {"total": memory.total, "free": memory.available}
    try:
        limit = int(_CGROUP_LIMIT.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or one without a limit
        return Fact("memory", "Memory", text, value)
    text += f"; at most {format_size(limit)} in this container"
    return Fact("memory", "Memory", text, {**value, "limit": limit})


def _memory_limits() -> Fact:
    hold = sys.platform == "linux"
    text = "hold for files and images that are read" if hold else "none: this system enforces none, only limits of time"
    return Fact("memory_limits", "Memory limits", text, hold)


def _runtime() -> Fact:
    missing = [name for name in _RUNTIME if ctypes.util.find_library(name) is None]
    text = "is installed"
    if missing:
        text = f"lacks {' and '.join(missing)}, without which TensorFlow does not start; install {_RUNTIME_ADDRESS}"
    return Fact("visual_c_runtime", "VC++ runtime", text, not missing)


def _encodings() -> Fact:
    value = {
        "output": getattr(sys.stdout, "encoding", None) or "unknown",
        "files": sys.getfilesystemencoding(),
        "system": locale.getencoding(),
    }
    return Fact("encodings", "Text", ", ".join(f"{place} {name}" for place, name in value.items()), value)


def _keras() -> Iterator[Fact]:
    from generator.embedding.backends import BACKENDS, choose_backend, installed_backends, shows_gpu

    installed = [f"{BACKENDS[name]} {_version(name)}" for name in installed_backends()]
    try:
        text = f"{_version('keras')} on {BACKENDS[choose_backend()]}; installed: {', '.join(installed)}"
    except BrandscapeError as error:
        text = error.message
    yield Fact("keras", "Keras", text)
    text = "signs of one; a build asks Keras whether it can use it" if shows_gpu() else "no sign of one"
    yield Fact("gpu", "Graphics card", text, shows_gpu())


def _network(settings: Settings, has_engine: bool) -> Iterator[Fact]:
    """Yield the network and the precision that a build would take, as far as it is known without a download."""
    from generator.embedding.networks import network_name
    from generator.embedding.recipe import choose_recipe
    from generator.progress import SilentProgress

    try:
        recipe = choose_recipe(settings.embedding, offline=True, progress=SilentProgress())
    except BrandscapeError as error:
        yield Fact("network", "Network", f"none: {error.message}")
        return
    text, chosen = network_name(recipe.model), settings.embedding.model
    if recipe.fallback and settings.fetch.offline:
        text += f" ({recipe.fallback})"
    elif recipe.fallback:
        text += "; ResNet50 if its weights, which are not on this machine, can be downloaded when a build starts"
    yield Fact("network", "Network", f"{text} (--model {chosen})", {"setting": chosen, "network": recipe.model})
    wanted = settings.embedding.precision
    yield Fact("precision", "Precision", _explain_precision(wanted, recipe, has_engine), wanted)


def _explain_precision(wanted: str, recipe: Any, has_engine: bool) -> str:
    from generator.embedding.engines import offers_bfloat16

    if wanted != "auto":
        return f"{wanted} (--precision)"
    if has_engine and offers_bfloat16(recipe):
        return "bfloat16 if vectors of the report's own images agree with those in float32, else float32"
    return "float32"


def _cache(place: Path | str) -> Fact:
    if is_url(place):
        return Fact("cache", "Cache", f"{place} (not asked)", {"place": str(place)})
    folder = Path(place)
    files, size, is_whole = measure_folder(folder, _PATIENCE)
    there = next(parent for parent in (folder.resolve(), *folder.resolve().parents) if parent.is_dir())
    free = shutil.disk_usage(there).free
    held = f"{'' if is_whole else 'more than '}{format_size(size)} in {files:,} files" if files else "empty"
    value = {"place": str(folder), "bytes": size, "measured_whole": is_whole, "free": free}
    return Fact("cache", "Cache", f"{_shorten(folder)}, {held}; {format_size(free)} free on its disk", value)


def measure_folder(folder: Path, seconds: float) -> tuple[int, int, bool]:
    """Return number and bytes of the files in a folder and below, and whether `seconds` were enough for all."""
    end = time.monotonic() + seconds
    count = size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # a build that is running has removed it
                continue
            count += 1
        if time.monotonic() > end:
            return count, size, False
    return count, size, True


def _shorten(path: Path) -> str:
    """Return a path with ~ for the home folder: whoever reports a fault need not give their name."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)


def _packages() -> Fact:
    try:
        wanted = importlib.metadata.requires("brandscape") or []
    except importlib.metadata.PackageNotFoundError:
        return Fact("packages", "Packages", "unknown: Brandscape was not installed with pip")
    own = [text for text in wanted if not _EXTRA.search(text)]
    names = sorted({re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in own}, key=str.lower)
    versions = {name: _version(name) for name in names}
    return Fact("packages", "Packages", ", ".join(f"{name} {version}" for name, version in versions.items()), versions)


def _videos() -> Fact:
    version = _version("av")
    text = 'not read; pip install "brandscape[video]"' if version == "missing" else f"read by PyAV {version}"
    return Fact("videos", "Videos", text, version)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _browser() -> Fact:
    found = next(filter(None, map(shutil.which, TEST_BROWSERS)), None)
    return Fact("browser", "Test browser", found or f"none of {', '.join(TEST_BROWSERS)}", found or False)

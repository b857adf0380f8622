"""The systems that Brandscape supports, and what is said on others.

This file uses nothing but the standard library: the build hook reads it before anything else is installed.
"""

from __future__ import annotations

import platform
import sys
import sysconfig

#: Processors by system, as `find_system` names both.
SUPPORTED = {"win32": ("amd64",), "darwin": ("arm64",), "linux": ("x86_64", "aarch64")}

_NAMES = {"win32": "Windows", "darwin": "macOS", "linux": "Linux"}
_PROCESSORS = {("darwin", "x86_64"): "an Intel processor", ("win32", "arm64"): "an ARM processor"}
_CHOICE = "Windows 10 and 11 (x64), macOS 13 and later (Apple silicon) and Linux (x86-64 and ARM64)"


def find_system() -> tuple[str, str]:
    """Return the system and the processor that this Python was built for, as `SUPPORTED` names them.

    On Windows and Apple silicon a Python for another processor runs too; packages are chosen by the Python.
    """
    if sys.maxsize < 2**32:
        return sys.platform, "32 bits"
    if sys.platform == "win32":
        return sys.platform, sysconfig.get_platform().removeprefix("win-")
    return sys.platform, platform.machine()


def explain_unsupported(system: str, processor: str) -> str:
    """Return why Brandscape does not run on a system, as `find_system` names it; nothing if it does."""
    if processor in SUPPORTED.get(system, ()):
        return ""
    where = f"{_NAMES.get(system, system)} with {_PROCESSORS.get((system, processor), processor)}"
    return (
        f"Brandscape does not run on {where}: TensorFlow, which it needs, has no package for it. "
        f"Supported are {_CHOICE}."
    )

#!/usr/bin/env python3
"""Whether every system and Python that the package supports finds wheels of all it depends on.

Each pair is resolved as an installation would, and nothing is installed. By uv, since pip takes the markers of
requirements for the machine it runs on, whatever its --platform says. Asks a package index, so it is no part of the
tests. Exits with 0 if all supported pairs resolve, 1 if one does not, and 2 if that cannot be told: without uv or an
index.
"""

from __future__ import annotations

import argparse
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent

#: Systems as generator/commands/systems.py names them: what people call them, and what uv does.
TARGETS = {
    ("win32", "amd64"): ("Windows x64", "x86_64-pc-windows-msvc"),
    ("darwin", "arm64"): ("macOS 13 arm64", "aarch64-apple-darwin"),
    ("linux", "x86_64"): ("Linux x86-64, glibc 2.28", "x86_64-manylinux_2_28"),
    ("linux", "aarch64"): ("Linux aarch64, glibc 2.35", "aarch64-manylinux_2_35"),
    ("darwin", "x86_64"): ("macOS 13 x86-64", "x86_64-apple-darwin"),
    ("win32", "arm64"): ("Windows arm64", "aarch64-pc-windows-msvc"),
}
#: The first Python is the oldest supported; one later than the newest is tried too.
PYTHONS = [f"3.{minor}" for minor in range(11, 30)]
#: Resolutions at a time: they wait for the index most of the time.
_AT_A_TIME = 4


class CannotTell(Exception):
    """There is no uv, or no index."""


@dataclass(frozen=True)
class Outcome:
    """Whether a pair resolves, with which TensorFlow, and what uv says if it does not."""

    system: tuple[str, str]
    python: str
    is_supported: bool
    tensorflow: str  # empty if the pair does not resolve
    problem: str


def main(arguments: list[str] | None = None) -> int:
    """Print the table of systems and Pythons; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with", dest="more", action="append", default=[], metavar="REQUIREMENT", help="one more")
    more = parser.parse_args(arguments).more
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    supported = list_pythons(project["requires-python"])
    pythons = PYTHONS[: PYTHONS.index(supported[-1]) + 2]
    systems = runpy.run_path(str(ROOT / "generator" / "commands" / "systems.py"))["SUPPORTED"]
    pairs = [(system, python) for system in TARGETS for python in pythons]

    def resolve(pair: tuple[tuple[str, str], str]) -> Outcome:
        system, python = pair
        is_supported = python in supported and system[1] in systems.get(system[0], ())
        return Outcome(system, python, is_supported, *resolve_wheels([*wanted, *more], TARGETS[system][1], python))

    try:
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            outcomes = list(pool.map(resolve, pairs))
    except CannotTell as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return 2
    return tell(outcomes, pythons)


def list_pythons(requires: str) -> list[str]:
    """Return those of PYTHONS that a `requires-python` allows."""
    allowed = SpecifierSet(requires)
    return [python for python in PYTHONS if f"{python}.9" in allowed]


def resolve_wheels(wanted: list[str], platform: str, python: str) -> tuple[str, str]:
    """Return TensorFlow's version and nothing, or nothing and why the requirements have no wheels on a platform.

    Raises CannotTell.
    """
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        raise CannotTell("uv is not installed (pip install uv)")
    command = [uv, "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:"]
    command += ["--prerelease", "disallow", "--python-platform", platform, "--python-version", python]
    done = subprocess.run(  # noqa: S603 (uv, with what pyproject.toml says)
        command,
        input="\n".join(wanted),
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "13.0", "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    problem = " ".join(done.stderr.split())
    if done.returncode > 1 or "network was disabled" in problem:
        raise CannotTell(f"there is no package index, or it does not answer: {problem[:300]}")
    if done.returncode:
        return "", problem.partition("cause: ")[2] or problem
    return re.findall(r"^tensorflow==(\S+)", done.stdout, re.MULTILINE)[0], ""


def tell(outcomes: list[Outcome], pythons: list[str]) -> int:
    """Print what was found; return 1 if a supported pair does not resolve, else 0."""
    cells = {(one.system, one.python): one for one in outcomes}
    print("TensorFlow's version where every wheel exists; in brackets what is not supported:")
    print(f"{'':<26}" + "".join(python.ljust(12) for python in pythons))
    for system, (name, _) in TARGETS.items():
        row = [cells[system, python] for python in pythons]
        texts = [one.tensorflow or "no" for one in row]
        texts = [text if one.is_supported else f"({text})" for text, one in zip(texts, row, strict=True)]
        print(name.ljust(26) + "".join(text.ljust(12) for text in texts))
    for one in outcomes:
        if one.is_supported and one.problem:
            print(f"{TARGETS[one.system][0]}, Python {one.python}, should resolve: {one.problem}")
        if not one.is_supported and not one.problem:
            print(f"{TARGETS[one.system][0]}, Python {one.python}, resolves now and could be supported.")
    return int(any(one.is_supported and one.problem for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())

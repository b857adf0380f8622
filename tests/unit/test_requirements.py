"""The lock that tests are run with: everything the package needs, each version allowed, each file by its hash."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import ROOT

PINS = re.findall(
    r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+?)(?: ;[^\n\\]*)? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    (ROOT / ".ci/requirements.txt").read_text(encoding="utf-8") + "\n",
    re.MULTILINE,
)


def test_every_line_is_a_version_with_hashes() -> None:
    text = (ROOT / ".ci/requirements.txt").read_text(encoding="utf-8")
    assert len(PINS) == len(re.findall(r"^[A-Za-z]", text, re.MULTILINE)) > 50
    assert "://" not in text  # where it is fetched from is for each machine to say


@pytest.mark.parametrize("part", ["dependencies", "test"])
def test_the_lock_holds_what_the_package_asks_for(part: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] if part == "dependencies" else project["optional-dependencies"]["test"]
    pinned: dict[str, list[str]] = {}
    for name, version, _ in PINS:
        pinned.setdefault(canonicalize_name(name), []).append(version)
    for text in wanted:
        requirement = Requirement(text)
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert any(requirement.specifier.contains(version, prereleases=True) for version in versions), text

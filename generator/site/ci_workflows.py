"""Write workflows that build and publish a report on GitHub or GitLab."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from generator import __version__
from generator.errors import SettingsError
from generator.resources import find_resources
from generator.text import write_text

#: The path of each service's workflow, from the root of a repository.
PATHS = {"github": Path(".github/workflows/brandscape.yml"), "gitlab": Path(".gitlab-ci.yml")}


def write_workflow(host: str, folder: Path, force: bool) -> tuple[Path, str]:
    """Write the workflow for `host`, a key of PATHS, under `folder`; return its path and the package it installs.

    Raises SettingsError for another host, and if the file exists and `force` is not given.
    """
    if host not in PATHS:
        raise SettingsError(f"--ci {host} is not known.", f"It takes {' or '.join(PATHS)}.")
    path = folder / PATHS[host]
    if path.exists() and not force:
        raise SettingsError(f"{path} exists already.", "Move it away, or give --force to replace it.")
    package = name_package()
    text = (find_resources("workflows") / f"{host}.yml").read_text(encoding="utf-8").replace("@PACKAGE@", package)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    return path, package


def name_package() -> str:
    """Return what pip installs elsewhere to get this Brandscape: the commit it was installed from, else the release.

    It may also have been installed from a folder or file of this machine, which does not exist elsewhere.
    """
    try:
        source = json.loads(distribution("brandscape").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        source = {}
    version_control = source.get("vcs_info", {})
    if {"vcs", "commit_id"} <= version_control.keys() and not str(source.get("url")).startswith("file:"):
        return f"{version_control['vcs']}+{source['url']}@{version_control['commit_id']}"
    return f"brandscape=={__version__}"

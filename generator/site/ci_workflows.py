"""Workflows that build a report and publish it, for the services that run them."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from generator import __version__
from generator.errors import SettingsError
from generator.resources import find_resources

#: Each service's own place for a workflow, from the root of a repository.
PLACES = {"github": Path(".github/workflows/brandscape.yml"), "gitlab": Path(".gitlab-ci.yml")}


def write_workflow(host: str, folder: Path, force: bool) -> tuple[Path, str]:
    """Write the workflow for `host`, one of PLACES, under `folder`; returns the file, and what pip installs in it.

    Raises SettingsError for another host, and where there is such a file already and not `force`.
    """
    if host not in PLACES:
        raise SettingsError(f"--ci {host} is not known.", f"It takes {' or '.join(PLACES)}.")
    path = folder / PLACES[host]
    if path.exists() and not force:
        raise SettingsError(f"{path} exists already.", "Move it away, or give --force to replace it.")
    package = name_package()
    text = (find_resources("workflows") / f"{host}.yml").read_text(encoding="utf-8").replace("@PACKAGE@", package)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path, package


def name_package() -> str:
    """What pip installs elsewhere to have this Brandscape: the commit it was installed from, else the release.

    A folder or file of this machine, from which it may have been installed too, is nowhere else.
    """
    try:
        source = json.loads(distribution("brandscape").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        source = {}
    version_control = source.get("vcs_info", {})
    if {"vcs", "commit_id"} <= version_control.keys() and not str(source.get("url")).startswith("file:"):
        return f"{version_control['vcs']}+{source['url']}@{version_control['commit_id']}"
    return f"brandscape=={__version__}"

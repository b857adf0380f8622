"""Refuse to build, and so to install, where packages that Brandscape needs do not exist.

pip would end with a list of versions of TensorFlow, none of which fits. hatchling runs this before pip looks for what
the package depends on.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SystemCheck(BuildHookInterface):  # type: ignore[type-arg]
    """Ends the build with one sentence on a system that is not supported."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Exit with the sentence, which pip shows."""
        systems = runpy.run_path(str(Path(self.root) / "generator" / "commands" / "systems.py"))
        if sentence := systems["explain_unsupported"](*systems["find_system"]()):
            sys.exit(sentence)

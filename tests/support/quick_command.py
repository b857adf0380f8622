"""The command in a process of its own, which finds templates compiled and estimates sizes of editions from few images.

Compiling takes as long as a small build, and estimates longer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from unittest import mock

from tests.support import ROOT
from tests.support.stand_in import use_stand_in
from tests.support.templates import keep_compiled_templates

#: Starts it; not as a module of its own, which every decoder would import again.
COMMAND = [sys.executable, "-c", "from tests.support.quick_command import main; main()"]


def quick_environment(templates: Path) -> dict[str, str]:
    """What the command needs in its environment, and settings of builds that take a second."""
    settings = {"SCATTER_SIZE": "400", "FLAT_SIZE": "600", "DISTURBED": "0", "MODEL": "builtin", "PRECISION": "float32"}
    return {
        **{f"BRANDSCAPE_{name}": value for name, value in settings.items()},
        "COMPILED_TEMPLATES": str(templates),
        "PYTHONPATH": str(ROOT),
    }


def main() -> None:
    """Run the command."""
    from generator.cli import main as run
    from generator.site.edition import images

    with (
        use_stand_in(),
        keep_compiled_templates(Path(os.environ["COMPILED_TEMPLATES"])),
        mock.patch.object(images, "_SAMPLE", 4),
    ):
        run()

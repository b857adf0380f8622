"""The style sheets, scripts and icon of a report."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.resources import find_resources
from generator.text import write_text

#: What every page runs, in this order.
PAGE_SCRIPTS = (
    "core",
    "start",
    "page/skip_links",
    "page/print_images",
    "page/sort_tables",
    "page/brand_pairs",
    "page/preview",
)
#: What a page with a viewer runs after that, in this order.
VIEWER_SCRIPTS = (
    *(
        "data/files",
        "data/lru",
        "data/bins",
        "data/months",
        "data/fields",
        "data/colourings",
        "data/search",
        "data/tags",
        "data/own",
        "data/records",
        "data/filters",
    ),
    *("view/address", "view/history", "view/camera", "view/panes", "view/motion", "view/navigation", "view/viewport"),
    *(
        "draw/pyramid",
        "draw/tiles",
        "draw/tile_composer",
        "draw/arrangement",
        "draw/forms",
        "draw/scenes",
        "draw/pictures",
        "draw/names",
        "draw/labels",
    ),
    *("draw/painter", "draw/masks", "draw/transition", "draw/minimap", "draw/frames"),
    *("data/selection", "data/examples", "data/corrections", "data/likeness"),
    *(
        "ui/formats",
        "ui/marks",
        "ui/gestures",
        "ui/keys",
        "ui/closer",
        "ui/panels",
        "ui/ranges",
        "ui/choices",
        "ui/field_filters",
        "ui/suggestions",
        "ui/legend",
        "ui/time_walk",
    ),
    *("ui/filter_panel", "ui/download", "ui/saved_file", "ui/own_notes", "ui/examples_panel", "ui/list"),
    *("ui/comparison", "ui/nearest"),
    *("ui/card_tags", "ui/carousel", "ui/card", "ui/clipboard", "ui/bar_folds", "ui/controls"),
    *("ui/state", "ui/scene_switch", "ui/post_opener", "ui/pointing", "ui/address_bar", "ui/paper", "ui/viewer"),
)
#: The script files of a report, in the order that its pages load them: each joins files of static/js.
BUNDLES = {"page.js": PAGE_SCRIPTS, "viewer.js": VIEWER_SCRIPTS}
#: Files of static/ that are copied as they are.
_COPIED = ("css/*.css", "img/*.svg")


def write_assets(folder: Path) -> None:
    """Write style sheets, scripts and the icon to `folder`/assets."""
    target = folder / "assets"
    target.mkdir(parents=True, exist_ok=True)
    static = find_resources("static")
    for pattern in _COPIED:
        for path in sorted(static.glob(pattern)):
            shutil.copyfile(path, target / path.name)
    for name, scripts in BUNDLES.items():
        texts = [(static / "js" / f"{script}.js").read_text(encoding="utf-8") for script in scripts]
        write_text(target / name, "".join(strip_script(text) for text in texts))


def strip_script(text: str) -> str:
    """Return a script of static/ without lines of comment, empty lines and indentation, which no browser needs.

    Lines that continue a template literal stay as they are, and so does all code.
    """
    lines = []
    is_literal = False
    for line in text.splitlines():
        code = line.lstrip()
        if is_literal or (code and not code.startswith("//")):
            lines.append(line if is_literal else code)
            is_literal ^= line.count("`") % 2 == 1
    return "\n".join([*lines, ""])

"""The command `brandscape doctor`: what a build would use on this machine, for reports of faults."""

from __future__ import annotations

import textwrap

from generator.commands.context import load_chosen
from generator.commands.options import CacheDir, Config, Debug, Json
from generator.commands.output import print_outcome
from generator.errors import BrandscapeError
from generator.settings import Settings

_WIDTH, _INDENT = 80, 16


def doctor(config: Config = None, cache_dir: CacheDir = None, as_json: Json = False, debug: Debug = False) -> None:
    """Show what a build would use on this machine; paste it into a report of a fault.

    It asks no network, downloads nothing and writes nothing.
    """
    from platformdirs import user_cache_path

    from generator.commands.facts import Fact, find_facts

    faults = []
    try:
        settings = load_chosen(config)
    except BrandscapeError as error:  # the facts may show why
        settings = Settings()
        faults.append(Fact("settings", "Settings", f"defaults, since they cannot be read: {error.message}"))
    facts = [*find_facts(settings, cache_dir or user_cache_path("brandscape", appauthor=False)), *faults]
    if as_json:
        print_outcome({fact.name: fact.told for fact in facts}, 0)
        return
    for fact in facts:
        print(
            textwrap.fill(
                fact.text,
                _WIDTH,
                initial_indent=fact.label.ljust(_INDENT),
                subsequent_indent=" " * _INDENT,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )

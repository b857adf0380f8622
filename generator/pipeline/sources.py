"""The files that people write beside a spreadsheet: cluster notes, examples, corrections of tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.errors import SettingsError
from generator.report.cluster_notes import FILE_NAME as NOTES_FILE
from generator.report.cluster_notes import ClusterNotes, read_cluster_notes
from generator.settings import Settings
from generator.similarity.examples import FILE_NAME as EXAMPLES_FILE
from generator.similarity.examples import Examples, read_examples
from generator.tags.corrections import FILE_NAME as TAGS_FILE
from generator.tags.corrections import TagCorrections, read_corrections
from generator.tags.hierarchy import load_hierarchy


@dataclass(frozen=True, slots=True)
class Sources:
    """What people wrote beside the spreadsheet."""

    notes: ClusterNotes = ClusterNotes()
    examples: Examples = Examples()
    tags: TagCorrections = TagCorrections()


def read_sources(folder: Path, settings: Settings) -> Sources:
    """Read the files of people in `folder`, or where the settings name them.

    Raises SettingsError for a file that is named and missing, or cannot be used.
    """
    notes = _find_beside(folder, settings.clusters.notes, "[clusters] notes", NOTES_FILE)
    examples = _find_beside(folder, settings.similarity.examples, "[similarity] examples", EXAMPLES_FILE)
    tags = _find_beside(folder, settings.tags.corrections, "[tags] corrections", TAGS_FILE)
    return Sources(read_cluster_notes(notes), read_examples(examples), read_corrections(tags, load_hierarchy()))


def _find_beside(folder: Path, named: Path | None, setting: str, usual: str) -> Path:
    if named is not None and not named.is_file():
        raise SettingsError(f"There is no file {named}, which {setting} names.", "Write it, or name another.")
    return named or folder / usual

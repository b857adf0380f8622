"""The files that people write, about clusters, posts, examples, tags and terms; and a report to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.digests import digest_of, hash_file
from generator.embedding.text_image import TextImageRecipe, choose_text_image
from generator.errors import SettingsError
from generator.history.benchmark import holds_report, open_benchmark
from generator.report.benchmark import Benchmark
from generator.report.cluster_notes import FILE_NAME as NOTES_FILE
from generator.report.cluster_notes import ClusterNotes, read_cluster_notes
from generator.report.post_marks import FILE_NAME as MARKS_FILE
from generator.report.post_marks import PostMarks, read_post_marks
from generator.settings import Settings
from generator.similarity.examples import FILE_NAME as EXAMPLES_FILE
from generator.similarity.examples import Examples, read_examples
from generator.tags.corrections import FILE_NAME as TAGS_FILE
from generator.tags.corrections import TagCorrections, read_corrections
from generator.tags.hierarchy import load_hierarchy
from generator.tags.vocabulary import Vocabulary, read_vocabulary


@dataclass(frozen=True, slots=True)
class Sources:
    """What people wrote."""

    notes: ClusterNotes = ClusterNotes()
    examples: Examples = Examples()
    tags: TagCorrections = TagCorrections()
    vocabulary: Vocabulary = Vocabulary()
    marks: PostMarks = PostMarks()
    benchmark: Benchmark | None = None  # what brands are compared with
    benchmark_digest: str = ""  # of it, known before that of a spreadsheet is summarised


def read_sources(folder: Path, settings: Settings) -> Sources:
    """Read the files of people in `folder`, or where the settings name them.

    Raises SettingsError for a file that is named and missing, or cannot be used.
    """
    notes = _find_beside(folder, settings.clusters.notes, "[clusters] notes", NOTES_FILE)
    examples = _find_beside(folder, settings.similarity.examples, "[similarity] examples", EXAMPLES_FILE)
    marks = _find_beside(folder, settings.posts.post_notes, "[posts] post_notes", MARKS_FILE)
    tags = _find_beside(folder, settings.tags.corrections, "[tags] corrections", TAGS_FILE)
    vocabulary = read_vocabulary(settings.tags.tags) if settings.tags.tags else Vocabulary()
    corrections = read_corrections(tags, vocabulary.extend(load_hierarchy()))
    _require_means(settings, vocabulary)
    compared = settings.compare.benchmark
    benchmark = open_benchmark(compared) if compared and holds_report(compared) else None
    return Sources(
        read_cluster_notes(notes),
        read_examples(examples),
        corrections,
        vocabulary,
        read_post_marks(marks),
        benchmark,
        benchmark.digest if benchmark else "",
    )


def _find_beside(folder: Path, named: Path | None, setting: str, usual: str) -> Path:
    if named is not None and not named.is_file():
        raise SettingsError(f"There is no file {named}, which {setting} names.", "Write it, or name another.")
    return named or folder / usual


def _require_means(settings: Settings, vocabulary: Vocabulary) -> None:
    """Raise SettingsError where there is no way, or more than one, to compare own terms with images."""
    chosen, has_vectors = settings.tags, settings.embedding.vectors is not None
    if not vocabulary.terms:
        if chosen.tag_model or chosen.tag_vectors:
            raise SettingsError("--tag-model and --tag-vectors are for terms of your own.", "Name their file: --tags.")
        return
    if bool(chosen.tag_model) == bool(chosen.tag_vectors):
        raise SettingsError(
            "Your own terms need one way to be compared with images, a network or vectors.",
            "Add --tag-model clip_vit_base_patch32 or another preset of KerasHub, or --vectors and --tag-vectors with "
            "vectors that one network made of images and terms.",
        )
    if chosen.tag_vectors and not has_vectors:
        raise SettingsError(
            "--tag-vectors needs the images' vectors, made by the same network.", "Add --vectors, or use --tag-model."
        )
    if chosen.tag_vectors and vocabulary.above.count(None) < 2:
        raise SettingsError(
            f"{vocabulary.file} holds one term that is under no other: it would be given to every image.",
            "Add at least one that it competes with, such as what images show otherwise.",
        )


def find_recipe(settings: Settings) -> TextImageRecipe:
    """Return the network that compares own terms with images. Raises SettingsError if it is not there."""
    return choose_text_image(settings.tags.tag_model, settings.fetch.offline)


def digest_own_terms(settings: Settings, vocabulary: Vocabulary) -> str:
    """Return all that own terms depend on besides images, as a digest; "" without any."""
    if not vocabulary.terms:
        return ""
    vectors = settings.tags.tag_vectors
    return digest_of(vocabulary.key_text, hash_file(vectors) if vectors else find_recipe(settings).key)

"""Name subjects: what images show, and what captions say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.words.common_words import CommonWords
from generator.report.model import ShownPost
from generator.report.subject_records import Subject
from generator.tags.model import Tags

if TYPE_CHECKING:
    from generator.insights.subjects import SubjectInsights


def make_subjects(
    found: SubjectInsights | None, posts: Sequence[ShownPost], tags: Tags, words: CommonWords
) -> tuple[Subject, ...]:
    """Return the subjects that are measured, in the order of the figures' columns."""
    if found is None:
        return ()
    showing: dict[int, list[int]] = {term: [] for term in found.terms}
    for index, post in enumerate(posts):
        for term in post.tags:
            if term in showing:
                showing[term].append(index)
    images = [
        Subject("image", tags.terms[term].key, tags.terms[term].name, tuple(members))
        for term, members in showing.items()
    ]
    captions = [
        Subject("caption", said[0], ", ".join(said), tuple(np.flatnonzero(column).tolist()))
        for said, column in zip(words.words, words.said.T, strict=True)
    ]
    return (*images, *captions)

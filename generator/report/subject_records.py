"""Records of subjects: what images show, and what captions say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from generator.insights.subjects import SubjectInsights


@dataclass(frozen=True, slots=True)
class Subject:
    """What images show, or what captions say: one word, or several that are said together."""

    kind: Literal["image", "caption"]
    key: str
    name: str
    members: tuple[int, ...]  # posts

    @property
    def page(self) -> str:
        """The viewer that shows its posts, relative to the site."""
        # all words: one by itself may be in the name of a cluster, too
        found = f"t={quote(self.key)}" if self.kind == "image" else f"q={quote(self.name.replace(', ', ' '))}"
        return f"index.html#{found}"


@dataclass(frozen=True, slots=True)
class SubjectLevel:
    """The posts by subject, of which a post may have several or none. Figures know subjects by their positions."""

    groups: tuple[Subject, ...]
    figures: SubjectInsights | None
    name: Literal["subject"] = "subject"

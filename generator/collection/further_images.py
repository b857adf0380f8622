"""The further images of posts: which are taken, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from generator.collection.image_cache import ImageCache
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, FetchFailure, Outcome
from generator.images.video import MOST_SCENES
from generator.settings import Settings
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.posts import FURTHER, Post, PostTable
from generator.text import clean_line


@dataclass(frozen=True, slots=True)
class FurtherImages:
    """What became of the images of posts, by their addresses; of further ones only if all are taken.

    `refuse` says why a fetched image cannot be used.
    """

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    refuse: Callable[[FetchedImage], FetchFailure | None] = lambda image: None

    def list_shown(self, post: Post, first: str) -> dict[str, str]:
        """Return the address of each further image of a post that can be shown, by sha256; `first` is its own's."""
        shown: dict[str, str] = {}
        for text in post.more_images:
            image = self.outcomes.get(text)
            if isinstance(image, FetchedImage) and image.sha256 != first and self.refuse(image) is None:
                shown.setdefault(image.sha256, text)
        return shown

    def find_withdrawn(self, post: Post) -> tuple[str, str] | None:
        """Return the address and sha256 of a further image of the post that is withdrawn; None if none is."""
        for text in post.more_images:
            failure = self._find_failure(text)
            if failure is not None and failure.reason == "withdrawn":
                return text, failure.detail
        return None

    def _find_failure(self, text: str) -> FetchFailure | None:
        image = self.outcomes.get(text)
        return self.refuse(image) if isinstance(image, FetchedImage) else image

    def tell_lacking(self, posts: Sequence[Post], table: PostTable) -> list[Notice]:
        """Return a notice of the further images that `posts` of the table lack, if there are any."""
        lacking = []
        for post in posts:
            for place, text in enumerate(post.more_images, 2):
                failure = self._find_failure(text)
                if failure is not None:
                    why = f"{failure.reason} {clean_line(failure.detail)[:60]}".strip()
                    lacking.append(f"{table.name_row(post.place)}, image {place} of {len(post.more_images) + 1}: {why}")
        if not lacking:
            return []
        return [Notice("lacking_images", {"count": len(lacking), "examples": list_examples(lacking)})]


def takes_all(settings: Settings, recipe: Recipe) -> bool:
    """Return whether all images of posts are taken. The user's own vectors are of the first ones alone."""
    return settings.posts.images == "all" and recipe.model != "vectors"


def tell_vectorless(posts: Sequence[Post], settings: Settings, recipe: Recipe) -> list[Notice]:
    """Return a notice of the further images that are left out although all were asked for, if there are any."""
    count = sum(len(post.more_images) for post in posts)
    if settings.posts.images == "first" or takes_all(settings, recipe) or not count:
        return []
    return [Notice("vectorless_images", {"count": count})]


def find_scenes(
    posts: Sequence[Post], outcomes: Mapping[str, Outcome], image_cache: ImageCache, covers: Callable[[str], bool]
) -> dict[str, Outcome]:
    """Return the frames of other scenes of the posts' videos, as further images, by addresses of their own.

    A post of several images has these alone. `covers` tells which images are withdrawn by their sha256.
    """
    scenes: dict[str, Outcome] = {}
    for post in posts:
        video = outcomes.get(post.thumbnail)
        if post.more_images or post.format == "carousel" or not isinstance(video, FetchedImage):
            continue
        for number, frame in enumerate(image_cache.find_scenes(video.sha256), 2):
            is_gone = covers(frame.sha256)
            scenes[_name_scene(post, number)] = FetchFailure("withdrawn", frame.sha256) if is_gone else frame
    return scenes


def add_scenes(table: PostTable, outcomes: Mapping[str, Outcome]) -> PostTable:
    """Return the table, of whose posts those of a video have the frames among `outcomes` as further images."""
    posts = []
    for post in table.posts:
        names = (_name_scene(post, number) for number in range(2, MOST_SCENES + 2))
        scenes = () if post.more_images else tuple(name for name in names if name in outcomes)
        posts.append(replace(post, more_images=scenes) if scenes else post)
    return replace(table, posts=tuple(posts))


def _name_scene(post: Post, number: int) -> str:
    return f"{post.thumbnail}#scene={number}"


def list_addresses(posts: Sequence[Post], further_too: bool) -> list[str]:
    """Return the addresses of the posts' first images, then those of the further ones if they are wanted."""
    further = (text for post in posts for text in post.more_images if further_too)
    return list(dict.fromkeys([*(post.thumbnail for post in posts), *further]))


def add_further(
    shown: Sequence[tuple[Post, str]], further: FurtherImages
) -> tuple[tuple[Post, ...], tuple[str, ...], NDArray[np.intp]]:
    """Return the records, sha256 and owners of all images: those `shown`, which are posts' first, then their further.

    A further image's id names the post and the image, not its place, so that it is known again in a carousel that was
    ordered anew.
    """
    posts, images, owner = [post for post, _ in shown], [sha256 for _, sha256 in shown], list(range(len(shown)))
    for position, (post, first) in enumerate(shown):
        for sha256, address in further.list_shown(post, first).items():
            posts.append(replace(post, id=f"{post.id}{FURTHER}{sha256[:16]}", thumbnail=address, more_images=()))
            images.append(sha256)
            owner.append(position)
    return tuple(posts), tuple(images), np.array(owner, np.intp)

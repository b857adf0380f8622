"""Rows that are no post of their own: those without brand or image, repeats, and further images of one post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.spreadsheet.ids import PostKey, find_shortcode
from generator.spreadsheet.image_lists import drop_repeats
from generator.spreadsheet.posts import Place, Post, Refusal
from generator.spreadsheet.values.addresses import why_invalid


def find_fault(key: PostKey, first_places: Mapping[PostKey, Place], table: int) -> tuple[str | None, str]:
    """Return the reason why a row cannot be a post, and its detail; (None, "") if it can."""
    if not key.brand:
        return "no_brand", ""
    if not key.thumbnail:
        return "no_thumbnail", ""
    if fault := why_invalid(key.thumbnail):
        return "bad_address", fault
    if key in first_places:
        other, row = first_places[key]
        return "duplicate", f"same as row {row}" + ("" if other == table else " of another table")
    return None, ""


def join_rows(posts: Sequence[Post], refused: Iterable[Refusal] = ()) -> tuple[list[Post], list[Refusal]]:
    """Return each post once, with the images of all its rows in their order; and those `refused`, with further rows.

    Rows of one table are of one post if brand and Instagram's short code are the same; or brand, caption and the
    moment, where the address of the post does not differ.
    """
    first: dict[object, int] = {}
    joined: list[Post] = []
    refusals = list(refused)
    for post in posts:
        identity = _identify(post)
        place = first.setdefault(identity, len(joined)) if identity else len(joined)
        if place == len(joined):
            joined.append(post)
            continue
        own = joined[place]
        images = drop_repeats([own.thumbnail, *own.more_images, post.thumbnail, *post.more_images])
        is_new = len(images) > 1 + len(own.more_images)
        reason, detail = ("further_image", "of the post on") if is_new else ("duplicate", "same as")
        joined[place] = replace(
            own,
            more_images=tuple(images[1:]),
            format=own.format if own.format == "video" or len(images) < 2 else "carousel",
        )
        refusals.append(
            Refusal(
                post.row,
                reason,
                f"{detail} row {own.row}",
                post.brand,
                post.thumbnail,
                post.permalink,
                post.table,
            )
        )
    return joined, sorted(refusals, key=lambda refusal: refusal.place)


def _identify(post: Post) -> object:
    """Return what rows of one post share; None if nothing tells the post from others."""
    if code := find_shortcode(post.permalink or ""):
        return post.table, post.brand, code
    moment = post.published
    if not post.caption or moment is None or post.precision != "second" or moment.time() == moment.min.time():
        return None
    return post.table, post.brand, post.permalink, post.caption, moment

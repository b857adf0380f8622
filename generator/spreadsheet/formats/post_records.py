"""Records of posts as rows: flattened, with all pictures of the post, its address, and the account that it is of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.spreadsheet.formats.record_fields import (
    Names,
    Steps,
    Trail,
    flatten,
    is_film,
    is_image,
    walk,
)
from generator.spreadsheet.formats.record_shapes import Plan, as_path, is_structure, without
from generator.spreadsheet.header_paths import is_foreign
from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.image_lists import drop_repeats
from generator.spreadsheet.place_names import find_name
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank

#: The column of pictures that stand in none of their own, and of the address made for a post.
IMAGES, PERMALINK = "image", "permalink"
_MOST_PICTURES = 50
#: Fields of the pictures of a post that are its own.
_TELLING = ("caption", "likes", "comments", "published")
_KEPT = ("thumbnail", "mapped")
_SHORTCODE = re.compile(r"[\w-]{5,64}", re.ASCII)
#: Short codes of today, where only their form says so.
_LIKELY_CODE = re.compile(r"(?=.*[A-Z])(?=.*[a-z])[\w-]{10,12}", re.ASCII)
_HASHTAG = re.compile(r"https?://\S{0,200}/(?:explore/tags|tag)/|#")
_HASHTAG_KEYS = ("name", "title", "hashtag", "tag", "url", "link", "inputUrl")
_HANDLES = frozenset({"username", "uniqueid", "handle"})
_TIKTOK_ID = re.compile(r"\d{15,22}")


@dataclass(slots=True)
class _Parents:
    """What posts lie in: an account's names and number of followers, its handles, and columns for all posts in it."""

    account: dict[str, Cell] = field(default_factory=dict)
    handles: set[str] = field(default_factory=set)
    columns: dict[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class PostRecords:
    """The posts in records, as a plan says, row by row."""

    plan: Plan
    names: Names
    empty: Counter[str] = field(default_factory=Counter)  # accounts without a post, by name
    unread: Counter[str] = field(default_factory=Counter)  # posts in lists that are not read, by the list's name
    unused: dict[str, None] = field(default_factory=dict)  # fields of the accounts around posts that are not read
    _trail: Trail = ()  # of the post before
    _parents: _Parents = field(default_factory=_Parents)  # and what it lies in

    def take(self, root: Any) -> Iterator[dict[str, Cell]]:
        """Yield the row of each post in a record at the top; one without posts has a row of its own if others have."""
        inner = [steps for steps in self.plan.posts if steps]
        found = 0
        for steps in inner:
            for record, trail in walk(root, steps):
                found += 1
                yield self._make_row(record, steps, trail) if isinstance(record, dict) else {}
        if not found and () in self.plan.posts:
            yield self._make_row(root, (), ()) if isinstance(root, dict) else {}

    def count_unread(self, root: Any) -> None:
        """Count the accounts that have no posts, and the posts in lists that are not read."""
        if () in self.plan.posts and len(self.plan.posts) == 1 and not self.plan.others:
            return
        homes = {_find_home(steps) for steps in self.plan.posts if steps}
        if () in self.plan.posts:
            homes.discard(())
        for home in homes:
            lists = [steps[len(home) :] for steps in self.plan.posts if steps[: len(home)] == home]
            for account, _ in walk(root, home):
                if isinstance(account, dict) and not any(True for steps in lists for _ in walk(account, steps)):
                    self._count_empty(account)
        for steps, name in self.plan.others.items():
            self.unread[name] += sum(1 for _ in walk(root, steps))

    def _count_empty(self, account: Mapping[str, Any]) -> None:
        if name := self._name_account(account):
            self.empty[name] += 1

    def _name_account(self, record: Mapping[str, Any]) -> str:
        flat = {f"profile/{name}": cell for name, cell in flatten(record).items()}
        return str(flat.get(self.names.find(flat, "brand")) or "")

    def _make_row(self, record: dict[str, Any], steps: Steps, trail: Trail) -> dict[str, Cell]:
        inner = [other[len(steps) :] for other in self.plan.posts if other[: len(steps)] == steps and other != steps]
        lists = self.plan.pictures.get(steps, ())
        flat = without(flatten(record), inner)
        if lists:
            self._fold_pictures(flat, record, lists)
        if steps[-1:] == ("{}",):
            flat.update(_describe_key(trail[-1][1]))
            trail = trail[:-1]
        if trail:
            self._add_parents(flat, trail)
        if not self.names.find(flat, "permalink") and (address := self._make_address(flat)):
            flat[PERMALINK] = address
        return flat

    def _fold_pictures(self, flat: dict[str, Cell], record: dict[str, Any], lists: Sequence[Steps]) -> None:
        """Put all pictures of a post into the cell of its image, as a list in JSON."""
        starts = tuple(map(as_path, lists))
        pieces = {name: cell for name, cell in flat.items() if name.startswith(starts)}
        if not pieces:
            return
        layout = self.names.layout(tuple(flat))
        own = (name for what in _TELLING for name in layout.get(what, ()) if name not in pieces)
        if all(is_blank(flat[name]) for name in own):  # a shell around its picture, which has the caption and the date
            self._lift(flat, pieces, starts)
        for name in pieces:
            if self.names.field_of(name) not in _KEPT:
                del flat[name]
        main = self.names.find_image(flat, pieces) or self.names.find_image(flat)
        pictures = self._list_pictures(record, lists)
        first = str(flat[main]) if main and not is_film(flat[main]) else ""
        addresses = drop_repeats([first, *pictures] if first else pictures)
        if not addresses or (len(addresses) == 1 and first):
            return
        for name in pieces.keys() & flat.keys():
            flat[name] = None if self.names.field_of(name) == "thumbnail" else flat[name]
        flat[main or IMAGES] = addresses[0] if len(addresses) == 1 else json.dumps(addresses, ensure_ascii=False)

    def _lift(self, flat: dict[str, Cell], pieces: Mapping[str, Cell], starts: Sequence[str]) -> None:
        for path, cell in pieces.items():
            name = next((path[len(start) + 1 :] for start in starts if path.startswith(f"{start}/")), path)
            if self.names.field_of(name) in _TELLING and is_blank(flat.get(name)):
                flat[name] = cell

    def _list_pictures(self, record: dict[str, Any], lists: Sequence[Steps]) -> list[str]:
        found: list[str] = []
        for steps in lists:
            path = as_path(steps)
            for sample, _ in walk(record, steps):
                if isinstance(sample, str):
                    found.append(sample)
                elif isinstance(sample, dict):
                    flat = flatten(sample)
                    full = {f"{path}/{name}": cell for name, cell in flat.items()}
                    name = self.names.find_image(full) or next(
                        (key for key, cell in full.items() if is_image(cell) and not is_foreign(key)), ""
                    )
                    found.append(str(full.get(name) or ""))
                if len(found) >= _MOST_PICTURES:
                    break
        return [address for address in found if address and not is_film(address)]

    def _add_parents(self, flat: dict[str, Cell], trail: Trail) -> None:
        """Add the columns of what a post lies in.

        The names and followers of an account count if the post has no name, or has the account's handle: a list of the
        posts of several accounts may lie in an object with the name of another, such as of who made the list.
        """
        if len(trail) != len(self._trail) or any(
            one is not other for (_, one), (_, other) in zip(trail, self._trail, strict=True)
        ):
            self._trail, self._parents = trail, self._describe_parents(trail)
        names = self.names.layout(tuple(flat)).get("brand", ())
        own = {cell_text(flat[name]).casefold() for name in names if not is_blank(flat[name])}
        if not own or own & self._parents.handles:
            flat.update(self._parents.account)
        flat.update(self._parents.columns)

    def _describe_parents(self, trail: Trail) -> _Parents:
        found = _Parents()
        for place, (steps, value) in reversed(list(enumerate(trail))):
            if isinstance(value, dict):
                below = trail[place - 1][0] if place else ()
                self._describe_parent(value, as_path(below), steps[-1], found)
            elif not value.isdigit() and not is_structure(value) and find_name(value):
                found.columns["Brand" if value != value.casefold() or " " in value else "profile/username"] = value
        return found

    def _describe_parent(self, parent: Mapping[str, Any], path: str, taken: str, found: _Parents) -> None:
        """Add what names the brand in an object around posts; a hashtag's names none."""
        scalars = {key: value for key, value in parent.items() if key != taken and not isinstance(value, list)}
        if any(isinstance(value, str) and _HASHTAG.match(value) for value in map(parent.get, _HASHTAG_KEYS)):
            return
        unused = {key: None for key in parent if isinstance(parent[key], list) and parent[key] and not self._reads(key)}
        names_account = False
        for name, cell in flatten(scalars).items():
            if is_blank(cell):
                continue
            last = name.rpartition("/")[2]
            full = f"{path}/{name}".strip("/")
            if self.names.field_of(f"profile/{name}") == "brand":
                names_account = True
                found.account.setdefault(f"profile/{last}", cell)
                if normalise_header(last) in _HANDLES:
                    found.handles.add(cell_text(cell).casefold())
                    if last == name:
                        found.columns.setdefault("query", cell)
            elif self.names.field_of(f"owner/{name}") == "followers":
                found.account.setdefault("profile/followers", cell)
            elif self.names.field_of(full) == "mapped":
                found.columns.setdefault(full, cell)
            else:
                unused[name] = None
        if names_account:
            self.unused.update(unused)

    def _reads(self, key: str) -> bool:
        """Return whether a list that is called `key` holds posts or is named as unread."""
        return any(key in steps for steps in (*self.plan.posts, *self.plan.others))

    def _make_address(self, flat: Mapping[str, Cell]) -> str:
        """Return the address of a post that says its short code (Instagram) or number (TikTok); "" if it does not."""
        layout = self.names.layout(tuple(flat))
        for name in layout.get("code", ()):
            cell = flat[name]
            if isinstance(cell, str) and _SHORTCODE.fullmatch(cell):
                place, _, last = name.rpartition("/")
                start = f"{place}/" if place else ""
                likely = any(f"{start}{other}" in flat for other in ("pk", "taken_at", "media_type", "product_type"))
                if last.casefold().replace("_", "") == "shortcode" or (likely and _LIKELY_CODE.fullmatch(cell)):
                    return f"https://www.instagram.com/p/{cell}/"
        for name in layout.get("brand", ()):
            if name.endswith("author/uniqueId") and isinstance(flat[name], str):
                start = name.removesuffix("author/uniqueId")
                number = str(flat.get(f"{start}id") or "")
                if _TIKTOK_ID.fullmatch(number) and f"{start}createTime" in flat:
                    kind = "photo" if any(other.startswith(f"{start}imagePost/") for other in flat) else "video"
                    return f"https://www.tiktok.com/@{flat[name]}/{kind}/{number}"
        return ""


def _describe_key(key: str) -> dict[str, Cell]:
    """Return the columns of a post that an object keeps under a name: its short code, or perhaps its brand."""
    if _LIKELY_CODE.fullmatch(key) and any(map(str.isdigit, key)):
        return {"shortcode": key}
    return {"profile/name": key} if not any(map(str.isdigit, key)) else {}


def _find_home(steps: Steps) -> Steps:
    """Return the place of the accounts whose posts are at `steps`, () if that is the top."""
    return next((steps[:end] for end in range(len(steps) - 1, 0, -1) if steps[end - 1] in ("[]", "{}")), ())

"""Withdraw images from the table and from the cache.

Only a mark of each image remains, a digest of the sha256 of its bytes, kept under digests of the settings' entry and of
the image's address. The mark identifies the image if it comes back under another address after its bytes are gone.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import WITHDRAWN_KIND, Store, mark_image
from generator.collection.exclusion import Exclusion, exclude_posts, find_named, image_form, list_images
from generator.collection.purge import known_digests, purge_images, read_hashes
from generator.digests import digest_of
from generator.history.previous import PreviousReport, redact_posts
from generator.images.decode import ImageRefused, open_decoders
from generator.images.fetch import is_link
from generator.images.file_finder import FileFinder, locate_by
from generator.images.local_files import LocalFiles
from generator.images.places import ImagePlaces
from generator.images.video import hash_picture
from generator.insights.duplicates import FEWEST_BITS, LIMITS
from generator.processes import TaskFailed
from generator.progress import Progress
from generator.settings import Settings
from generator.spreadsheet.posts import Place, Post, PostTable

_SHA256 = re.compile("[0-9a-f]{64}")
#: Rows named in a warning at most.
_SHOWN = 8


class Withdrawal:
    """The posts and images that one build of a spreadsheet leaves out.

    Local paths of images start from `places`. Without `writes` the cache stays as it is.
    """

    def __init__(
        self, places: ImagePlaces, settings: Settings, store: Store, progress: Progress, writes: bool = True
    ) -> None:
        self.entries = settings.posts.exclude
        self.swept = False  # whether something was removed from the cache
        self._places = places
        self._root = places.folder.resolve()
        self._settings = settings
        self._store = store
        self._progress = progress
        self.writes = writes
        self._unused: list[tuple[set[str], set[str]]] = []  # of each table, unmatched entries and unclear ones
        self._hashes: set[int] = set()
        self._learnt: dict[str, set[str]] = {}  # entry -> marks of images that an earlier report shows
        self._kept = set(store.keys(WITHDRAWN_KIND))
        self._marks = {mark_image(entry) for entry in self.entries if _SHA256.fullmatch(entry)}
        self._marks.update(*(self._read(self._entry_key(entry)) for entry in self.entries))

    def beside(self, places: ImagePlaces) -> Withdrawal:
        """Return the withdrawal of the same posts from a second table, whose local images lie in `places`.

        What one of the two withdraws, the other does too.
        """
        other = copy.copy(self)  # which shares the sets
        other._places = places
        other._root = places.folder.resolve()
        self._marks.update(*(other._read(other._entry_key(entry)) for entry in self.entries))
        return other

    @property
    def key(self) -> str:
        """A digest of what a table without withdrawn posts depends on besides the spreadsheet; "" if all stay."""
        return digest_of(str(self._root), *self.entries) if self.entries else ""

    def withhold(self, previous: PreviousReport) -> PreviousReport:
        """Return an earlier report without withdrawn posts, and learn the marks of their images from it."""
        posts = previous.posts
        rows = [(post.id, post.thumbnail, post.permalink) for post in posts]
        named = find_named(rows, self.entries, self._root, self._locator(post.thumbnail for post in posts))
        self._learnt = {entry: {mark_image(posts[index].image) for index in found} for entry, found in named.items()}
        self._marks.update(*self._learnt.values())
        for entry, marks in self._learnt.items():
            if self.writes and self._entry_key(entry) in self._kept:
                self._write(self._entry_key(entry), marks)
        gone = {index for index, post in enumerate(posts) if self.covers(post.image)}.union(*named.values())
        return redact_posts(previous, gone) if self.entries else previous

    @property
    def marks(self) -> frozenset[str]:
        """The marks of all images that are withdrawn, as `mark_image` gives them."""
        return frozenset(self._marks)

    def covers(self, sha256: str) -> bool:
        """Return whether the image of this sha256 is withdrawn."""
        return bool(self._marks) and mark_image(sha256) in self._marks

    def take_out(self, table: PostTable, older: Iterable[PostTable]) -> Exclusion:
        """Return the table without withdrawn posts; remove what is newly withdrawn from the cache.

        `older` are the tables in the cache, where the same posts may have other addresses of their images.
        """
        locate = self._locator(_list_texts(table))
        exclusion = exclude_posts(table, self.entries, self._root, self._is_marked, locate)
        if self.writes:
            gone = {text for texts in exclusion.thumbnails.values() for text in texts}
            gone |= {text for row in exclusion.together for text in list_images(row)}
            keys = {*map(self._place_key, gone), *map(self._entry_key, self.entries)}
            if not keys <= self._kept:
                self._sweep(table, exclusion, gone, older)
                # links to the same images are known only now
                exclusion = exclude_posts(table, self.entries, self._root, self._is_marked, locate)
            self._lift(exclusion.table.posts)
        if exclusion.together:
            self._warn_of_same_images([row.place for row in exclusion.together], table)
        return exclusion

    def settle(self, withdrawn: Sequence[tuple[Post, str, str]], table: PostTable) -> None:
        """Remove what the cache holds of posts that turned out to show a withdrawn image.

        Each has the image's address and sha256.
        """
        if not withdrawn:
            return
        self._warn_of_same_images([post.place for post, _, _ in withdrawn], table)
        if not self.writes:
            return
        self._store.prune(["tables"])
        places: dict[str, set[str]] = {}
        for _, address, sha256 in withdrawn:
            places.setdefault(self._place_key(address), set()).add(mark_image(sha256))
        if any(not marks <= self._read(key) for key, marks in places.items()):
            self._forget({text for post, _, _ in withdrawn for text in list_images(post)})
            for key, marks in places.items():
                self._write(key, marks)

    def _locator(self, thumbnails: Iterable[str]) -> Callable[[str], str]:
        """Return what gives the path from the root of an image that is found by its name; of others, the text."""
        if not self.entries:
            return str
        return locate_by(FileFinder(self._places, [text for text in thumbnails if not is_link(text)]))

    def _is_marked(self, thumbnail: str) -> bool:
        """Return whether a link is known to lead to a withdrawn image; files are read again, since they may change."""
        return bool(self._marks) and is_link(thumbnail) and bool(self._read(self._place_key(thumbnail)) & self._marks)

    def _sweep(self, table: PostTable, exclusion: Exclusion, gone: set[str], older: Iterable[PostTable]) -> None:
        """Remove what `exclusion` names from the cache. Addresses are marked last: an interrupted run starts anew."""
        named = {entry: set(texts) for entry, texts in exclusion.thumbnails.items() if entry not in exclusion.unclear}
        for former in older:
            for entry, known in exclude_posts(former, list(named), self._root).thumbnails.items():
                named[entry].update(known)
        texts = gone.union(named, *named.values())
        finder = FileFinder(self._places, [text for text in _list_texts(table) if not is_link(text)])
        files = LocalFiles(finder, self._settings.fetch.max_bytes, self._store, keeps=False)
        marks = {text: {mark_image(sha) for sha in known_digests(text, files, self._store)} for text in texts}
        self._hashes |= self._hash_images(texts, files)
        for entry in self.entries:
            mine = {entry, *named[entry]} if entry in named else ()
            seen = self._learnt.get(entry, set()).union(*(marks[text] for text in mine))
            self._write(self._entry_key(entry), seen)
        self._marks.update(*marks.values())
        if gone or self._learnt or any(named.values()) or any(marks.values()):
            for text in set(filter(is_link, _list_texts(exclusion.table))) - gone:
                shown = {mark_image(sha256) for sha256 in known_digests(text, files, self._store)} & self._marks
                if shown:  # else it would be downloaded again, only to be recognised
                    self._write(self._place_key(text), shown)
            self._forget(texts)
        for text in gone:
            self._write(self._place_key(text), marks[text])

    def _hash_images(self, thumbnails: Iterable[str], files: LocalFiles) -> set[int]:
        """Return perceptual hashes of images that are about to be removed, from the cache or from their files."""
        hashes: set[int] = set()
        hash_file = partial(hash_picture, max_pixels=self._settings.images.max_pixels)
        with closing(open_decoders(hash_file, self._settings.images)) as decoders:
            for text in thumbnails:
                images = known_digests(text, files, self._store)
                kept = read_hashes(map(mark_image, images), self._store)
                path = None if kept or is_link(text) else files.find(text)[1]
                if isinstance(path, Path):
                    with suppress(OSError, ImageRefused, MemoryError, TaskFailed):
                        kept = {decoders.run(path)}
                hashes |= kept
        return hashes

    def _forget(self, thumbnails: set[str]) -> None:
        purge_images(self._marks, thumbnails, self._root, self._store)
        self.swept = True

    def _lift(self, posts: Iterable[Post]) -> None:
        """Forget the marks of posts that are no longer withdrawn, so that their next withdrawal starts anew."""
        if not self._kept:
            return
        places = {self._place_key(text) for post in posts for text in list_images(post)}
        lifted = {key for key in places & self._kept if not self._read(key) & self._marks}
        for key in lifted:
            self._store.remove(WITHDRAWN_KIND, key)
            self._kept.discard(key)
        if lifted:
            self._store.prune(["tables"])

    def _entry_key(self, entry: str) -> str:
        # a local path means another image in another folder
        return digest_of("entry", "" if is_link(entry) else str(self._root), entry)

    def _place_key(self, thumbnail: str) -> str:
        return digest_of("place", image_form(thumbnail, self._root))

    def _read(self, key: str) -> set[str]:
        kept = self._store.get(WITHDRAWN_KIND, key) if key in self._kept else None
        return set(json.loads(kept)) if kept else set()

    def _write(self, key: str, marks: set[str]) -> None:
        self._store.put(WITHDRAWN_KIND, key, json.dumps(sorted(marks | self._read(key))).encode())
        self._kept.add(key)

    def note_unused(self, unmatched: Iterable[str], unclear: Iterable[str]) -> None:
        """Keep which entries withdrew nothing from a table."""
        self._unused.append((set(unmatched), set(unclear)))

    def warn_of_unused(self) -> None:
        """Warn about entries that name no row of any table, and those that name several files of one."""
        unmatched = set.intersection(*(of_table for of_table, _ in self._unused)) if self._unused else set()
        unclear = {entry for _, of_table in self._unused for entry in of_table}
        for entry in (one for one in self.entries if one in unmatched):
            if not _SHA256.fullmatch(entry):
                self._progress.warn(
                    f"[posts] exclude names {entry}, but no row of the spreadsheet matches. "
                    "If the row was removed there, all is well; if not, check how it is written."
                )
        for entry in (one for one in self.entries if one in unclear):
            self._progress.warn(
                f"[posts] exclude names {entry}, but several files have this name, and none was withdrawn. "
                "Give its path as in the spreadsheet."
            )

    def warn_of_copies(self, posts: Sequence[Post], hashes: Callable[[], NDArray[np.uint64]], table: PostTable) -> None:
        """Warn about `posts` of `table`, of perceptual hashes `hashes` (n,), that look nearly like withdrawn images."""
        telling = [value for value in self._hashes if FEWEST_BITS <= value.bit_count() <= 64 - FEWEST_BITS]
        if telling:
            most = LIMITS[0][0]
            pairs = zip(posts, hashes().tolist(), strict=True)
            alike = [p.place for p, value in pairs if any((value ^ other).bit_count() <= most for other in telling)]
            if alike:
                self._progress.warn(
                    f"Nearly like a withdrawn image, and still in the report: {_list_rows(alike, table)}. "
                    "Look at them, and name under [posts] exclude those that show the same picture."
                )

    def _warn_of_same_images(self, places: Sequence[Place], table: PostTable) -> None:
        self._progress.warn(f"Withdrawn too, because they show a withdrawn image: {_list_rows(places, table)}.")


def _list_texts(table: PostTable) -> set[str]:
    """Return the addresses of all images of a table."""
    return {text for rows in (table.posts, table.refusals) for row in rows for text in list_images(row)}


def _list_rows(places: Sequence[Place], table: PostTable) -> str:
    """Return how many rows there are, and the first of them, with their tables where there are several, in words."""
    first = sorted(places)[:_SHOWN]
    names = [table.name_row(place) if len(table.tables) > 1 else str(place[1]) for place in first]
    shown = ", ".join(names) + (", …" if len(places) > _SHOWN else "")
    return f"{len(places):,} {'row' if len(places) == 1 else 'rows'} ({shown})"

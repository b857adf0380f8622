"""The files of an account's own archive from Instagram, told by their names, in a zip or a folder.

Posts are in `content/posts_1.json`, later in `your_instagram_activity/content/` or `your_instagram_activity/media/`;
their images in `media/posts/`, perhaps in another part of a large archive.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

_PLACE = r"(?P<top>(?:[^/]+/){0,4}?)(?P<activity>your_instagram_activity/)?(?:content|media)/"
#: Lists of posts, and of films that stand among them.
POSTS = re.compile(rf"{_PLACE}(?P<kind>posts|reels|igtv_videos)(?:_(?P<number>\d{{1,6}}))?\.json")
PAGES = re.compile(rf"{_PLACE}(?:posts|reels)(?:_\d{{1,6}})?\.html")
#: Lists of the account's other media, by their files, which are no public posts.
OTHERS = re.compile(
    rf"{_PLACE}(?P<kind>archived_posts|stories|profile_photos|recently_deleted_content|other_content|reposts)"
    r"(?:_\d{1,6})?\.json"
)
#: Folders of media in any part of an archive.
MEDIA = re.compile(
    r"(?P<top>(?:[^/]+/){0,4}?)media/(?:posts|stories|reels|igtv|archived_posts|profile|recently_deleted|other|direct)/.+"
)
#: Folders that lie beside the media.
_FOLDERS = frozenset({"your_instagram_activity", "media", "content", "messages"})
_OWN_ENDINGS = (".json", ".html", ".txt", ".css", ".js", ".svg")
#: Conversations, in the archives of Instagram and Facebook.
_PRIVATE = re.compile(
    r"(?:^|/)messages/(?:inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover|broadcast)/",
    re.IGNORECASE,
)
PROFILE = re.compile(r"(?:.*/)?personal_information\.json")


def is_instagram_archive(members: Collection[str]) -> bool:
    """Return whether files are an account's own archive, of JSON or of web pages, or a part of one."""
    if any(POSTS.fullmatch(name) or PAGES.fullmatch(name) for name in members):
        return True
    return any((match := OTHERS.fullmatch(name)) and match["activity"] for name in members) or is_part(members)


def is_part(members: Collection[str]) -> bool:
    """Return whether files are the media of an archive without its lists of posts."""
    if any(map(POSTS.fullmatch, members)):
        return False
    media = sum(MEDIA.fullmatch(name) is not None for name in members)
    return media > 0 and media == sum(not name.lower().endswith(_OWN_ENDINGS) for name in members)


def find_archives(files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the archives among the files of a folder: the folder of each, and its lists and profile, as paths from it.

    A list that is not numbered might be another program's, unless it lies where Instagram's do.
    """
    tops = {
        match["top"]
        for name in files
        if (match := POSTS.fullmatch(name)) and (match["activity"] or (match["kind"] == "posts" and match["number"]))
    }
    found: dict[str, list[str]] = {top: [] for top in sorted(tops)}
    for name in files if tops else ():
        top = max((top for top in tops if name.startswith(top)), key=len, default=None)
        if top is not None and any(form.fullmatch(name[len(top) :]) for form in (POSTS, OTHERS, PROFILE)):
            found[top].append(name[len(top) :])
    return {top.rstrip("/"): tuple(lists) for top, lists in found.items()}


def belongs_to(path: str, tops: Iterable[str]) -> bool:
    """Return whether a file is one of the archives whose folders are `tops`, or lies in a further part of them."""
    for top in tops:
        start = f"{top}/" if top else ""
        if path.startswith(start):
            inside = path[len(start) :]
            if inside.partition("/")[0] in _FOLDERS or inside.lower().endswith(_OWN_ENDINGS):
                return True
    return MEDIA.fullmatch(path) is not None


def is_private(path: str) -> bool:
    """Return whether a file is of a conversation, which is neither read nor named, be it an archive's or a copy's."""
    return _PRIVATE.search(path) is not None

"""An account's own archive from Instagram, in the layouts of 2021 and later: a zip, several parts, or a folder.

https://help.instagram.com/181231772500920 tells how to get one. Posts are in `content/posts_1.json`, later in
`your_instagram_activity/content/` or `your_instagram_activity/media/`; their images in `media/posts/`, perhaps in
another part of a large archive. Instagram writes UTF-8 in them as if it were Latin-1, which is repaired as in any
table. See https://github.com/pixelfed/pixelfed/pull/5822 and https://github.com/pixelfed/pixelfed/issues/4555.
Messages, likes and the like in it are private, or of other accounts, and never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from generator.errors import SpreadsheetError
from generator.spreadsheet.archive_files import MEDIA, OTHERS, PAGES, POSTS, PROFILE, is_part
from generator.spreadsheet.formats.json_texts import parse_json
from generator.spreadsheet.formats.records import make_table, replace_notices
from generator.spreadsheet.formats.tables import HeaderScore, Table
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.notices import Notice

_FILM = re.compile(r".+\.(?:mp4|mov|m4v|webm)", re.IGNORECASE)
#: What the fields of a profile are called in the languages of archives.
_NAMES = ("Name", "Nom", "Nombre", "Nome", "Naam")
_HANDLES = (
    "Username", "Nom d’utilisateur", "Nom d'utilisateur", "Benutzername", "Nombre de usuario", "Nome utente",
    "Nome de usuário", "Nome de utilizador", "Gebruikersnaam",
)  # fmt: skip


class Archive(Protocol):
    """An archive: a zip, or a folder that one was unpacked to."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def members(self) -> Collection[str]:
        """The names of its files, with /."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes. Raises ValueError if they are too many."""

    def check_sizes(self, names: Sequence[str]) -> None:
        """Raise SpreadsheetError if files hold too much."""

    def address(self, name: str) -> str:
        """Return the address of an image in it; "" if it has no such file."""


def read_instagram_archive(archive: Archive, header_score: HeaderScore, parts: Sequence[Archive] = ()) -> Table:
    """Return the table of the posts in an account's own archive, with the account where the archive says it.

    Images may lie in other `parts`, and so may the account. Stories and the like are named in a notice. Raises
    SpreadsheetError for an archive without posts, or of web pages.
    """
    found = [match for name in archive.members if (match := POSTS.fullmatch(name))]
    if not found:
        raise _explain_postless(archive)
    others = {match[0]: match["kind"] for name in archive.members if (match := OTHERS.fullmatch(name))}
    archive.check_sizes([*(match[0] for match in found), *others])
    account = next(filter(None, map(_find_account, (archive, *parts))), {})
    elsewhere = {
        name[len(match["top"]) :]: part.address(name)
        for part in parts
        for name in part.members
        if (match := MEDIA.fullmatch(name))
    }
    posts: list[Any] = []
    for match in sorted(found, key=lambda match: (match["top"], match["kind"], int(match["number"] or 0))):
        place = partial(_place, archive, match["top"], elsewhere)
        posts += (_describe_post(post, place, account) for post in _list_entries(archive, match[0]))
    if not posts:
        raise SpreadsheetError(f"{archive.name} holds no post.", "Ask Instagram for all of your posts.")
    notices = []
    if counts := {kind: sum(1 for _ in _list_entries(archive, name)) for name, kind in others.items()}:
        names = ", ".join(f"{kind} ({count})" for kind, count in counts.items() if count)
        notices += [Notice("unread_lists", {"where": archive.name, "names": names})] if names else []
    return replace_notices(make_table(posts, archive.name, header_score), notices)


def _explain_postless(archive: Archive) -> SpreadsheetError:
    if any(map(PAGES.fullmatch, archive.members)):
        return SpreadsheetError(
            f"{archive.name} is an archive of web pages (HTML), which are made to be looked at.",
            "Ask Instagram for your information again, and choose the format JSON.",
        )
    if is_part(archive.members):
        return SpreadsheetError(
            f"{archive.name} is a part of an Instagram archive, without its list of posts.",
            "Put all parts into one folder, and give that folder, or give all parts at once.",
        )
    return SpreadsheetError(f"{archive.name} holds no list of posts.", "Ask Instagram for all of your posts.")


def _find_account(archive: Archive) -> dict[str, str]:
    profiles = [name for name in archive.members if PROFILE.fullmatch(name)]
    archive.check_sizes(profiles)
    return next(map(_read_account, (_parse(archive, name) for name in profiles)), {})


def _parse(archive: Archive, name: str) -> Any:
    data = archive.read(name)
    try:
        values = parse_json(data.decode(json.detect_encoding(data))).values
    except ValueError as error:
        raise ValueError(f"{name} in it: {error}") from error
    return values[0] if len(values) == 1 else values


def _list_entries(archive: Archive, name: str) -> Iterator[Any]:
    """Yield the entries of a list, which newer archives put into an object."""
    content = _parse(archive, name)
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), [content])
    yield from content if isinstance(content, list) else ()


def _describe_post(post: Any, place: Callable[[str], str], account: Mapping[str, str]) -> Any:
    """Return a post with the account, its images as `place` addresses them, its caption and its time.

    Of a post of one medium the medium has these. A film is named if it is all that the post has.
    """
    if not isinstance(post, dict):
        return post
    listed = post.get("media")
    media = [_place_media(one, place) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    first: Mapping[str, Any] = media[0] if media else {}
    own = {
        "title": post.get("title")
        or _find_caption(post.get("label_values"))
        or (first.get("title") if media else None),
        "creation_timestamp": post.get("creation_timestamp")
        or post.get("timestamp")
        or first.get("creation_timestamp"),
    }
    uris = [uri for one in media if isinstance(uri := one.get("uri"), str)]
    images = {"video_url": uris[0]} if uris and all(map(_FILM.fullmatch, uris)) else {"media": media}
    rest = {key: value for key, value in post.items() if key not in ("media", "timestamp", "label_values", *own)}
    return {**images, **own, **rest, **{f"profile/{key}": value for key, value in account.items()}}


def _find_caption(labels: Any) -> str:
    """Return the caption among the labels and values that newer archives write."""
    for entry in labels if isinstance(labels, list) else ():
        if isinstance(entry, dict) and isinstance(label := entry.get("label"), str):
            value = entry.get("value")
            if isinstance(value, str) and "caption" in known_fields((_undo_latin(label),), {}):
                return value
    return ""


def _place_media(media: Mapping[str, Any], place: Callable[[str], str]) -> Mapping[str, Any]:
    uri = media.get("uri")
    if not isinstance(uri, str) or not uri:
        return media
    if "." in uri.rpartition("/")[2]:
        return {**media, "uri": place(uri)}
    # some media have no ending (https://github.com/pixelfed/pixelfed/issues/4829), by which an image is known otherwise
    return {**media, "uri": None, "thumbnail": place(uri)}


def _place(archive: Archive, top: str, elsewhere: Mapping[str, str], uri: str) -> str:
    """Return the address of what an archive calls `uri`; the same if it is in none of its parts."""
    return archive.address(f"{top}{uri}") or archive.address(uri) or elsewhere.get(uri) or uri


def _read_account(content: Any) -> dict[str, str]:
    """Return the name and handle of an account from `personal_information.json`."""
    users = content.get("profile_user") if isinstance(content, dict) else None
    user = users[0] if isinstance(users, list) and users and isinstance(users[0], dict) else {}
    fields = user.get("string_map_data")
    found: dict[str, str] = {}
    for label, entry in fields.items() if isinstance(fields, dict) else ():
        value = entry.get("value") if isinstance(entry, dict) else None
        if isinstance(value, str) and value.strip():
            plain = _undo_latin(label)
            if plain in _NAMES:
                found["full_name"] = value
            elif plain in _HANDLES:
                found["username"] = value
    return found


def _undo_latin(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text

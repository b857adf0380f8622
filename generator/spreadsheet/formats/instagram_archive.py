"""An account's own archive from Instagram, in the layouts of 2021 and 2023.

https://help.instagram.com/181231772500920 tells how to get one. Posts are in `content/posts_1.json`, later in
`your_instagram_activity/content/` or `your_instagram_activity/media/`; their images in `media/posts/`. Instagram writes
UTF-8 in them as if it were Latin-1, which is repaired as in any table. See
https://github.com/pixelfed/pixelfed/pull/5822 and https://github.com/pixelfed/pixelfed/issues/4555.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats.json_texts import parse_json
from generator.spreadsheet.formats.packed import Packed
from generator.spreadsheet.formats.records import make_table, replace_notices
from generator.spreadsheet.formats.tables import HeaderScore, Table
from generator.spreadsheet.notices import Notice

_PLACE = r"(?P<top>(?:[^/]+/)?)(?:your_instagram_activity/)?(?:content|media)/"
_POSTS = re.compile(rf"{_PLACE}posts(?:_(?P<number>\d{{1,6}}))?\.json")
_PAGES = re.compile(rf"{_PLACE}posts(?:_\d{{1,6}})?\.html")
#: Lists of the account's other media, by their files. Films have no image, and the rest is not public.
_OTHERS = re.compile(
    rf"{_PLACE}(?P<kind>archived_posts|stories|reels|igtv_videos|profile_photos|recently_deleted_content|other_content|"
    r"reposts)(?:_\d{1,6})?\.json"
)
_PROFILE = re.compile(r"(?:.*/)?personal_information\.json")
#: What the fields of a profile are called in the languages of archives.
_NAMES = ("Name", "Nom", "Nombre", "Nome", "Naam")
_HANDLES = (
    "Username", "Nom d’utilisateur", "Nom d'utilisateur", "Benutzername", "Nombre de usuario", "Nome utente",
    "Nome de usuário", "Nome de utilizador", "Gebruikersnaam",
)  # fmt: skip


def is_instagram_archive(packed: Packed) -> bool:
    """Return whether an archive is an account's own, of JSON or of web pages."""
    return any(_POSTS.fullmatch(name) or _PAGES.fullmatch(name) for name in packed.members)


def read_instagram_archive(packed: Packed, header_score: HeaderScore) -> Table:
    """Return the table of the posts in an account's own archive, with the account where the archive says it.

    Stories and the like are named in a notice. Raises SpreadsheetError for an archive of web pages.
    """
    found = [match for name in packed.members if (match := _POSTS.fullmatch(name))]
    if not found:
        raise SpreadsheetError(
            f"{packed.path.name} is an archive of web pages (HTML), which are made to be looked at.",
            "Ask Instagram for your information again, and choose the format JSON.",
        )
    others = {match[0]: match["kind"] for name in packed.members if (match := _OTHERS.fullmatch(name))}
    profiles = [name for name in packed.members if _PROFILE.fullmatch(name)]
    packed.check_sizes([*(match[0] for match in found), *others, *profiles])
    account = next(map(_read_account, (_parse(packed, name) for name in profiles)), {})
    posts: list[Any] = []
    for match in sorted(found, key=lambda match: (match["top"], int(match["number"] or 0))):
        posts += (_describe_post(post, packed, match["top"], account) for post in _list_entries(packed, match[0]))
    if not posts:
        raise SpreadsheetError(f"{packed.path.name} holds no post.", "Ask Instagram for all of your posts.")
    notices = []
    if counts := {kind: sum(1 for _ in _list_entries(packed, name)) for name, kind in others.items()}:
        names = ", ".join(f"{kind} ({count})" for kind, count in counts.items() if count)
        notices += [Notice("unread_lists", {"where": packed.path.name, "names": names})] if names else []
    return replace_notices(make_table(posts, packed.path.name, header_score), notices)


def _parse(packed: Packed, name: str) -> Any:
    data = packed.read(name)
    try:
        values = parse_json(data.decode(json.detect_encoding(data))).values
    except ValueError as error:
        raise ValueError(f"{name} in it: {error}") from error
    return values[0] if len(values) == 1 else values


def _list_entries(packed: Packed, name: str) -> Iterator[Any]:
    """Yield the entries of a list, which newer archives put into an object."""
    content = _parse(packed, name)
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), [content])
    yield from content if isinstance(content, list) else ()


def _describe_post(post: Any, packed: Packed, top: str, account: Mapping[str, str]) -> Any:
    """Return a post with the account, and its images as members of the archive."""
    if not isinstance(post, dict):
        return post
    media = post.get("media")
    if isinstance(media, list):
        post = {**post, "media": [_place_image(one, packed, top) for one in media]}
    return {**post, **{f"profile/{key}": value for key, value in account.items()}}


def _place_image(media: Any, packed: Packed, top: str) -> Any:
    uri = media.get("uri") if isinstance(media, dict) else None
    member = next((name for name in (f"{top}{uri}", uri) if name in packed.members), None) if uri else None
    return {**media, "uri": f"{packed.path.name}#{member}"} if member else media


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

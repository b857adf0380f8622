"""Headers of nested records: what a path such as `node/owner/username` leads to.

The last parts of a path name a value, and the parts before them what it belongs to. A known header counts at any depth
if those parts do not say that it belongs to something else: `comments/0/text` is no caption, and
`taggedUsers/0/full_name` no brand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

#: Separators of paths. White space around one means that a person wrote it between words: "Likes / Comments".
_SEPARATOR = re.compile(r"\s>\s|(?<=\S)(?:[/.|:\[\]>]+|__+|_(?=\d+_)|(?<=_\d)_|(?<=_\d\d)_)(?=\S)|[\[\]]+$")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
_GAP = re.compile(r"[\s_/.-]+|(?<=[a-z])(?=[A-Z])")
_QUALIFIED = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]*)[)\]]\s*")
#: A number that people put before each header: "2. Image".
_NUMBERED = re.compile(r"\d{1,2}\s?[.)]\s+(?=\S)")
_LONGEST = 200
#: Letters of the ends of names that are compared first.
_END = 5
#: Characters of a normalised known name.
LONGEST_NAME = 60
_MOST_PARTS = 20


def split_words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


#: Parts of a path whose values are not the post's own.
_FOREIGN = split_words("""comment comments commenter like likes liked reaction reactions reply replies answer answers
    tagged tag tags usertags usertag mention mentions mentioned coauthor coauthors collaborator collaborators invited
    music audio sound sounds song location locations place venue hashtag hashtags challenge challenges sponsor
    sponsors sponsored likers liker facepile viewer viewers related suggested similar recommended chaining parent
    quoted reposted repost ad ads product products poll highlight highlights playlist effect effects sticker stickers
    subtitle subtitles avatar pic icon logo follower followers following previous avg average mean median max min
    target goal rate alt friend friends fundraiser bio biography entities board domain article duet stitch anchors
    friendship gating""")
#: Parts that hold the pictures of a post, whose first may stand for it.
_CHILD = split_words("child children sidecar carousel slide slides")
_OWNER = split_words("owner user author account page profile channel creator publisher pinner poster influencer")
#: Parts that only wrap a post.
_POST = split_words("""post posts media node nodes item items data edge edges result results record records entry
    entries row rows doc document object graphql graph image images shortcode timeline feed latest recent top reel
    reels video videos photo photos pin pins tiktok tiktoks attributes fields properties payload response raw value
    values stat stats statistics engagement metric metrics insights interaction interactions counts count details info
    infos meta xdt api web source hits list publication publications beitrag""")
#: Last words of a part with an owner that still wrap posts: `edge_owner_to_timeline_media`, `userPosts`.
_POSTS = split_words("media post posts feed timeline item items photo photos image images video videos pin pins")
#: Parts that hold files, whose address and name are not the post's.
_FILES = split_words("image images video videos photo photos picture pictures thumbnail thumbnails cover covers media")
#: Words that people and programs put before a header of a post, apart from it by a space or otherwise.
_SPACED = split_words("post posts ig instagram insta tiktok pinterest reel reels")
_JOINED = _SPACED | split_words("node data item result record entry graphql shortcode media edge edges raw api source")
#: Words in brackets after a header that leave its meaning: "Posted (UTC)", "Likes (#)".
_QUALIFIERS = split_words("""utc gmt cet cest local total count number nombre anzahl aantal numero nb url link lien file
    fichier path sum n text texte optional required instagram ig en fr de es it pt nl dd mm yyyy yy jj aaaa tt iso""")
#: Names too common to count below a part that is not known to wrap a post.
_WEAK = split_words("""text texte texto testo tekst title titre titel body content data date datum fecha created url
    link image images img photo photos picture media cover file filename path pad message description desc count likes
    comments name page account author input body subject multimedia timestamp type typ typename format art tipo
    contenttype contentformat""")

#: How near a header is to a known one: the same, below parts that wrap a post, or below unknown parts.
EXACT, WRAPPED, LOOSE = range(3)


@dataclass(frozen=True, slots=True)
class Path:
    """A way to read a header: the known name that it ends in, and how it leads there."""

    name: str  # normalised
    nearness: int = EXACT
    depth: int = 0  # parts before the name
    child: bool = False  # of a picture inside a post
    owner: bool = False  # below the owner of a post


class Names:
    """Normalised names that are known, and how they end, which spares most texts a closer look."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._ends = frozenset(name[-_END:] for name in self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def may_end(self, text: str) -> bool:
        """Return whether a name may stand at the end of a normalised text."""
        return any(text[-length:] in self._ends for length in range(1, _END + 1))


def read_path(header: str, normalise: Callable[[str], str], known: Names) -> Path | None:
    """Return the longest known name at the end of a header that belongs to a post or its owner; None if there is none.

    `normalise` makes a header comparable with `known`.
    """
    if not header or len(header) > _LONGEST:
        return None
    whole = normalise(header)
    if whole in known:
        return Path(whole)
    if header.endswith((")", "]")) and (match := _QUALIFIED.fullmatch(header)) and set(_words(match[2])) <= _QUALIFIERS:
        name = normalise(match[1])
        return Path(name, WRAPPED) if name in known else read_path(match[1], normalise, known)
    if numbered := _NUMBERED.match(header):
        return read_path(header[numbered.end() :], normalise, known)
    if not known.may_end(whole):
        return None
    parts = split_path(header)
    if len(parts) > 1:
        plain = [normalise(part) for part in parts]
        for first in range(1, len(parts)):
            name = "".join(plain[first:])
            if len(name) <= LONGEST_NAME and name in known:
                return _judge(name, parts[:first])
    return _strip_words(header, normalise, known)


def split_path(header: str) -> list[str]:
    """Return the parts of a header: `latestPosts`, `0`, `displayUrl`; the header alone if it is no path."""
    parts = [part for part in _SEPARATOR.split(header.strip()) if part.strip()]
    return parts if len(parts) <= _MOST_PARTS else [header]


def is_foreign(part: str) -> bool:
    """Return whether what stands below `part` is not the post's own, such as its comments or its music."""
    return any(word in _FOREIGN for word in _words(part))


def _judge(name: str, before: list[str]) -> Path | None:
    """Return the path to a name below the parts `before`; None if they hold something else than the post."""
    nearest, child = "", False
    holder: tuple[str, ...] = ()
    for part in reversed(before):
        words = _words(part)
        if any(word in _FOREIGN for word in words):
            return None
        if any(word.isdigit() and int(word) > 0 and word == part.strip() for word in words):
            return None  # the second of a list
        child = child or any(word in _CHILD for word in words)
        if not nearest and (nearest := _kind(words)):
            holder = words
    if child and nearest != "owner":
        return Path(name, WRAPPED, len(before), child=True)
    if nearest == "owner":
        return Path(name, WRAPPED, len(before), owner=True)
    if nearest == "post" and not (name in _WEAK and _FILES.intersection(holder)):
        return Path(name, WRAPPED, len(before))
    return None if name in _WEAK else Path(name, LOOSE, len(before))


def _kind(words: tuple[str, ...]) -> str:
    """Return what a part of a path holds: "post", "owner", or "" if that is not known."""
    if any(word in _OWNER for word in words):
        return "post" if words[-1] in _POSTS else "owner"
    return "post" if any(word in _POST for word in words) else ""


def _strip_words(header: str, normalise: Callable[[str], str], known: Names) -> Path | None:
    """Return the path to a name behind words that only wrap a post: `node_display_url`, "Instagram likes"."""
    words = [word for word in _GAP.split(header.strip()) if word]
    wrapping = _SPACED if " " in header.strip() else _JOINED
    for first in range(1, min(len(words), 8)):
        if words[first - 1].casefold() not in wrapping and not words[first - 1].isdigit():
            return None
        name = normalise(" ".join(words[first:]))
        if name in known and (name not in _WEAK or words[first - 1].casefold() in _SPACED):
            return Path(name, WRAPPED, first)
    return None


@lru_cache(maxsize=4096)
def _words(part: str) -> tuple[str, ...]:
    # "media_or_ad" wraps any post in the feed of Instagram's own API
    return tuple(word.casefold() for word in _WORD.findall(part.replace("media_or_ad", "media")))

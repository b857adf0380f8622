"""One spelling of a brand: what it shows, and what it has in common with others that are certainly the same."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from generator.text import clean_line

#: Longer texts are no names, and compared as they are.
LONGEST = 100

_MARKS = re.compile("[®™©℠]|\\((?:r|tm|c)\\)", re.IGNORECASE)
#: Emoji, with what joins them, and marks of direction.
_EMOJI = re.compile("(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f1e6-\U0001faff][\ufe0e\ufe0f\u200d]*)+|[\u200e\u200f]")
_QUOTES = re.compile(r"[\"“”„«»‹›]")
_EDGES = re.compile(r"\A[\s:;,]+|[\s:;,]+\Z")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)  # without ; it may be a name
_ORDINARY = re.compile("[^&;\u3000\uff01-\uff9f\uffe0-\uffe6]*")
_WIDE = re.compile("[\u3000\uff01-\uff9f\uffe0-\uffe6]+")
_APOSTROPHES = re.compile("['’‘‛`´ʼʹ′＇]")
_LETTER_DOTS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
#: Kinds of hyphens, dots and underscores, which part words as spaces do.
_GAPS = re.compile("[\\s.·•_\u00ad\u058a\u2010-\u2015\u2212\u30fb\uff65~-]+")
_BETWEEN = re.compile(r"(?<=[^\W_])\s*[&+]\s*(?=[^\W_])")
_AND = frozenset({"&", "+", "et", "and", "und"})
_DIGITS = re.compile(r"\d+")
#: Names of accounts on Instagram, TikTok, Threads and Pinterest are such: 1 to 30 letters, digits, dots, underscores.
_HANDLE = re.compile(r"[a-z0-9._]{1,30}", re.ASCII)
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|m\.|[a-z]{2}\.|[a-z]{2}-[a-z]{2}\.)?(?:instagram\.com|instagr\.am|tiktok\.com|threads\.net|threads\.com"
    r"|facebook\.com|fb\.com|pinterest\.[a-z.]{2,6}|x\.com|twitter\.com|youtube\.com)/+@?([\w.%-]{1,60})/?(?:[?#].*)?",
    re.IGNORECASE,
)
#: First parts of addresses that lead to no profile.
_NO_PROFILE = frozenset(
    """p reel reels tv explore stories s accounts about direct hashtag tag t video watch groups pages events pin search
    profile.php permalink.php home intent i share channel c user playlist discover login legal privacy photo photos
    posts developer web embed story.php""".split()  # noqa: SIM905
)
#: Letters that Unicode does not take apart; typists write the right side.
_WHOLE = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as someone wrote it."""

    written: str
    shown: str  # without entities, full-width forms and the address around a handle
    key: str  # without case, accents, spaces and kinds of signs: spellings with other keys are other names
    accents: tuple[tuple[int, str], ...]  # position in the key and accent
    handle: str  # the account, in lower case, if the spelling can be one: `@hotel.dore`, its address, `hotel.dore`


@lru_cache(maxsize=10_000)
def read_spelling(written: str) -> Spelling:
    """Return what a name holds. `written` is a clean line."""
    if len(written) > LONGEST:
        return keep_spelling(written)
    shown = undo_forms(written)
    handle = find_handle(shown)
    if handle and not shown.startswith("@"):
        shown = handle  # which stood in an address
    key, accents = _fold(shown.removeprefix("@") or shown)
    return Spelling(written, shown, key, accents, handle or as_handle(shown))


def keep_spelling(written: str) -> Spelling:
    """Return a name that has nothing in common with others but for case."""
    return Spelling(written, written, written.casefold(), (), "")


def undo_forms(text: str) -> str:
    """Return a name without entities (`&amp;`, also `&amp;amp;`) and full-width or half-width letters."""
    plain = text
    for _ in range(0 if _ORDINARY.fullmatch(text) else 4):
        before, plain = plain, _WIDE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), plain)
        plain = _ENTITY.sub(lambda match: html.unescape(match[0]), plain)
        if plain == before:
            break
    return text if plain == text else clean_line(plain) or text


def drop_marks(text: str) -> str:
    """Return a name without ®, ™, ©, emoji and quotes, and without colons and commas around it."""
    for marks in (_MARKS, _EMOJI, _QUOTES):
        text = clean_line(marks.sub(" ", text)) or text
    return _EDGES.sub("", text) or text


def find_handle(text: str) -> str:
    """Return the account that `@name` or the address of a profile names, in lower case; "" for other texts."""
    if text.startswith("@"):
        name = text[1:].strip()
        return name.lower() if name and not re.search(r"\s|@", name) else ""
    match = _ADDRESS.fullmatch(text.strip()[:LONGEST]) if "/" in text else None
    if match is None:
        return ""
    name = unquote(match[1]).lower().strip(".")
    return "" if name in _NO_PROFILE else name


def as_handle(text: str) -> str:
    """Return `text` if it can be the name of an account as it stands, else ""."""
    return text if _HANDLE.fullmatch(text) and any("a" <= letter <= "z" for letter in text) else ""


def digits_of(key: str) -> tuple[str, ...]:
    """Return the numbers in a key; names with other numbers are other names."""
    return tuple(_DIGITS.findall(key))


def split_words(shown: str) -> list[str]:
    """Return the words of a name, without case, accents and signs; each form of "and" is "&"."""
    # apostrophes first: the form ´ is taken apart into a space and an accent
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", drop_marks(shown))).casefold()
    text = _LETTER_DOTS.sub(lambda match: match[0].replace(".", ""), text)
    text = _BETWEEN.sub(" & ", text)
    words = _GAPS.sub(" ", text).split()
    last = len(words) - 1
    if _AND.isdisjoint(words):
        return words
    return ["&" if word in _AND and 0 < place < last else word for place, word in enumerate(words)]


def _fold(shown: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a name's key and its accents."""
    words = split_words(shown)
    if not words:
        return shown.casefold(), ()
    key: list[str] = []
    accents: list[tuple[int, str]] = []
    for word in words:
        if word.isascii() and not (key and key[-1][-1].isdigit()):
            key += word
            continue
        if key and key[-1][-1].isdigit() and word[0].isdigit():
            key.append(" ")  # 1 2 is not 12
        for letter in unicodedata.normalize("NFKD", word):
            if unicodedata.combining(letter) and key and _takes_accents(key[-1]):
                accents.append((len(key) - 1, letter))
            elif letter in _WHOLE:
                accents.append((len(key), letter))
                key += _WHOLE[letter]
            else:
                key.append(letter)
    return unicodedata.normalize("NFC", "".join(key)), tuple(accents)


def _takes_accents(letter: str) -> bool:
    """Return whether an accent on a letter is one that people leave out: of Latin and Greek letters alone."""
    return "a" <= letter <= "z" or "α" <= letter <= "ω"

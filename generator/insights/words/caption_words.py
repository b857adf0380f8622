"""Find the different words of each caption: spellings of one word are merged, meaningless words left out."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.words.stop_words import STOP_WORDS

#: A longer word is a sentence written as a hashtag.
_LONGEST = 25
#: A brand's name of this length is recognised inside another word too, as in "#ambreaddict".
_TELLING = 6
#: Least share of a word's uses in lower case that makes it a common noun; capitals also come from titles and hashtags.
_COMMON = 0.2

# lengths are bounded, so that a caption of dots alone takes no longer than another
_ADDRESS = re.compile(
    r"https?://\S*|\bwww\.\S*|(?<![\w.-])(?:[\w-]{1,63}\.){1,4}(?:com|fr|net|org|eu|shop|co\.uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?:(?<![\w.+-])[\w.+-]{1,64})?@[\w.]+")
# Python does not count the marks with which some scripts write vowels as parts of words
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e"
_TOKEN = re.compile(rf"[^\W_]+(?:(?:[{_MARKS}]|-(?=[^\W_]))[^\W_]*)*")
# control, invisible and direction-changing characters; Hangul and Khmer fillers are letters, but show nothing
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


@dataclass(frozen=True, slots=True)
class CaptionWords:
    """The words of captions.

    `post` and `word` (m,) int64 are pairs, each once, in order of the captions; `shown` holds each word as written.
    """

    post: NDArray[np.int64]
    word: NDArray[np.int64]
    shown: tuple[str, ...]


def read_words(captions: Sequence[str], brand_names: Iterable[str] = ()) -> CaptionWords:
    """Return the different words of each of `captions` (n), without stop words, numbers, addresses, mentions and emoji.

    Hashtags are words. Case, accents and hyphens make no difference. A plural counts as its singular if the captions
    hold both. Words are numbered as they first appear. The words of `brand_names` are left out.
    """
    spellings: dict[str, int] = {}
    occurrences = array("q")
    lengths = []
    for caption in captions:
        tokens = dict.fromkeys(_split(caption))
        lengths.append(len(tokens))
        occurrences.extend([spellings.setdefault(token, len(spellings)) for token in tokens])
    surface = np.array(occurrences, np.int64)
    post = np.repeat(np.arange(len(lengths)), lengths)
    roots = _find_roots(list(spellings), brand_names)
    numbers: dict[str, int] = {}
    group = np.array([-1 if root is None else numbers.setdefault(root, len(numbers)) for root in roots], np.int64)
    word = group[surface]
    kept = word >= 0
    shown = _choose_spellings(list(spellings), group, np.bincount(surface, minlength=len(spellings)), len(numbers))
    # a post that says both singular and plural says one word; a stable sort is fast, as posts are in order already
    pairs = np.sort(post[kept] * max(len(numbers), 1) + word[kept], kind="stable")
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return CaptionWords(pairs // max(len(numbers), 1), pairs % max(len(numbers), 1), shown)


def _split(caption: str) -> list[str]:
    text = strip_unseen(caption)
    if "@" in text:
        text = _MENTION.sub(" ", text)
    return _TOKEN.findall(_ADDRESS.sub(" ", text) if "." in text or "://" in text else text)


def strip_unseen(text: str) -> str:
    """Return `text` in NFKC without control, invisible and direction-changing characters."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def fold(word: str) -> str:
    """Return `word` in lower case without Latin accents, ligatures and hyphens, as it is counted."""
    plain = word.casefold().replace("-", "")
    if plain.isascii():
        return plain
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", plain.translate(_LIGATURES)))
    return unicodedata.normalize("NFC", bare)


def _find_roots(spellings: list[str], brand_names: Iterable[str]) -> list[str | None]:
    """Return the word that each spelling counts as, None for spellings that do not count."""
    folded = [fold(token) for token in spellings]
    own: set[str] = set()
    for name in brand_names:
        parts = [fold(token) for token in re.findall(r"[^\W_]+", strip_unseen(name))]
        own.update([*parts, "".join(parts)])
    telling = re.compile("|".join(re.escape(part) for part in sorted(own) if len(part) >= _TELLING) or r"(?!)")
    counted = {
        word
        for word in set(folded)
        if (2 if not word.isascii() else 3) <= len(word) <= _LONGEST
        and not any(map(str.isnumeric, word))
        and word not in STOP_WORDS
        and word not in own
        and not telling.search(word)
    }
    known = counted | own
    singular = {word: _singular(word, known) for word in counted}
    return [None if (root := singular.get(word)) is None or root in own else root for word in folded]


def _singular(word: str, known: set[str]) -> str:
    """Return the French or English singular of `word` if it is one of the `known` words, else `word`.

    The singular must be in use too, which tells a plural from "bas" or "dress".
    """
    endings = (("aux", "al"), ("x", ""), ("ies", "y"), ("ves", "f"), ("s", ""), ("es", ""))
    for ending, instead in endings:
        candidate = word.removesuffix(ending) + instead
        if word.endswith(ending) and not word.endswith("ss") and len(candidate) >= 3 and candidate in known:
            return candidate
    return word


def _choose_spellings(
    spellings: list[str], group: NDArray[np.int64], uses: NDArray[np.int64], count: int
) -> tuple[str, ...]:
    """Return the commonest spelling of each of `count` words; in lower case if that is not rare."""
    variants: list[dict[str, dict[str, int]]] = [{} for _ in range(count)]
    for token, number, used in zip(spellings, group.tolist(), uses.tolist(), strict=False):
        if number >= 0:
            variants[number].setdefault(token.lower(), {})[token] = used
    shown = []
    for forms in variants:
        # of equally common forms the accented one, as accents are left out rather than added
        lower, cased = max(forms.items(), key=lambda form: (sum(form[1].values()), not form[0].isascii()))
        common = cased.get(lower, 0) >= _COMMON * sum(cased.values())
        shown.append(lower if common else max(cased, key=cased.__getitem__))
    return tuple(shown)

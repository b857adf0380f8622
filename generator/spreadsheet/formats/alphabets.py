"""How well a text read in some encoding looks like words of a language.

Short tables have few letters beyond English, and detectors that count letters are weak on them. Three signs hold even
for a single word: a letter stands beside letters, not a symbol; capitals begin words; and the letters of a text belong
to one alphabet.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

#: The letters beyond English of the languages that the encodings of one byte a letter were made for.
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "éèêëàâçîïôùûüœæ",  # French
        "äöüß",  # German
        "áéíóúñü",  # Spanish
        "àèéìòù",  # Italian
        "áâãàçéêíóôõú",  # Portuguese
        "ëïéèöüáíóú",  # Dutch
        "åäöéæø",  # Swedish, Finnish, Danish, Norwegian
        "àçèéíïòóú",  # Catalan
        "áðéíóúýþæö",  # Icelandic
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "ăâîșțşţ",  # Romanian
        "čćđšž",  # Croatian, Serbian, Slovene
        "çğıöşüâ",  # Turkish
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņšūž",  # Latvian
        "äöõüšž",  # Estonian
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",  # Russian, Bulgarian
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",  # Ukrainian
        "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ",  # Greek
    )
)
#: Letters that Greek and Cyrillic words are full of.
_COMMON = frozenset("оеаинтсрвлαοιετσνηυρ")
_APOSTROPHES = "’‘'ʼ·\xad-"
_PUNCTUATION = frozenset("“”„«»‹›…–—•€£°ºª™®©¡¿§\xa0½²³’‘·№")
_ENGLISH = frozenset("abcdefghijklmnopqrstuvwxyz")


def rate_words(words: Iterable[str]) -> float:
    """Return how plausible words read in some encoding are: 1 for letters of one language, below 0 for symbols.

    It is the mean over their characters beyond ASCII.
    """
    letters: Counter[str] = Counter()
    total = score = 0.0
    for word in words:
        for place, letter in enumerate(word):
            if letter.isascii():
                continue
            total += 1
            before = word[place - 1] if place else ""
            after = word[place + 1] if place + 1 < len(word) else ""
            if letter.isalpha() and letter not in "ªºµˆƒ":
                letters["ı" if letter == "İ" else letter.lower()] += 1
                score += _rate_letter(letter, before, after)
            else:
                score += _rate_symbol(letter, before, after)
    if not total:
        return 0.0
    # two languages, since a brand may be from another country than its captions
    best = max((sum(letters[letter] for letter in alphabet), alphabet) for alphabet in map(_sorted, _ALPHABETS))
    rest = {letter: count for letter, count in letters.items() if letter not in best[1]}
    second = max(sum(rest.get(letter, 0) for letter in alphabet) for alphabet in _ALPHABETS)
    score += best[0] + 0.5 * second - 0.5 * (sum(rest.values()) - second)
    score -= sum(0.4 * count for letter, count in letters.items() if letter > "ʰ" and letter not in _COMMON)
    return score / total


def _sorted(alphabet: frozenset[str]) -> str:
    return "".join(sorted(alphabet))


def _rate_letter(letter: str, before: str, after: str) -> float:
    """Return a penalty for a letter among letters of another script, or a capital within a word."""
    score = 0.0
    if letter.isupper() and before.islower():
        score -= 2
    foreign = letter > "ʰ"
    for neighbour in (before, after):
        if foreign and neighbour.lower() in _ENGLISH:
            score -= 1
        if not foreign and neighbour.isalpha() and not neighbour.isascii():
            score -= 0.5  # words of Latin letters have their accents apart
    return score


def _rate_symbol(letter: str, before: str, after: str) -> float:
    if letter in _APOSTROPHES and before.isalpha() and after.isalpha():
        return 0.8
    if before.isalpha() and after.isalpha():
        return -2.0
    if letter in _PUNCTUATION:
        return 0.5
    return -3.0 if unicodedata.category(letter) in ("Cc", "Cn", "Co") or letter == "\ufffd" else -1.0

"""What is said of brands: which spellings became one, which may be one, and which look like none."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.brands import Merging
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import _, list_values, phrase
from generator.spreadsheet.spellings import digits_of, read_spelling, split_words

#: Merged brands, spellings of each, and pairs in doubt that a notice names.
_MOST_MERGED = 20
_MOST_SPELLINGS = 8
_MOST_DOUBTS = 5
#: Names of a report from which on they are no brands, and not compared.
_MOST_COMPARED = 5_000
#: Names compared with each other that share all letters but one.
_MOST_NEIGHBOURS = 20
#: Posts in a report from which a brand with one post is worth a word.
_FEWEST_POSTS = 10
_LONGEST_NAME = 60
_MOST_WORDS = 8

#: Words that a company's name may have or not.
_QUALIFIERS = frozenset(
    """official officiel officielle offiziell oficial ufficiale officieel the le la les inc sa sas sarl ltd limited llc
    plc gmbh ag kg co corp corporation company cie group groupe gruppe grupo gruppo spa srl sl bv nv ab as oy brand
    store shop boutique online paris london londres milano milan roma rome madrid barcelona berlin munich newyork ny nyc
    la tokyo geneve zurich bruxelles brussels amsterdam lisboa france fr usa us uk gb italia italy it espana spain es
    deutschland germany de osterreich austria at suisse schweiz svizzera switzerland ch belgique belgie belgium be
    nederland netherlands nl portugal pt brasil brazil br mexico mx canada ca japan jp china cn korea kr australia au
    india world worldwide international intl global europe eu emea""".split()  # noqa: SIM905
)
_EMOJI = re.compile("[\u2600-\u27bf\U0001f1e6-\U0001faff]")
_SENTENCE = re.compile(r"\w{4}[.!?…](?:\s|$)")  # "Inc." ends none
_WEB = re.compile(rf"(?:https?:)?//|(?:{IMAGE_ENDING}|\.mp4)\b", re.IGNORECASE)


def describe_brands(merging: Merging, posts: Mapping[str, int], broken: Collection[str]) -> list[Notice]:
    """Return the notices on the brands of a report.

    `posts` holds the posts of each brand, the `broken` spellings are those with line breaks.
    """
    captions = {name for name in posts if looks_like_caption(name)}
    captions.update(merging.names[name] for name in broken if merging.names.get(name, "") in posts)
    found = [
        _describe_merges(merging),
        _describe_doubts(find_likely(merging, posts)),
        _describe_captions(captions),
        _describe_singles({name: count for name, count in posts.items() if name not in captions}),
    ]
    if merging.unknown:
        found.append(Notice("unknown_aliases", {"names": list_values([f'"{name}"' for name in merging.unknown], 5)}))
    return [notice for notice in found if notice is not None]


def _describe_merges(merging: Merging) -> Notice | None:
    """Return the notice of the spellings that became one brand and differ in more than case and spaces."""
    merged: dict[str, list[str]] = defaultdict(list)
    several = Counter(name for _, name in {(spelling.casefold(), name) for spelling, name in merging.names.items()})
    for spelling, name in merging.names.items():
        if several[name] > 1 and spelling.casefold() not in {name.casefold(), *merging.settled}:
            merged[name].append(spelling[:_LONGEST_NAME])
    if not merged:
        return None
    shown = [
        phrase(
            "%(name)s (%(spellings)s)", name=name[:_LONGEST_NAME], spellings=list_values(merged[name], _MOST_SPELLINGS)
        )
        for name in sorted(merged)
    ]
    return Notice(
        "merged_spellings", {"count": sum(map(len, merged.values())), "brands": list_values(shown, _MOST_MERGED)}
    )


def _describe_doubts(pairs: Sequence[tuple[str, str]]) -> Notice | None:
    if not pairs:
        return None
    lines = ["[brands.aliases]", *(f"{_quote(one)} = {_quote(other)}" for one, other in pairs[:_MOST_DOUBTS])]
    named = [
        phrase(_("%(one)s and %(other)s"), one=one[:_LONGEST_NAME], other=other[:_LONGEST_NAME]) for one, other in pairs
    ]
    shown = list_values(named, _MOST_DOUBTS)
    return Notice("likely_brands", {"pairs": shown, "lines": "\n".join(lines), "count": len(pairs)})


def _quote(text: str) -> str:
    """Return a basic string of TOML, whose escapes are among JSON's."""
    return json.dumps(text, ensure_ascii=False)


def _describe_captions(names: Collection[str]) -> Notice | None:
    if not names:
        return None
    return Notice("caption_names", {"count": len(names), "examples": list_examples(sorted(names))})


def _describe_singles(posts: Mapping[str, int]) -> Notice | None:
    singles = [name for name, count in posts.items() if count == 1]
    if not singles or sum(posts.values()) < _FEWEST_POSTS:
        return None
    return Notice("single_posts", {"count": len(singles), "examples": list_examples(sorted(singles))})


def looks_like_caption(name: str) -> bool:
    """Return whether a brand's name is rather a text: long, a sentence, with hashtags, emoji, or an address."""
    words = len(name.split())
    return (
        len(name) > _LONGEST_NAME
        or words > _MOST_WORDS
        or re.search(r"(?:^|\s)#\w", name) is not None
        or (words > 4 and _SENTENCE.search(name) is not None)
        or len(_EMOJI.findall(name)) > 2
        or _WEB.search(name) is not None
    )


def find_likely(merging: Merging, posts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return pairs of names that may be one brand: the one with fewer posts, and what it may be called.

    They are the doubts of `merging`, names of which one adds a word such as "Paris" or "Inc", and names that differ by
    a slip of the hand. None has digits that the other has not, and none is kept apart by the settings.
    """
    pairs = set(_same(merging, posts))
    if len(posts) <= _MOST_COMPARED:
        pairs.update(_extended(posts), _misspelt(posts))
    settled = {name for name in posts if name.casefold() in merging.settled}
    ordered = {
        tuple(sorted(pair, key=lambda name: (posts[name], -len(name), name)))
        for pair in pairs
        if not settled.intersection(pair)
    }
    return sorted(((one, other) for one, other in ordered), key=lambda pair: (-posts[pair[0]], pair))


def _same(merging: Merging, posts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    return ((one, other) for one, other in merging.doubts if one in posts and other in posts)


def _extended(posts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that differ by words of `_QUALIFIERS` at an end."""
    words = {name: _plain_words(name) for name in posts}
    joined: dict[str, list[str]] = defaultdict(list)
    for name, parts in words.items():
        joined["".join(parts)].append(name)
    for name, parts in words.items():
        for core in _cores(parts, bool(read_spelling(name).handle)):
            for other in joined.get(core, ())[:_MOST_NEIGHBOURS]:
                if other != name:
                    yield name, other


def _plain_words(name: str) -> list[str]:
    return [key for word in split_words(name.removeprefix("@"))[:20] if (key := read_spelling(word).key)]


def _cores(words: list[str], is_account: bool) -> Iterator[str]:
    """Yield what is left of a name without one or two qualifiers at its ends."""
    for first in range(min(3, len(words))):
        for last in range(len(words), max(len(words) - 3, first), -1):
            left_out = [*words[:first], *words[last:]]
            if 0 < len(left_out) <= 2 and _QUALIFIERS.issuperset(left_out):
                yield "".join(words[first:last])
    if is_account:  # which has no spaces
        key = "".join(words)
        for length in range(2, min(15, len(key) - 3)):
            for start, rest in ((key[:length], key[length:]), (key[-length:], key[:-length])):
                if start in _QUALIFIERS and (length > 2 or rest.isalpha()) and len(rest) > 3 and length > 2:
                    yield rest


def _misspelt(posts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names of which one word differs by a letter: left out, added, changed, or two exchanged.

    Words are found by what is left of them without one letter (Mor & Fraenkel 1982), so that nothing is compared with
    everything.
    """
    near: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for name in posts:
        words = _plain_words(name)
        for place, word in enumerate(words[:6]):
            if 5 <= len(word) <= 30 and not word.isdigit():
                rest = tuple(words[:place]), tuple(words[place + 1 :])
                for left in {word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))}:
                    near["\0".join(rest[0]), left, "\0".join(rest[1])].append((name, word))
    for found in near.values():
        for place, (name, word) in enumerate(found[:_MOST_NEIGHBOURS]):
            for other, variant in found[place + 1 : _MOST_NEIGHBOURS]:
                if word != variant and max(len(word), len(variant)) > 5 and _is_slip(word, variant):
                    yield name, other


def _is_slip(one: str, other: str) -> bool:
    """Return whether two words of one key without a letter differ by one step; never by a digit."""
    if digits_of(one) != digits_of(other) or one[0] != other[0]:
        return False
    if len(one) != len(other):
        return True
    differing = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(differing) == 1:
        return True
    first, last = differing[0], differing[-1]
    return len(differing) == 2 and last == first + 1 and one[first] == other[last] and one[last] == other[first]

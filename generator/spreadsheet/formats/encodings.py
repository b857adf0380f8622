"""The encoding of a text, told by its marks, its bytes, its headers, and the words that it gives."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from generator.spreadsheet.formats.alphabets import rate_words
from generator.spreadsheet.formats.tables import HeaderScore

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings with a byte a letter, the likelier first: what messages call them, and a head start in the rating.
_LEGACY = {
    "cp1252": ("Windows-1252", 0.1),
    "cp1254": ("Windows-1254", 0.09),  # differs in six letters, which Western Europe hardly has
    "mac_roman": ("Mac Roman", 0.0),
    "cp850": ("DOS 850", 0.0),
    "cp1250": ("Windows-1250", 0.0),
    "cp1251": ("Windows-1251", 0.0),
    "cp1253": ("Windows-1253", 0.0),
    "cp1257": ("Windows-1257", 0.0),
    "iso8859_15": ("ISO 8859-15", 0.05),
    "iso8859_2": ("ISO 8859-2", -0.05),
    "iso8859_7": ("ISO 8859-7", -0.05),
    "mac_latin2": ("Mac Central European", -0.1),
    "mac_cyrillic": ("Mac Cyrillic", -0.05),
    "koi8_r": ("KOI8-R", -0.05),
    "cp866": ("DOS 866", -0.05),
}
#: Encodings with two bytes or more a letter.
_EAST_ASIAN = {
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp949": "Korean (949)",
}
_CHUNK = 1 << 20
#: Bytes of a text that are looked at, where not all are.
_SAMPLE = 1 << 18
_WORD = re.compile(rb"[A-Za-z'\x80-\xff]{1,60}")
#: A rating so much better than that of the next encoding leaves no doubt.
_MARGIN = 0.3
#: That of the commonest encoding by far.
_WESTERN_MARGIN = 0.02
_READ_AS_WESTERN = "brandscape.western"
#: A letter beyond the first 65,536, such as an emoji, in two halves of three bytes each, as older programs of Java and
#: MySQL write it in UTF-8 (Unicode Technical Report 26).
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_LONG_LETTER = "\U0001f600".encode()


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a text: a codec of Python, what it does with bytes that do not fit, and how sure it is."""

    name: str
    errors: str = "replace"
    label: str = ""  # what messages call it, if it is not evident
    examples: tuple[str, ...] = ()  # words that another encoding would read otherwise
    damaged: int = 0  # bytes that fit no letter
    western: int = 0  # letters in Windows-1252 within UTF-8


def find_encoding(path: Path, header_score: HeaderScore) -> Encoding:
    """Return the encoding of a text.

    It is that of the byte order mark; else UTF-16 or UTF-32 if zeros lie as they do there; else UTF-8 if it fits, but
    for a few damaged bytes. Of the older encodings it is the one whose headers are known and whose words look like a
    language (see `alphabets`).
    """
    with path.open("rb") as file:
        start = file.read(1 << 16)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return Encoding(name)
        if wide := find_wide(start):
            return Encoding(wide)
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        fitting = faulty = halved = 0
        sample = b""
        while chunk := file.read(_CHUNK):
            if b"\xed" in chunk:
                chunk, count = _HALVES.subn(_LONG_LETTER, chunk)
                halved += count
            text = decoder.decode(chunk)
            wrong = text.count("\ufffd")
            faulty += wrong
            if not chunk.isascii():
                fitting += len(text) - wrong - len(text.encode("ascii", "ignore"))
                if len(sample) < _SAMPLE:
                    sample += chunk[: 2 * _SAMPLE]
        faulty += decoder.decode(b"", True).count("\ufffd")
    if not faulty:
        return Encoding("utf-8", _READ_AS_WESTERN if halved else "replace")
    if fitting >= faulty:  # bytes of another encoding hardly ever look like UTF-8
        damaged = _count_damaged(path)
        return Encoding("utf-8", _READ_AS_WESTERN, damaged=damaged, western=max(faulty - damaged, 0))
    return _find_east_asian(sample) or _find_legacy(start, sample, header_score)


def _count_damaged(path: Path) -> int:
    """Return the number of bytes in a UTF-8 text that are no letters of Windows-1252 either."""
    with path.open(encoding="utf-8", errors=_READ_AS_WESTERN, newline="") as file:
        return sum(chunk.count("\ufffd") for chunk in iter(lambda: file.read(_CHUNK), ""))


def find_wide(start: bytes) -> str | None:
    """Return UTF-16 or UTF-32 without a mark: every second byte, or three of four, are zero in most letters."""
    quarters = [start[place::4].count(0) for place in range(4)]
    length = len(start) // 4
    if length < 2:
        return None
    for name, empty in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
        if all(quarters[place] > 0.9 * length for place in empty) and sum(quarters) < 3.1 * length:
            return name
    odd, even = quarters[1] + quarters[3], quarters[0] + quarters[2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        # separators, line ends and addresses are ASCII in every language
        if zeros > length // 5 and others < zeros // 20 + 1:
            return name
    return None


def _find_east_asian(sample: bytes) -> Encoding | None:
    """Return an encoding of Chinese, Japanese or Korean if letters stand together and charset-normalizer knows one."""
    high = len(re.findall(rb"[\x80-\xff]", sample))
    together = sum(len(run) for run in re.findall(rb"[\x80-\xff][\x40-\xff](?:[\x81-\xfe][\x40-\xff])+", sample))
    if not high or together < 0.7 * high:
        return None
    from charset_normalizer import from_bytes

    text = sample[:_SAMPLE]
    text = text[: text.rfind(b"\n") + 1] or text
    trails = re.findall(rb"[\x80-\xff]([\x40-\xff])", text)
    # Big5 and Shift-JIS have second bytes among the ASCII letters, the others hardly any
    extended = all(trail >= b"\xa1" for trail in trails)
    names = [name for name in _EAST_ASIAN if not (extended and name in ("big5", "cp932"))]
    found = from_bytes(text, cp_isolation=names, preemptive_behaviour=False, enable_fallback=False).best()
    if found is None:
        return None
    letters = [letter for letter in str(found) if not letter.isascii()]
    common = sum("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in letters)
    marks = sum(c in "、。，！？：；「」『』（）・ー～“”…《》【】" for c in letters)
    if common + marks < 0.85 * len(letters) or common < 2:
        return None
    doubtful = len(letters) < 12
    return Encoding(
        found.encoding,
        label=_EAST_ASIAN.get(found.encoding, found.encoding) if doubtful else "",
        examples=tuple(re.findall(r"[^\x00-\x7f]{2,20}", str(found))[:3]),
    )


def _find_legacy(start: bytes, sample: bytes, header_score: HeaderScore) -> Encoding:
    words = [word for word in _WORD.findall(sample[:_SAMPLE]) if not word.isascii()][:5000]
    head = start[:_SAMPLE].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:10]
    mac = b"\r" in start and b"\n" not in start  # as Excel's "CSV (Macintosh)" ends lines
    ratings: dict[str, float] = {}
    texts: dict[str, list[str]] = {}
    for name, (_, bonus) in _LEGACY.items():
        texts[name] = [word.decode(name, "replace") for word in words]
        ratings[name] = rate_words(texts[name]) + bonus
        ratings[name] += 2.0 * _count_known(head, name, header_score)
        if mac and name.startswith("mac"):
            ratings[name] += 0.4
    best = max(ratings, key=lambda name: ratings[name])
    margin = _WESTERN_MARGIN if best == "cp1252" else _MARGIN
    rivals = [name for name in _LEGACY if texts[name] != texts[best] and ratings[name] > ratings[best] - margin]
    damaged = sum(word.count("\ufffd") for word in texts[best])
    if not rivals or _is_confirmed(sample[:_SAMPLE], best, words):
        return Encoding(best, damaged=damaged)
    rival = max(rivals, key=lambda name: ratings[name])
    examples = [mine for mine, other in zip(texts[best], texts[rival], strict=True) if mine != other]
    return Encoding(best, "replace", _LEGACY[best][0], tuple(dict.fromkeys(examples))[:3], damaged)


def _is_confirmed(sample: bytes, encoding: str, words: list[bytes]) -> bool:
    """Return whether charset-normalizer, which knows how often letters occur in a language, reads the same words."""
    from charset_normalizer import from_bytes

    if len(words) < 3:
        return False
    found = from_bytes(sample, cp_isolation=list(_LEGACY), preemptive_behaviour=False, enable_fallback=False).best()
    if found is None or not found.coherence:
        return False
    return all(word.decode(found.encoding, "replace") == word.decode(encoding, "replace") for word in words)


def _count_known(head: list[bytes], encoding: str, header_score: HeaderScore) -> int:
    """Return how many fields the headers name that need the encoding: those with letters beyond ASCII."""
    best = 0
    for line in head:
        if line.isascii():
            continue
        text = line.decode(encoding, "replace")
        for delimiter in ",;\t|":
            cells = [cell.strip(" \"'") for cell in text.split(delimiter)]
            best = max(best, header_score([cell for cell in cells if not cell.isascii()]))
    return best


def _join_halves(halves: bytes) -> str:
    return halves.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Return a byte that is no UTF-8 as the letter it is in Windows-1252, if it stands in a word.

    Files put together from several exports mix both. A letter in two halves is put together.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, place = error.object, error.start
    if halves := _HALVES.match(data, place):
        return _join_halves(halves[0]), halves.end()
    letter = data[place : place + 1].decode("cp1252", "replace")
    beside = data[max(place - 1, 0) : place] + data[place + 1 : place + 2]
    if letter.isalpha() and letter.islower() and re.search(rb"[A-Za-z]", beside):
        return letter, place + 1
    return "\ufffd", error.end


codecs.register_error(_READ_AS_WESTERN, _as_western)

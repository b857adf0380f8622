"""Text that was decoded wrongly before it came here (`CÃ´tÃ©` for `Côté`), repaired if the repair is certain.

ftfy finds the repair. It is kept only if it can be undone, so that nothing was guessed, and if it does not make a
word that nobody writes.
"""

from __future__ import annotations

import re
from functools import lru_cache

# what the second byte of a UTF-8 letter looks like in Latin-1 and in Windows-1252
_REST = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
#: A quick test: few texts that match need a repair, and none that does not. The pairs are those of Latin-1 and
#: Windows-1252, of Mac Roman, of the DOS code pages, and of Windows-1251.
_SUSPICIOUS = re.compile(
    f"[\u00c2-\u00f4][{_REST}]|Ã |[√¬‚≈∆][^\\s\\d]|[├┬][^\\s]|[ГВ][{_REST}]|вЂ|[РС][^а-яА-Я\\s]",
)
_SURE_PAIR = re.compile("[\u00c2-\u00f4][\u0080-\u009f\u00a1-\u00bf]")
#: A capital, then a small letter at the end of a word: `ROMî`, from the trade mark of `ROMÃ®`.
_ODD_CASE = re.compile(r"[^\W\d_a-zß-öø-ÿ][ß-öø-ÿ](?![^\W\d_])")

#: Letters that captions hardly hold, such as those of phonetics; Vietnamese and Romanian ones are left out.
_RARE = re.compile(
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u02ff\u0700-\u08ff\u1380-\u1dff\u2c00-\u2dff\ua000-\uabff"
    "\ue000-\uf8ff]"
)
#: Letters of other scripts, which make words of their own.
_OTHER = "[\u0370-\u06ff\u0900-\u137f\u1f00-\u1fff\u2e80-\u9fff\uac00-\ufdff\uff00-\uffef]"
_FOREIGN = re.compile(_OTHER)
_MIXED = re.compile(f"[A-Za-z\u00c0-\u024f]{_OTHER}|{_OTHER}[A-Za-z\u00c0-\u024f]|[A-Za-z\u00c0-\u024f]×")
#: A Portuguese word in capitals before punctuation: `IRMÃ”`, `AMANHÃ—`.
_CAPITALS = re.compile("[A-ZÀ-ÖØ-Þ]Ã[–—“”•™œ€](?![A-ZÀ-ÖØ-Þ])")


def is_suspicious(text: str) -> bool:
    """Return whether a text may have been decoded wrongly; cheap."""
    return not text.isascii() and _SUSPICIOUS.search(text) is not None


@lru_cache(maxsize=4096)
def repair_text(text: str) -> str | None:
    """Return a wrongly decoded text as it was written; None if it was not, or if that is not certain."""
    if not is_suspicious(text):
        return None
    import ftfy

    if not ftfy.badness.is_bad(text):
        return None
    repaired = _decode_again(text) or _repair_by_ftfy(text)
    if repaired is None or repaired == text or "\ufffd" in repaired:
        return None
    if is_suspicious(repaired) and ftfy.badness.is_bad(repaired):
        return None
    odd = any(len(signs.findall(repaired)) > len(signs.findall(text)) for signs in (_RARE, _MIXED, _ODD_CASE))
    if odd or _CAPITALS.search(text) or len(_FOREIGN.findall(repaired)) == len(_FOREIGN.findall(text)) + 1:
        return None
    return repaired


def looks_misdecoded(text: str) -> bool:
    """Return whether a text that `repair_text` leaves alone is damaged all the same."""
    if "\ufffd" in text:
        return True
    if not is_suspicious(text):
        return False
    import ftfy

    return bool(ftfy.badness.is_bad(text))


def _decode_again(text: str) -> str | None:
    """Return the text in UTF-8 if all its bytes are that, a hundred times as fast as ftfy."""
    for encoding in ("latin-1", "sloppy-windows-1252"):  # ftfy's own codec for the second
        try:
            repaired = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return None if is_suspicious(repaired) else repaired  # decoded wrongly twice
    return None


def _repair_by_ftfy(text: str) -> str | None:
    import ftfy

    repaired, steps = ftfy.fix_encoding_and_explain(text)
    changed = text
    for action, codec in steps or ():
        if action == "transcode" and not _SURE_PAIR.search(text):
            return None  # only a space tells that `Ã ` was `à`
        if action == "decode" and codec != "utf-8":
            return None
        changed = repaired
    return changed

"""Details of refusals in the report's language: what servers answered, and which files are near."""

from __future__ import annotations

import re

from generator.language import Language
from generator.spreadsheet.phrases import _

_TRIES = re.compile(r"(?P<detail>.*), after (?P<tries>\d+) tries")
#: Details as images are fetched, each with its sentence in the catalogue of messages.
_DETAILS = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            r"the server answered (?P<status>\d{3}); the link may have expired",
            _("the server answered %(status)s; the link may have expired"),
        ),
        (r"the server answered (?P<status>\d{3})", _("the server answered %(status)s")),
        (r"the server sent nothing", _("the server sent nothing")),
        (r"the server's certificate is not trusted", _("the server’s certificate is not trusted")),
        (r"no answer in time", _("no answer in time")),
        (r"the connection failed", _("the connection failed")),
        (r"the connection broke", _("the connection broke")),
        (r"it came too slowly", _("it came too slowly")),
        (r"too many redirects", _("too many redirects")),
        (r"downloads are switched off", _("downloads are switched off")),
        (
            r"(?P<count>\d+) files have this name, such as (?P<one>.+) and (?P<other>.+)",
            _("%(count)s files have this name, such as %(one)s and %(other)s"),
        ),
        (r"did you mean (?P<file>[^?]+)\?", _("did you mean %(file)s?")),
    )
)


def translate_detail(detail: str, language: Language) -> str | None:
    """Return a detail in the report's language; None for one that only programs write, such as a decoder's."""
    tried = _TRIES.fullmatch(detail)
    if tried is not None:
        told = translate_detail(tried["detail"], language)
        sentence = language.gettext(_("%(detail)s, after %(tries)s tries"))
        return None if told is None else sentence % {"detail": told, "tries": tried["tries"]}
    for pattern, sentence in _DETAILS:
        if match := pattern.fullmatch(detail):
            return language.gettext(sentence) % match.groupdict()
    return None

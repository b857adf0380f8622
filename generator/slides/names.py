"""Tell names that Brandscape found, and values that it knows, in a deck's language instead of its report's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.insights.colour_names import PROTOTYPES
from generator.language import LANGUAGES, Language, open_language
from generator.report.wording import ClaimKind, colour_label, formats_label
from generator.slides.source import ReportSource, Row, tidy
from generator.spreadsheet.post_formats import FORMATS
from generator.tags.hierarchy import load_hierarchy

#: The number at the end of names that would be the same without one.
_NUMBER = re.compile(r" \d+$")


def translate_terms(source: ReportSource, language: Language) -> dict[str, str]:
    """Return what images show, in the deck's language, by the keys of the terms.

    Terms of the user's own, and those that people renamed, stay as the report has them.
    """
    terms = load_hierarchy().terms
    as_known = {term.key: term.name(source.lang) for term in terms}
    own = {key: name for key, name in source.terms.items() if as_known.get(key) != name}
    return {term.key: term.name(language.code) for term in terms} | own


def translate_names(source: ReportSource, language: Language) -> dict[str, str]:
    """Return the names of clusters and territories in the deck's language, by their keys.

    A name is made of terms that images show, words of captions and colours. Terms and colours are translated; words
    stay, and so do names that people gave.
    """
    terms = translate_terms(source, language)
    shown = {name.casefold(): terms[key] for key, name in source.terms.items()}
    colours = _translate_colours(open_language(source.lang if source.lang in LANGUAGES else "en"), language)
    return {
        str(row["key"]): _translate_name(row, shown, colours)
        for table in ("clusters", "territories")
        for row in source.rows(table)
        if "key" in row and "name" in row
    }


def _translate_name(row: Row, shown: Mapping[str, str], colours: Mapping[str, str]) -> str:
    """Return the name of a group; `shown` and `colours` translate its parts, in small letters."""
    name = tidy(row["name"])
    if name != tidy(row.get("found_name", name)):
        return name
    own = {str(term).casefold() for term in row.get("content") or ()}
    said = {str(word).casefold() for word in row.get("words") or ()} - own
    parts = []
    for part in name.split(", "):
        word = _NUMBER.sub("", part)
        key = word.casefold()
        found = None if key in said else shown.get(key, colours.get(key))
        parts.append(part if found is None else part.replace(word, found))
    told = ", ".join(parts)
    return told[:1].upper() + told[1:] if name[:1].isupper() else told


def _translate_colours(report: Language, deck: Language) -> dict[str, str]:
    """Return the colours of looks, one or two of them, in the deck's language by what the report calls them."""
    told = {}
    for one in PROTOTYPES:
        told[colour_label(one, report)] = colour_label(one, deck)
        for other in PROTOTYPES:
            both = [
                language.gettext("%(one)s and %(two)s")
                % {"one": colour_label(one, language), "two": colour_label(other, language)}
                for language in (report, deck)
            ]
            told[both[0]] = both[1]
    return told


def name_value(source: ReportSource, finding: Row, language: Language) -> tuple[ClaimKind, str, str]:
    """Return what kind of field a finding is on, and field and value as the sentence of the deck names them.

    The user's own names stay as they are.
    """
    name, value = (tidy(finding.get(part) or "") for part in ("field_name", "value"))
    own = {str(row.get("key")): row for row in source.content.get("fields") or ()}.get(str(finding.get("field")))
    if own is None and value in FORMATS:
        return "format", name, formats_label(value, language)
    return ("yes_no" if own is not None and own.get("kind") == "yes_no" else "category"), name, value

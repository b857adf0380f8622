"""Tell a report's findings in plain text, as its pages tell them with links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.report.model import Report
from generator.resources import find_resources
from generator.site.pages import make_environment

#: Tags, with what only screen readers are told.
_TAGS = re.compile(r'<span class="visually-hidden">[^<]*</span>|<[^>]*>')
#: Spaces of the templates; those that do not break belong to the text.
_SPACES = re.compile(r"[ \n]+")


@dataclass(frozen=True, slots=True)
class FindingText:
    """A finding in the report's language: figure, sentence, what it does not say, and the page that shows why."""

    figure: str
    sentence: str
    note: str
    page: str  # with an anchor, relative to the site


def tell_findings(report: Report) -> Iterator[FindingText]:
    """Yield the text of each finding of `report`, in their order."""
    environment = make_environment(report, find_resources("templates"))
    told = environment.get_template("partials/findings.html").make_module({"root": ""})
    for finding in report.findings:
        macros = (told.finding_figure, told.finding_sentence, told.finding_note, told.finding_evidence)  # type: ignore[attr-defined]
        yield FindingText(*(_strip(macro(finding)) for macro in macros))


def _strip(markup: str) -> str:
    return _SPACES.sub(" ", html.unescape(_TAGS.sub("", markup))).strip()

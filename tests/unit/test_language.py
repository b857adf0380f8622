"""The report in two languages: every message translated, with its typography; figures as readers write them."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from generator.language import LANGUAGES, open_language
from generator.report.wording import detail_text, field_label, reason_text
from generator.resources import find_resources
from generator.spreadsheet.posts import Refusal
from generator.spreadsheet.reasons import REASONS
from tests.support import ROOT

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_TAG = re.compile(r"</?\w+[^>]*>")


def _used_messages() -> set[str | tuple[str, ...]]:
    package = ROOT / "generator"
    options = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    templates = extract_from_dir(
        find_resources("templates"), [("**.html", "jinja2.ext:babel_extract")], options_map=options
    )
    code = extract_from_dir(package, [("**.py", "python")])
    return {message for _, _, message, _, _ in (*templates, *code)}


def _catalogue(code: str) -> dict[str | tuple[str, ...], Message]:
    with open(find_resources("translations") / code / "LC_MESSAGES" / "brandscape.po", "rb") as file:
        return {_key(message.id): message for message in read_po(file, locale=code) if message.id}


def _key(identity: object) -> str | tuple[str, ...]:
    return identity if isinstance(identity, str) else tuple(identity)  # type: ignore[arg-type]


def _forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_message_is_translated_and_none_is_left_over(code: str) -> None:
    used, catalogue = _used_messages(), _catalogue(code)
    assert len(used) > 100
    assert used - catalogue.keys() == set()
    assert catalogue.keys() - used == set()
    assert [message.id for message in catalogue.values() if message.fuzzy or not all(_forms(message.string))] == []


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_translations_keep_placeholders_and_tags(code: str) -> None:
    for message in _catalogue(code).values():
        wanted = {name for form in _forms(message.id) for name in _PLACEHOLDER.findall(form)}
        tags = sorted(_TAG.findall(_forms(message.id)[-1]))
        for form in _forms(message.string):
            assert set(_PLACEHOLDER.findall(form)) <= wanted, message.id
            assert sorted(_TAG.findall(form)) == tags, message.id
        assert set(_PLACEHOLDER.findall(_forms(message.string)[-1])) == set(
            _PLACEHOLDER.findall(_forms(message.id)[-1])
        ), message.id


def test_french_has_its_spaces_and_apostrophes() -> None:
    for message in _catalogue("fr").values():
        for form in _forms(message.string):
            text = _TAG.sub("", form)
            assert not re.search(r"(?<!\u202f)[;?!»]|(?<!\u00a0):(?!\w)|«(?!\u202f)", text), form
            assert "'" not in text and '"' not in text and "..." not in text, form


def test_french_elides_no_word_before_a_name() -> None:
    # "de Orphée" would have to be "d’Orphée", which no message can know, nor "d’avril"; "brands" may be a number
    name = r"\b(?:de|que) (?:<[^>]+>)*%\((?:brand|brands|name|one|other|own|rivals|start|end)\)s(?! marque)"
    for message in _catalogue("fr").values():
        for form in _forms(message.string):
            assert not re.search(name, form, re.IGNORECASE), form


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (0.12, "+12"),
        (-0.034, "\u22123"),
        (0.004, "+0.4"),
        (-0.004, "\u22120.4"),
        (0.0003, "0"),
        (0, "0"),
        (math.nan, "–"),
    ],
)
def test_a_change_near_0_says_on_which_side_it_lies(change: float, told: str) -> None:
    assert open_language("en").points(change) == told
    assert open_language("fr").points(change) == told.replace(".", ",")


def test_a_detail_does_not_repeat_the_image_and_the_reason_beside_it() -> None:
    def tell(reason: str, detail: str, lang: str = "en") -> str:
        return detail_text(Refusal(2, reason, detail, "Dior", "a; b.jpg"), open_language(lang))[0]

    assert tell("missing_file", "there is no file a; b.jpg") == ""
    assert tell("missing_file", "there is no file a; b.jpg; did you mean c.jpg?") == "did you mean c.jpg?"
    assert tell("outside_folder", "the path leads out of the images' folder") == ""
    assert tell("duplicate", "same as row 7") == "same as row 7"
    assert tell("duplicate", "same as row 7", "fr") == "comme la ligne 7"
    assert tell("download_failed", "it answered 404", "fr") == "it answered 404"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_reason_and_field_has_words(code: str) -> None:
    language = open_language(code)
    said = [reason_text(reason, language) for reason in REASONS]
    assert all(text != reason and text.endswith(".") for text, reason in zip(said, REASONS, strict=True))
    assert len(set(said)) == len(REASONS)
    assert reason_text("new_reason", language) == "new_reason"
    assert field_label("published", language) == "Date"


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0, "0%", "0\u202f%"),
        (0.001, "<1%", "<\u00a01\u202f%"),
        (0.005, "<1%", "<\u00a01\u202f%"),
        (0.126, "13%", "13\u202f%"),
        (0.999, ">99%", ">\u00a099\u202f%"),
        (1, "100%", "100\u202f%"),
    ],
)
def test_shares_never_say_nothing_or_all_of_what_is_neither(share: float, english: str, french: str) -> None:
    assert open_language("en").percent(share) == english
    assert open_language("fr").percent(share).replace("\u00a0%", "\u202f%") == french


def test_figures_follow_the_language() -> None:
    english, french = open_language("en"), open_language("fr")
    assert (english.number(12345), french.number(12345)) == ("12,345", "12\u202f345")
    assert (english.number(3.14159, 1), french.number(3.14159, 1)) == ("3.1", "3,1")
    assert (english.plain(0.34271), french.plain(0.34271)) == ("0.3427", "0,3427")
    assert [english.plain(value) for value in (10.0, 12.5, 0, 1234.5)] == ["10", "12.5", "0", "1,234"]
    assert (english.score(0.957), french.score(0.957), english.score(math.nan)) == ("0.96", "0,96", "–")


def test_days_follow_the_language() -> None:
    first, third = date(2026, 3, 1), date(2026, 3, 31)
    assert open_language("en").day(first) == "1 March 2026"
    assert open_language("fr").day(first) == "1er mars 2026"
    assert open_language("fr").day(third) == "31 mars 2026"
    assert open_language("fr").short_day(first) == "1er mars 2026"
    assert open_language("fr").short_day(third) == "31 mars 2026"


def test_plurals_follow_the_language() -> None:
    forms = "%(count)s post", "%(count)s posts"
    assert open_language("fr").ngettext(*forms, 0) == "%(count)s publication"
    assert open_language("fr").ngettext(*forms, 2) == "%(count)s publications"
    assert open_language("en").ngettext(*forms, 0) == "%(count)s posts"


def test_weeks_and_months_are_no_days() -> None:
    monday = date(2025, 3, 31)
    assert open_language("en").day(monday, "month") == "March 2025"
    assert open_language("fr").short_day(date(2025, 1, 1), "month") == "janv. 2025"
    assert open_language("en").day(monday, "week") == "week 14 of 2025"
    assert open_language("fr").day(monday, "week") == "semaine 14 de 2025"
    assert open_language("en").day(monday, "second") == "31 March 2025"


@pytest.mark.parametrize(
    ("lang", "first", "last", "told"),
    [
        ("en", date(2026, 5, 10), date(2026, 5, 15), ("10", "15 May 2026")),
        ("en", date(2026, 5, 30), date(2026, 6, 2), ("30 May", "2 Jun 2026")),
        ("en", date(2025, 12, 30), date(2026, 1, 2), ("30 Dec 2025", "2 Jan 2026")),
        ("fr", date(2026, 5, 1), date(2026, 5, 15), ("1er", "15 mai 2026")),
    ],
)
def test_two_days_share_their_month_and_year(lang: str, first: date, last: date, told: tuple[str, str]) -> None:
    assert open_language(lang).short_days(first, last) == told


@pytest.mark.parametrize(
    ("code", "value", "told"),
    [
        ("en", 0.0, "0"), ("en", 0.005, "<0.01"), ("en", 0.0051, "0.01"), ("en", 0.84, "0.84"), ("en", 1.04, "1.04"),
        ("en", 3.12, "3.1"), ("en", 12.3, "12"), ("en", 100.0, "100"), ("en", 802.0, ">100"), ("en", math.inf, "∞"),
        ("fr", 0.001, "<\N{NO-BREAK SPACE}0,01"), ("fr", 802.0, ">\N{NO-BREAK SPACE}100"),
    ],
)  # fmt: skip
def test_ratios_have_no_more_digits_than_a_sample_can_tell(code: str, value: float, told: str) -> None:
    assert open_language(code).ratio(value) == told

"""Details of refusals are told in the report's language."""

from __future__ import annotations

import pytest

from generator.language import open_language
from generator.report.detail_words import translate_detail


@pytest.mark.parametrize(
    ("detail", "french"),
    [
        ("the server answered 404", "le serveur a répondu 404"),
        (
            "the server answered 403; the link may have expired",
            "le serveur a répondu 403\u202f; le lien a peut-être expiré",
        ),
        ("the server answered 503, after 3 tries", "le serveur a répondu 503, après 3 essais"),
        ("no answer in time, after 4 tries", "pas de réponse à temps, après 4 essais"),
        ("2 files have this name, such as a/1.jpg and b/1.jpg", "2 fichiers portent ce nom, dont a/1.jpg et b/1.jpg"),
        ("did you mean img/100%.jpg?", "vouliez-vous dire img/100%.jpg\u202f?"),
    ],
)
def test_what_fetching_says_is_translated(detail: str, french: str) -> None:
    assert translate_detail(detail, open_language("fr")) == french
    assert translate_detail(detail, open_language("en")) == detail


@pytest.mark.parametrize("detail", ["", "broken PNG file (chunk b'IDAT')", "cannot decode, after 3 tries"])
def test_what_a_decoder_says_stays(detail: str) -> None:
    assert translate_detail(detail, open_language("fr")) is None

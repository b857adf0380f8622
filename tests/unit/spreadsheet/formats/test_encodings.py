"""Encodings of tables are told apart by their words and headers, even in tables of two rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.spreadsheet.formats.encodings import find_encoding
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.values.cells import cell_text

FRENCH = "Côté Vermeil;L’été à la française, c’est ici\nHôtel Doré;Noël déjà réservé…\n"
TEXTS = [
    (FRENCH, "cp1252 mac_roman"),
    (FRENCH.replace("’", "'").replace("…", ""), "cp1252 mac_roman cp850 latin-1"),
    ("Müller;Größe zählt\nÄrzte;Öffnungszeiten ändern sich\n", "cp1252 mac_roman cp850"),
    ("Niño;¿Qué mañana? El corazón está aquí\n", "cp1252 mac_roman"),
    ("SÃO JOÃO;NÃO PERCA A COLEÇÃO\n", "cp1252"),
    ("Åhléns;Nyheter på våren för små själar\n", "cp1252 mac_roman"),
    ("Łódź;Nowa kolekcja już dostępna, zobacz więcej\n", "cp1250 iso8859_2"),
    ("Žižkov;Přírodní kosmetika pro každý den, těšíme se\n", "cp1250"),
    ("Őszi;Új gyűjtemény érkezett, hűvös idők\n", "cp1250"),
    ("Güneş;Yeni koleksiyon şimdi mağazalarda, kış geliyor\n", "cp1254"),
    ("Магазин;Новая коллекция уже в продаже\nМода;Осень в Москве\n", "cp1251 koi8_r cp866"),
    ("Ελλάδα;Νέα συλλογή στα καταστήματα, δείτε περισσότερα\n", "cp1253"),
    ("東京ストア;新しいコレクションが登場しました。春の装い\n", "cp932 euc_jp"),
    ("北京时尚;新品上市，春季系列已经到店，欢迎选购\n", "gb18030"),
    ("台北時尚;新品上市，春季系列已經到店，歡迎選購\n", "big5"),
    ("서울 패션;새로운 컬렉션이 출시되었습니다\n", "cp949"),
]


def score(cells: object) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))  # type: ignore[attr-defined]


def write(path: Path, text: str, encoding: str) -> bytes:
    data = text.encode(encoding)
    path.write_bytes(data)
    return data


@pytest.mark.parametrize(("text", "encoding"), [(text, name) for text, names in TEXTS for name in names.split()])
def test_the_words_tell_the_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    table = "brand;caption;image\n" + text.replace("\n", ";https://x.example/a.jpg\n")
    data = write(tmp_path / "p.csv", table, encoding)
    found = find_encoding(tmp_path / "p.csv", score)
    assert data.decode(found.name) == table
    assert found.damaged == 0


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_a_known_header_is_evidence_enough(tmp_path: Path, encoding: str) -> None:
    data = write(tmp_path / "p.csv", "Marque;Vignette;Légende\nA;a.jpg;x\n", encoding)
    found = find_encoding(tmp_path / "p.csv", score)
    assert "Légende" in data.decode(found.name)
    assert not found.label


def test_common_western_text_is_no_guess_and_one_odd_word_is(tmp_path: Path) -> None:
    write(tmp_path / "p.csv", "brand;image\nCôté;a.jpg\n", "cp1252")
    assert find_encoding(tmp_path / "p.csv", score).label == ""
    write(tmp_path / "p.csv", "brand;image\nMüller;a.jpg\n", "mac_roman")
    found = find_encoding(tmp_path / "p.csv", score)
    assert (found.label, found.examples) == ("Mac Roman", ("Müller",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["brand;image\nCôté;a.jpg\n", "brand;image\n東京ストア;画像.jpg\n"])
def test_unicode_with_and_without_a_mark(tmp_path: Path, text: str, encoding: str) -> None:
    for name in (encoding, f"{encoding}-le", f"{encoding}-be") if encoding in ("utf-16", "utf-32") else (encoding,):
        data = write(tmp_path / "p.csv", text, name)
        found = find_encoding(tmp_path / "p.csv", score)
        assert data.decode(found.name) == text
        assert not found.label


def test_two_encodings_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("brand;image\nCôté déjà;a.jpg\n".encode() + "Hôtel;b.jpg\n".encode("cp1252") + b"\x81;c.jpg\n")
    found = find_encoding(path, score)
    assert path.open(encoding=found.name, errors=found.errors).read().splitlines()[2:] == [
        "Hôtel;b.jpg",
        "\ufffd;c.jpg",
    ]
    assert (found.western, found.damaged) == (1, 1)


def test_emoji_in_two_halves_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "Côté 😀 été 👩\u200d🎤\n" * 40
    halved = text.encode("utf-16", "surrogatepass")[2:]
    units = (int.from_bytes(halved[place : place + 2], "little") for place in range(0, len(halved), 2))
    path.write_bytes(b"".join(chr(unit).encode("utf-8", "surrogatepass") for unit in units))
    found = find_encoding(path, score)
    assert (found.name, found.label, found.damaged, found.western) == ("utf-8", "", 0, 0)
    assert path.read_text(encoding=found.name, errors=found.errors) == text


def test_zeros_in_a_text_do_not_make_it_utf16(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"brand;image\nA;a\0.jpg\n" + bytes(3))
    assert find_encoding(path, score).name == "utf-8"

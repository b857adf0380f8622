"""Rows of texts with separators: right, or named by their line; never rows made of captions."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.spreadsheet.formats import mending, text_tables
from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.formats.text_tables import is_text, read_text_table
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.values.cells import cell_text

HEAD = "brand,image,caption,likes,date,permalink"
LINK = "https://i.example/p/1/"


def score(cells: object) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))  # type: ignore[attr-defined]


def open_text(path: Path, text: str | bytes) -> Table:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_text_table(path, score)[0]


def read(path: Path, text: str | bytes) -> tuple[list[list[object]], dict[str, dict[str, object]]]:
    """The rows below the headers, and the notices by code."""
    table = open_text(path, text)
    rows = [list(cells) for _, cells in table.rows() if any(cells)]
    return rows[1:], {notice.code: dict(notice.values) for notice in table.notices()}


def sound(brand: str, caption: str = "fine") -> str:
    return f"{brand},{brand}.jpg,{caption},5,2025-01-01,{LINK}\n"


def row(brand: str, caption: str) -> list[str]:
    return [brand, f"{brand}.jpg", caption, "5", "2025-01-01", LINK]


BROKEN = {
    "unquoted separators": ("Hello, you, there", "Hello, you, there"),
    "quotes within quotes": ('"The "it" bag", she said', '"The "it" bag", she said'),
    "quotes and a separator within quotes": (
        '"The "Hortense", our "it-bag", here"',
        'The "Hortense", our "it-bag", here',
    ),
    "quotes within quotes over lines": ('"The "it" bag\nis, here"', 'The "it" bag\nis, here'),
    "a backslash before quotes": ('"The \\"it\\", bag"', 'The "it", bag'),
    "a quote that is never closed": ('"The bag', "The bag"),
    "line breaks without quotes": ("The\nbag\n\nis here", "The\nbag\n\nis here"),
    "a lone carriage return": ("The\rbag", "The\nbag"),
}


@pytest.mark.parametrize(("written", "meant"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("place", ["first", "between", "last", "alone"])
def test_a_broken_row_is_put_together_again(tmp_path: Path, written: str, meant: str, place: str) -> None:
    before = [] if place in ("first", "alone") else ["A", "B"]
    after = [] if place in ("last", "alone") else ["C", "D"]
    text = HEAD + "\n" + "".join(map(sound, before)) + sound("X", written) + "".join(map(sound, after))
    rows, notices = read(tmp_path / "p.csv", text)
    assert rows == [row(name, meant if name == "X" else "fine") for name in [*before, "X", *after]]
    if "\\" not in written:
        assert notices == {"mended_rows": {"where": "p.csv", "count": 1, "lines": str(2 + len(before))}}


@pytest.mark.parametrize(("written", "meant"), BROKEN.values(), ids=BROKEN)
def test_every_row_may_be_broken(tmp_path: Path, written: str, meant: str) -> None:
    rows, _ = read(tmp_path / "p.csv", HEAD + "\n" + "".join(sound(name, written) for name in "ABCDEFGH"))
    assert rows == [row(name, meant) for name in "ABCDEFGH"]


def test_backslashes_before_quotes_and_line_breaks(tmp_path: Path) -> None:
    captions = ['The \\"Hortense\\", our \\"it-bag\\",\nin leather', "plain, \\\\ \\n kept"]
    text = '"brand","image","caption","likes"\n' + "".join(
        f'"B{n}","{n}.jpg","{captions[n % 2]}","{n}"\n' for n in range(20)
    )
    rows, notices = read(tmp_path / "p.csv", text)
    meant = ['The "Hortense", our "it-bag",\nin leather', "plain, \\\\ \\n kept"]
    assert rows == [[f"B{n}", f"{n}.jpg", meant[n % 2], str(n)] for n in range(20)]
    assert notices == {}


def test_a_backslash_at_the_end_of_a_text_is_one(tmp_path: Path) -> None:
    rows, notices = read(tmp_path / "p.csv", 'brand,image,caption\n"A","C:\\pics\\a.jpg","x, \\"\n"B","b.jpg","C:\\"\n')
    assert rows == [["A", "C:\\pics\\a.jpg", "x, \\"], ["B", "b.jpg", "C:\\"]]
    assert notices == {}


def test_mysql_writes_nothing_and_line_breaks_with_backslashes(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "p.csv", '"brand","image","caption","likes"\n"A","a.jpg","\\"x\\", y\\\nz",\\N\n')
    assert rows == [["A", "a.jpg", '"x", y\nz', ""]]


@pytest.mark.parametrize("text", ["'A';'a.jpg';'it''s; me';5\n", "'A';'a.jpg';'it\\'s; me';5\n"])
def test_single_quotes(tmp_path: Path, text: str) -> None:
    rows, notices = read(tmp_path / "p.csv", "brand;image;caption;likes\n" + text + "'B';'b.jpg';'x; y';6\n")
    assert rows == [["A", "a.jpg", "it's; me", "5"], ["B", "b.jpg", "x; y", "6"]]
    assert notices == {}


def test_spaces_around_quotes(tmp_path: Path) -> None:
    rows, notices = read(tmp_path / "p.csv", 'brand, image, caption\nA, a.jpg, "one, two"\nB, b.jpg, "say ""x"", y"\n')
    assert rows == [["A", "a.jpg", "one, two"], ["B", "b.jpg", 'say "x", y']]
    assert notices == {}
    text = '"brand","image","caption"\n"A" ,"a.jpg" ,"one, two" \n"B","b.jpg","x"\n'
    assert read(tmp_path / "q.csv", text)[0] == [["A", "a.jpg", "one, two"], ["B", "b.jpg", "x"]]


def test_files_put_together_with_their_marks(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "p.csv", '\ufeff"brand","image"\n"A","a.jpg"\n\ufeff"brand","image"\n"B","b.jpg"\n')
    assert rows == [["A", "a.jpg"], ["brand", "image"], ["B", "b.jpg"]]


def test_apostrophes_are_no_quotes(tmp_path: Path) -> None:
    rows, notices = read(tmp_path / "p.csv", "brand,image,caption\nL'Or,a.jpg,'tis, 'twas\n'Oro,b.jpg,d'ici\n")
    assert [cells[0] for cells in rows] == ["L'Or", "'Oro"]
    assert rows[0][2] == "'tis, 'twas"
    assert list(notices) == ["mended_rows"]


def test_rows_that_were_saved_in_one_column(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "p.csv", 'brand,image,caption,likes\n"A,a.jpg,""Hello, you"",5"\n"B,b.jpg,x,6"\n')
    assert rows == [["A", "a.jpg", "Hello, you", "5"], ["B", "b.jpg", "x", "6"]]


def test_row_names_without_a_header(tmp_path: Path) -> None:
    table = open_text(tmp_path / "p.csv", '"brand","image","likes"\n"1","A","a.jpg",5\n"2","B","b.jpg",6\n')
    assert [list(cells) for _, cells in table.rows()] == [
        ["", "brand", "image", "likes"],
        ["1", "A", "a.jpg", "5"],
        ["2", "B", "b.jpg", "6"],
    ]


def test_columns_without_a_header_and_cells_left_out_at_the_end(tmp_path: Path) -> None:
    rows, notices = read(tmp_path / "p.csv", "brand,image,likes\nA,a.jpg,5,x,y\nB,b.jpg,6,x,y\n")
    assert rows == [["A", "a.jpg", "5", "x", "y"], ["B", "b.jpg", "6", "x", "y"]]
    assert notices == {}
    rows, notices = read(tmp_path / "q.csv", "brand,image,caption,likes,,\nA,a.jpg\nB,b.jpg,x,6,,\n")
    assert rows == [["A", "a.jpg"], ["B", "b.jpg", "x", "6"]]
    assert notices == {}


def test_a_cell_that_may_belong_to_two_columns_is_left_out(tmp_path: Path) -> None:
    rows, notices = read(
        tmp_path / "p.csv", "brand,title,caption,image,likes\nA,t,x,a.jpg,5\nB,one,two,three,b.jpg,6\n"
    )
    assert rows[1] == ["B", None, None, "b.jpg", "6"]
    assert notices == {"partial_rows": {"where": "p.csv", "count": 1, "lines": "3"}}


def test_a_row_that_fits_nothing_is_named_by_its_line(tmp_path: Path) -> None:
    text = (
        HEAD + '\nA,a.jpg,"one\ntwo",5,2025-01-01,' + LINK + '\nB,b.jpg,"x "y, z",q,r,s,t,u\nv,w,x,y,z\n' + sound("C")
    )
    rows, notices = read(tmp_path / "p.csv", text)
    assert [cells[0] for cells in rows] == ["A", "C"]
    assert notices["misfit_rows"]["lines"] == "4"
    assert str(notices["misfit_rows"]["text"]).startswith("B,b.jpg")


def test_notices_are_those_of_the_last_reading(tmp_path: Path) -> None:
    table = open_text(tmp_path / "p.csv", HEAD + "\n" + sound("A") + sound("B", "x, y"))
    for _ in range(2):
        list(table.rows())
        assert [notice.values["count"] for notice in table.notices()] == [1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_zero_bytes_and_the_end_of_a_dos_file(tmp_path: Path, end: str) -> None:
    text = (HEAD + "\n" + sound("A", '"one\ntwo"') + sound("B\0")).replace("\n", end) + "\x1a"
    rows, notices = read(tmp_path / "p.csv", text)
    assert [cells[:2] for cells in rows] == [["A", "A.jpg"], ["B", "B.jpg"]]
    assert "".join(str(rows[0][2]).split()) == "onetwo"
    assert notices == {}


def test_line_ends_of_several_programs(tmp_path: Path) -> None:
    text = HEAD + "\r\n" + sound("A").replace("\n", "\r") + sound("B", '"x\ry"').replace("\n", "\r\n") + sound("C")
    assert read(tmp_path / "p.csv", text) == ([row("A", "fine"), row("B", "x\ry"), row("C", "fine")], {})


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\r\n', "\ufeffsep=;\n", "SEP=;;;\n"])
def test_the_separator_line_for_excel(tmp_path: Path, first: str) -> None:
    table = open_text(tmp_path / "p.csv", first + "brand;image;likes\nA;a.jpg;1,5\n")
    assert [(number, list(cells)) for number, cells in table.rows()] == [
        (1, ["brand", "image", "likes"]),
        (2, ["A", "a.jpg", "1,5"]),
    ]


def test_a_table_of_markdown(tmp_path: Path) -> None:
    lines = [f"| {line.replace(',', ' | ')} |" for line in (HEAD, sound("Dior").strip())]
    rows, notices = read(tmp_path / "a.csv", f"{lines[0]}\n|---|:-:|---|---|---|--:|\n{lines[1]}\n")
    assert [str(cell).strip() for cell in rows[0] if str(cell).strip()] == row("Dior", "fine")
    assert notices == {}


def test_texts_guarded_from_excel(tmp_path: Path) -> None:
    guarded = f'{HEAD}\n="Dior","=""1.jpg""",="a ""b""",="0012",2025-01-01,{LINK}\n{sound("Dior")}'
    rows, notices = read(tmp_path / "a.csv", guarded)
    assert rows[0][:4] == ["Dior", "1.jpg", 'a "b"', "0012"]
    assert notices == {}


def test_titles_above_the_headers_are_kept(tmp_path: Path) -> None:
    table = open_text(tmp_path / "p.csv", 'Report, "May", x\n\n' + HEAD + "\n" + sound("A", "x, y"))
    assert [number for number, _ in table.rows()] == [1, 2, 3, 4]
    assert list(list(table.rows())[3][1]) == row("A", "x, y")


cells = st.text(st.sampled_from("ab,;\"'\\\n é|\t"), max_size=12)


@example([("'", ""), ("'", "")], ",", False)
@example([("'b", ""), ("b'", "")], ";", True)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t|"), st.booleans())
def test_what_csv_writes_is_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], delimiter: str, all_quoted: bool
) -> None:
    rows = [[f"B{n}", f"{n}.jpg", one, str(n), two] for n, (one, two) in enumerate(texts)]
    target = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(target, delimiter=delimiter, quoting=quoting).writerows(
        [["brand", "image", "caption", "likes", "x"], *rows]
    )
    found, notices = read(tmp_path_factory.mktemp("csv") / "p.csv", target.getvalue())
    if "\\" not in target.getvalue():  # else `\"` may be meant
        assert [cell[:5] for cell in found] == rows
        assert notices == {}


HOSTILE = {
    "a million quotes": HEAD + "\n" + '"' * 1_000_000,
    "a million and one": HEAD + "\n" + sound("A") + '"' * 1_000_001 + "\n" + sound("B"),
    "opening quotes without end": HEAD + "\n" + ',"x' * 300_000,
    "a quote on each line": HEAD + "\n" + sound("A") + ',"a\n' * 20_000,
    "an unclosed quote above many lines": HEAD + "\n" + 'A,a.jpg,"x\n' + "yyyy yyyy\n" * 200_000,
    "a wide row": HEAD + "\n" + sound("A") + "x," * 1_000_000,
    "a wide table": ",".join(f"c{n}" for n in range(16_385)) + ",brand,image\n" + "x," * 16_385 + "A,a.jpg\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_quotes_and_widths_end(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "_MOST_WORK", 1_000_000)
    table = open_text(tmp_path / "p.csv", text)
    assert sum(1 for _ in table.rows()) < 10


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_tables, "_LONGEST_LINE", 1_000_000)
    with pytest.raises(ValueError, match="line longer than"):
        read(tmp_path / "p.csv", HEAD + "\n" + "x" * 1_000_001)


def test_what_is_text() -> None:
    assert is_text("brand;image\nCôté".encode("cp1252"))
    assert is_text("brand".encode("utf-16-le") * 10)
    assert not is_text(bytes(range(32)) * 10)


@pytest.mark.parametrize("line", ["\n", ",,,,,\n", "\r\n"])
def test_of_many_blank_rows_few_are_read_and_the_numbers_stay(tmp_path: Path, line: str) -> None:
    table = open_text(tmp_path / "p.csv", HEAD + "\n" + sound("A", "x") + line * 5000 + sound("B", "y"))
    rows = list(table.rows())
    assert len(rows) < 200
    assert [number for number, cells in rows if any(cells)] == [1, 2, 5003]
    assert not table.notices()

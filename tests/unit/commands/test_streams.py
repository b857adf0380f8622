"""What commands print: any text, to whoever reads it or has stopped reading."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.commands import streams
from generator.commands.output import print_json
from generator.commands.streams import open_streams
from tests.support import ROOT

#: Letters of which each of these code pages lacks some, a line that fits none, and what a file name can hold.
TEXT = "Kōri Łódź Été Ђ 日本 … 🙂 \udcff"
CODE_PAGES = ["cp1250", "cp1251", "cp1252", "cp1254", "cp932", "cp936", "ascii"]


def _check(*arguments: str, folder: Path, code_page: str = "cp1252", output: Any = subprocess.PIPE) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "generator", "check", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": code_page},
        cwd=folder,
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
    )


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_a_file_or_pipe_gets_utf_8_whatever_the_code_page(
    code_page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "out").open("w", encoding=code_page) as file:
        monkeypatch.setattr(sys, "stdout", file)
        open_streams()
        print(TEXT)
        sys.stdout.flush()
    assert (tmp_path / "out").read_text(encoding="utf-8") == TEXT.replace("\udcff", "\\udcff") + "\n"


def test_a_terminal_that_lacks_a_character_shows_its_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(terminal, encoding="cp1252"))
    open_streams()
    print(TEXT, file=sys.stderr, flush=True)
    assert terminal.getvalue().decode("cp1252").startswith("K\\u014dri \\u0141\u00f3d\\u017a Été")


def test_what_another_program_reads_by_its_own_means_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (None, io.StringIO()):
        monkeypatch.setattr(sys, "stdout", stream)
        open_streams()
        assert sys.stdout is stream


def test_json_is_ascii_which_no_shell_alters(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    print_json({"title": TEXT})
    assert output.getvalue().isascii() and json.loads(output.getvalue()) == {"title": TEXT}


def test_messages_about_any_name_reach_a_file_under_an_old_code_page(tmp_path: Path) -> None:
    rows = "brand,image\nKōri,a.jpg\nŁódź,b.jpg\n日本,c.jpg\n"
    (tmp_path / "posts.csv").write_text(rows, encoding="utf-8")
    done = _check("posts.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert all(name in done.stdout.decode("utf-8") for name in ("Kōri", "Łódź", "日本"))
    told = json.loads(_check("posts.csv", "--json", folder=tmp_path).stdout)
    assert set(told["brands"]) == {"Kōri", "Łódź", "日本"}
    failed = _check("Kōri.csv", folder=tmp_path)
    assert failed.returncode == 3 and "Kōri.csv" in failed.stderr.decode("utf-8")


def test_a_pipe_that_nobody_reads_any_more_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("brand,image\nA,a.jpg\n", encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as output:
        done = _check("posts.csv", folder=tmp_path, output=output)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("system", "number", "is_dropped"),
    [("win32", errno.EINVAL, True), ("linux", errno.EINVAL, False), ("win32", errno.ENOSPC, False)],
)
def test_only_a_closed_pipe_is_passed_over_and_windows_calls_it_an_invalid_argument(
    system: str, number: int, is_dropped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(io.FileIO):
        def write(self, data: object, /) -> int:
            raise OSError(number, os.strerror(number))

    class Outlet(streams._Outlet, Refusing):
        pass

    monkeypatch.setattr(sys, "platform", system)
    with Outlet(str(tmp_path / "out"), "w") as outlet:
        if is_dropped:
            assert outlet.write(b"text") == 4
        else:
            with pytest.raises(OSError, match=os.strerror(number)):
                outlet.write(b"text")

"""A template's layouts are found by their placeholders, and slides fit into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.errors import SettingsError
from generator.progress import SilentProgress
from generator.slides.deck import Wishes, write_deck
from generator.slides.house import find_area, open_house
from tests.support.finished_report import write_finished
from tests.support.sample_report import make_report

pptx = pytest.importorskip("pptx")


def _write_template(path: Path, keep: int = 11) -> Path:
    """Write python-pptx's own template, 4:3 and in Calibri, with a slide in it and its first `keep` layouts."""
    template = pptx.Presentation()
    for layout in list(template.slide_layouts)[keep:]:
        template.slide_layouts.remove(layout)
    template.slides.add_slide(template.slide_layouts[0])
    template.save(str(path))
    return path


def _fill(folder: Path, template: Path) -> Any:
    site = write_finished(make_report(), folder / "site")
    write_deck(site, folder / "deck.pptx", Wishes(template=template), SilentProgress())
    return pptx.Presentation(str(folder / "deck.pptx"))


def test_slides_take_the_layouts_of_the_template_and_keep_inside_its_frame(tmp_path: Path) -> None:
    deck = _fill(tmp_path, _write_template(tmp_path / "house.pptx"))
    layouts = [slide.slide_layout.name for slide in deck.slides]
    assert layouts[0] == "Title Slide"
    assert set(layouts[1:]) == {"Title Only", "Title and Content"}
    assert deck.slide_width / deck.slide_height == pytest.approx(4 / 3)
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        for shape in slide.shapes:
            assert shape.left + shape.width <= deck.slide_width + 1
            assert shape.top + shape.height <= deck.slide_height + 1


def test_a_potx_is_read_as_well(tmp_path: Path) -> None:
    import zipfile

    plain = _write_template(tmp_path / "house.pptx")
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(tmp_path / "house.potx", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"presentation.main+xml", b"template.main+xml")
            target.writestr(name, data)
    assert len(_fill(tmp_path, tmp_path / "house.potx").slides) > 5


def test_a_template_without_a_needed_layout_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        open_house(_write_template(tmp_path / "house.pptx", keep=1))
    assert "no layout with a title and a text" in caught.value.message
    assert "Title Slide: center_title" in caught.value.message


@pytest.mark.parametrize("content", [None, b"", b"PK nothing"])
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "house.pptx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="--template"):
        open_house(path)


def test_content_lies_between_the_title_and_the_footer(tmp_path: Path) -> None:
    presentation, layouts = open_house(_write_template(tmp_path / "house.pptx"))
    area = find_area(presentation, layouts["chart"])
    title = next(place for place in layouts["chart"].placeholders if place.placeholder_format.type.name == "TITLE")
    assert area.y >= (title.top + title.height) / 914_400
    assert area.y + area.height <= 7.5 * 0.93

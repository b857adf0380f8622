"""The parts of a deck have their elements in the order of ISO/IEC 29500, which PowerPoint asks of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree

from generator.progress import SilentProgress
from generator.slides.deck import Wishes, write_deck
from tests.support.finished_report import FINDING, write_finished
from tests.support.sample_report import make_report
from tests.unit.slides.test_momentum import _CAMPAIGN, _CURVE, _MARKET, _VOICE

pytest.importorskip("pptx")

#: Children of elements that this package writes itself, in the order of the schema (parts 1 and 4, annex A).
_AXIS = "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx"
_ORDER = {
    "valAx": f"{_AXIS} crosses crossesAt crossBetween majorUnit minorUnit extLst",
    "catAx": f"{_AXIS} crosses crossesAt auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl extLst",
    "dateAx": f"{_AXIS} crosses crossesAt auto lblOffset baseTimeUnit majorUnit extLst",
    "scaling": "logBase orientation max min extLst",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId extLst",
    "areaChart": "grouping varyColors ser dLbls dropLines axId extLst",
    "lineChart": "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst",
    "ser": "idx order tx spPr invertIfNegative marker pictureOptions dPt dLbls trendline errBars cat val smooth extLst",
    "errBars": "errDir errBarType errValType noEndCap plus minus val spPr extLst",
    "plotArea": "layout areaChart lineChart barChart valAx catAx dateAx dTable spPr extLst",
    "tcPr": "lnL lnR lnT lnB lnTlToBr lnBlToTr noFill solidFill extLst",
    "lvl1pPr": "lnSpc spcBef spcAft buNone tabLst defRPr extLst",
    "bgPr": "noFill solidFill effectLst extLst",
    "cSld": "bg spTree custDataLst controls extLst",
    "sldMaster": "cSld clrMap sldLayoutIdLst transition timing hf txStyles extLst",
    "presentation": "sldMasterIdLst notesMasterIdLst handoutMasterIdLst sldIdLst sldSz notesSz defaultTextStyle extLst",
}
_UNSIGNED = ("axId", "crossAx", "sldId", "sldLayoutId", "sldMasterId")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, etree._Element]:
    folder = tmp_path_factory.mktemp("structure")
    tables = {"moves": [_MARKET], "curves": _CURVE, "voice": _VOICE, "campaigns": [_CAMPAIGN]}
    site = write_finished(make_report(), folder / "site", findings=(FINDING,), **tables)
    write_deck(site, folder / "deck.pptx", Wishes(address="https://example.com/"), SilentProgress())
    with zipfile.ZipFile(io.BytesIO((folder / "deck.pptx").read_bytes())) as deck:
        return {name: etree.fromstring(deck.read(name)) for name in deck.namelist() if name.endswith((".xml", ".rels"))}


def _walk(parts: dict[str, etree._Element]) -> Iterator[tuple[str, etree._Element]]:
    for name, root in parts.items():
        yield from ((name, element) for element in root.iter(etree.Element))


def test_elements_stand_in_the_order_of_the_schema(parts: dict[str, etree._Element]) -> None:
    seen = set()
    for name, element in _walk(parts):
        order = _ORDER.get(etree.QName(element).localname, "").split()
        if not order or not len(element):
            continue
        seen.add(etree.QName(element).localname)
        found = [etree.QName(child).localname for child in element]
        assert set(found) <= set(order), (name, element.tag, found)
        if element.tag.endswith("plotArea"):  # axes come in any order, after the charts
            found = [child for child in found if child.endswith("Chart")]
        assert found == sorted(found, key=order.index), (name, element.tag)
    assert seen >= {"valAx", "scaling", "barChart", "areaChart", "lineChart", "errBars", "tcPr", "bgPr"}


def test_ids_are_unsigned_and_axes_belong_to_their_charts(parts: dict[str, etree._Element]) -> None:
    for name, element in _walk(parts):
        kind = etree.QName(element).localname
        value = element.get("val") or element.get("id")
        if kind in _UNSIGNED and value:
            assert 0 < int(value) < 2**32, (name, kind)
        if kind == "plotArea":
            axes = {
                axis.get("val") for axis in element.xpath("./*[contains(local-name(), 'Ax')]/*[local-name()='axId']")
            }
            used = {
                axis.get("val") for axis in element.xpath("./*[contains(local-name(), 'Chart')]/*[local-name()='axId']")
            }
            assert used == axes


def test_layouts_and_masters_share_no_id_and_every_relation_has_its_part(parts: dict[str, etree._Element]) -> None:
    ids = [
        element.get("id")
        for _name, element in _walk(parts)
        if etree.QName(element).localname in ("sldLayoutId", "sldMasterId")
    ]
    assert len(ids) == len(set(ids))
    layouts = [name for name in parts if name.startswith("ppt/slideLayouts/slideLayout")]
    for name in layouts:
        assert name.replace("slideLayouts/", "slideLayouts/_rels/") + ".rels" in parts

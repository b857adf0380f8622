"""Who is who: spellings that are one brand, and those that are not."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.spreadsheet.brand_groups import Accounts
from generator.spreadsheet.brand_notices import describe_brands, find_likely, looks_like_caption
from generator.spreadsheet.brands import Merging, merge_spellings
from generator.spreadsheet.spellings import digits_of, read_spelling
from generator.text import clean_line


def merge(*names: str, aliases: dict[str, str] | None = None, accounts: Accounts | None = None) -> dict[str, str]:
    names = tuple(map(clean_line, names))
    merged = dict(merge_spellings(Counter(names), accounts, aliases).names)
    assert merged.pop("") == ""
    return merged


def brands(*names: str, **options: object) -> set[str]:
    return set(merge(*names, **options).values())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spellings", "name"),
    [
        (["Dior", "DIOR", " dior ", "Dior"], "Dior"),
        (
            ["Lune & Sel", "Lune & Sel", "LUNE & SEL", "Lune et Sel", "Lune and Sel", "Lune und Sel", "Lune + Sel"],
            "Lune & Sel",
        ),
        (["Lune & Sel", "Lune &amp; Sel", "Lune &amp;amp; Sel", "Lune＆Sel", "Lune&Sel"], "Lune & Sel"),
        (["Lune & Sel", "@lune.et.sel", "lune.et.sel", "https://www.instagram.com/lune.et.sel/?hl=fr"], "Lune & Sel"),
        (["Lune & Sel", "@luneetsel"], "Lune & Sel"),
        (["Dolce & Gabbana", "dolcegabbana"], "Dolce & Gabbana"),
        (["Hotel Dore", "Hotel Dore", "Hôtel Doré", "Hôtel Dore"], "Hôtel Doré"),
        (["Hôtel Doré®", "Hôtel Doré", "Hôtel Doré™", "Hôtel Doré ©"], "Hôtel Doré"),
        (["@hoteldore", "Hôtel Doré", "https://instagram.com/HotelDore"], "Hôtel Doré"),
        (["@hotel.dore", "@hoteldore", "Hôtel Doré"], "Hôtel Doré"),
        (["Côté-Vermeil", "Côté Vermeil", "Cote.Vermeil", "cote_vermeil", "Côté Vermeil"], "Côté Vermeil"),
        (["L’Oréal", "L'Oréal", "L´Oréal", "L'Oréal"], "L'Oréal"),
        (["A.P.C.", "APC", "A.P.C."], "A.P.C."),
        (["ＺＡＲＡ", "Zara", "Zara"], "Zara"),
        (["Søstrene", "Sostrene"], "Søstrene"),
        (["hoteldore", "@hoteldore", "instagram.com/hoteldore"], "hoteldore"),
        (["https://www.tiktok.com/@hoteldore", "@hoteldore"], "hoteldore"),
        (["Straße", "STRASSE", "Straße"], "Straße"),
        (["Dior ✨", "Dior", "✨ Dior 🇫🇷", "❤️Dior"], "Dior"),
        (['Hôtel "Doré" Paris', "Hôtel Doré Paris", "Hôtel Doré Paris"], "Hôtel Doré Paris"),
        (['"Dior"', "Dior", "«Dior»", "“Dior”", "Dior :", "Dior,"], "Dior"),
        (["Dior\u200e", "Dior"], "Dior"),
        (["❤️", "❤️"], "❤️"),
    ],
)
def test_spellings_of_one_brand(spellings: list[str], name: str) -> None:
    assert brands(*spellings) == {name}
    assert brands(*reversed(spellings)) == {name}


@pytest.mark.parametrize(
    "names",
    [
        ["Dior", "Dior Homme"],
        ["Zara", "Zara Home"],
        ["Gap", "GAP Inc"],
        ["Brand 1", "Brand 2", "Brand 12", "Brand 1 2"],
        ["Studio 54", "Studio 55"],
        ["Canal", "Canal+"],
        ["C", "C++", "C#"],
        ["Oh!", "Oh"],
        ["zara", "zara_", "_zara"],
        ["@hotel.dore", "@hoteldore"],
        ["Côtè Vermeil", "Côté Vermeil", "Cote Vermeil"],
        ["か", "が"],
        ["Й", "И"],
        ["Et", "&"],
        ["!", "?"],
        ["https://www.instagram.com/p/abc/", "p"],
        ["mm", "M&M"],
    ],
)
def test_brands_that_stay_apart(names: list[str]) -> None:
    assert brands(*names) == set(names)


def test_a_brand_is_called_as_most_rows_do_among_its_fullest_spellings() -> None:
    assert brands("NOIR", "Noir", "Noir") == {"Noir"}
    assert brands("b", "B") == {"b"} and brands("B", "b") == {"B"}
    assert brands("zara", "zara", "Zara") == {"zara"}  # as it was read before
    assert brands("Hôtel Doré®") == {"Hôtel Doré®"} and brands("@dior") == {"@dior"}
    assert brands("Lune &amp; Sel") == {"Lune & Sel"}
    assert brands("https://www.instagram.com/dior/") == {"dior"}
    assert brands(*["Zara"] * 60, "Zára") == {"Zara"}  # a slip
    assert brands("Maison №5", "x") == {"Maison №5", "x"}


def test_an_account_is_the_name_beside_it() -> None:
    accounts = Accounts(owners={"hd.paris": {"Hôtel Doré": 3}})
    assert brands("@hd.paris", "hd.paris", "Hôtel Doré", accounts=accounts) == {"Hôtel Doré"}
    assert brands("@hd.paris", "Hôtel Doré") == {"@hd.paris", "Hôtel Doré"}
    by_hand = Accounts(beside={"hd.paris": {"Hôtel Doré": 3}})
    assert brands("@hd.paris", "Hôtel Doré", accounts=by_hand) == {"Hôtel Doré"}
    influencer = Accounts(beside={"chiara": {"Hôtel Doré": 3, "Dior": 1}})
    assert brands("@chiara", "Hôtel Doré", "Dior", accounts=influencer) == {"@chiara", "Hôtel Doré", "Dior"}


def test_names_of_one_account_are_one_if_one_is_part_of_the_other() -> None:
    accounts = Accounts(owners={"hd": {"Hôtel Doré": 3, "Hôtel Doré ✨": 1}})
    assert brands(*["Hôtel Doré"] * 3, "Hôtel Doré ✨", accounts=accounts) == {"Hôtel Doré"}
    login = Accounts(owners={"analyst": {"Dior": 3, "Zara": 1}})
    assert brands("Dior", "Zara", accounts=login) == {"Dior", "Zara"}


def test_names_with_accounts_of_their_own_stay_apart() -> None:
    accounts = Accounts(owners={"cote": {"Côte": 1}, "cote.officiel": {"Côté": 1}})
    merging = merge_spellings(Counter(["Côte", "Côté", "Cote"]), accounts)
    assert len(set(merging.names.values()) - {""}) == 3
    assert merging.doubts
    assert brands("Côte", "Côté") == {"Côté"}
    taken = Accounts(owners={"zara": {"Zara": 5}})
    assert brands("Zara", "z.ara", accounts=taken) == {"Zara", "z.ara"}


def test_aliases_settle_the_rest() -> None:
    assert merge("Gap", "GAP Inc", "gap inc", aliases={"GAP Inc": "Gap"}) == dict.fromkeys(
        ("Gap", "GAP Inc", "gap inc"), "Gap"
    )
    moved = merge("Hôtel Doré", "Hotel Dore", "@hd", aliases={"Hôtel Doré": "HD", "@hd": "HD"})
    assert set(moved.values()) == {"HD"}
    assert merge("Hôtel Doré", "Hotel Dore", aliases={"x": "hotel dore"}) == {
        "Hôtel Doré": "hotel dore",
        "Hotel Dore": "hotel dore",
    }
    assert brands("A1", "B1", "C1", aliases={"A1": "B1", "B1": "C1"}) == {"C1"}
    merge("A1", "B1", aliases={"A1": "B1", "B1": "A1"})


def test_an_alias_of_itself_keeps_a_spelling_apart() -> None:
    names = ["Hôtel Doré", "Hotel Dore", "@hoteldore"]
    assert brands(*names, aliases={"Hotel Dore": "Hotel Dore"}) == {"Hôtel Doré", "Hotel Dore"}
    merging = merge_spellings(Counter(["Gap", "GAP Inc"]), aliases={"GAP Inc": "GAP Inc"})
    assert not find_likely(merging, {"Gap": 5, "GAP Inc": 5})


def test_aliases_of_nothing_are_named_and_those_without_a_name_refused() -> None:
    assert merge_spellings(Counter(["A"]), aliases={"B": "A", "C": "C"}).unknown == ["B", "C"]
    with pytest.raises(SettingsError, match="has no name"):
        merge_spellings(Counter(["A"]), aliases={"A": " "})


def likely(*names: str) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in find_likely(merge_spellings(Counter(names)), Counter(names))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hôtel Doré Paris", "Hôtel Doré"),
        ("GAP Inc.", "Gap"),
        ("The Kooples", "Kooples"),
        ("Kooples France SA", "Kooples"),
        ("hoteldore_official", "Hôtel Doré"),
        ("@hotel.dore.paris", "Hôtel Doré"),
        ("Channel", "Chanel"),
        ("Bvlgari", "Bulgari"),
        ("Côté Vermiel", "Côté Vermeil"),
        ("hotel.dore", "hotel_dore"),
        ("Côtè Vermeil", "Côté Vermeil"),
    ],
)
def test_likely_brands(one: str, other: str) -> None:
    assert likely(one, other, "Zara") == {frozenset({one, other})}


@pytest.mark.parametrize(
    "names",
    [
        ["Dior", "Dior Homme", "Zara", "Zara Home"],
        ["Gucci", "Pucci"],
        ["Brand A", "Brand B", "Brand AB"],
        ["Studio 54", "Studio 55", "Model1234", "Model1235"],
        ["House North", "House South"],
        ["Bar", "Barus"],
        ["Paris", "London", "Official"],
        ["Côté Vermeil", "Lune & Sel", "Hôtel Doré"],
    ],
)
def test_brands_that_nothing_is_said_of(names: list[str]) -> None:
    assert not likely(*names)
    assert not describe_brands(merge_spellings(Counter(names)), dict.fromkeys(names, 20), ())


def describe(counts: dict[str, int], broken: tuple[str, ...] = ()) -> dict[str, str]:
    merging = merge_spellings(counts)
    posts: Counter[str] = Counter()
    for name, count in counts.items():
        posts[merging.names[name]] += count
    return {notice.code: notice.text for notice in describe_brands(merging, posts, broken)}


def test_what_was_merged_is_said() -> None:
    said = describe({"Hôtel Doré": 20, "hôtel doré": 3, "Hotel Dore": 2, "@hoteldore": 5, "Dior": 9})
    assert list(said) == ["merged_spellings"]
    assert "Hôtel Doré (Hotel Dore, @hoteldore)" in said["merged_spellings"]
    assert ": 2." in said["merged_spellings"]
    assert not describe({"Dior": 20, "DIOR": 3})
    assert not describe({"https://www.instagram.com/dior/": 20, "Lune &amp; Sel": 9})  # nothing became one


def test_likely_brands_come_with_the_lines_to_paste() -> None:
    said = describe({"Hôtel Doré": 20, 'Hôtel "Doré" Paris': 9})
    assert '\n[brands.aliases]\n"Hôtel \\"Doré\\" Paris" = "Hôtel Doré"' in said["likely_brands"]
    many = {f"{letter}{word} {end}".strip(): 5 for letter in "BCDFGHJ" for word in ("andolin",) for end in ("", "Inc")}
    assert "and 2 more" in describe(many)["likely_brands"]


def test_brands_of_one_post_are_named_in_reports_of_some_size() -> None:
    assert "2, such as Fendi, Zara" in describe({"Dior": 20, "Zara": 1, "Fendi": 1})["single_posts"]
    assert not describe({"Dior": 3, "Zara": 1})


@pytest.mark.parametrize(
    "name",
    [
        "Soft light for winter days, and much more to come in our new stores",
        "New in! #dior",
        "We are so happy. Come and see us",
        "✨✨✨",
        "https://cdn.example/a.jpg",
        "photo_12.jpg",
        "one two three four five six seven eight nine",
    ],
)
def test_names_that_look_like_captions(name: str) -> None:
    assert looks_like_caption(name)
    assert name[:20] in describe({name: 20})["caption_names"]


@pytest.mark.parametrize(
    "name", ["Dior", "Dr. Hauschka", "L'Oréal Paris", "Ba&sh ✨", "St. John Knits International Inc."]
)
def test_names_that_do_not(name: str) -> None:
    assert not looks_like_caption(name)


def test_names_with_line_breaks_are_named() -> None:
    assert "caption_names" in describe({"Dior new": 20}, broken=("Dior new",))


def test_more_names_than_brands_there_are_merge_by_case_alone() -> None:
    many = [f"name {index}x" for index in range(10_000)]
    merged = merge(*many, "Hôtel", "HÔTEL", "Hôtel", "Hotel")
    assert (merged["HÔTEL"], merged["Hotel"], len(set(merged.values()))) == ("Hôtel", "Hotel", 10_002)


WORDS = st.sampled_from(
    ["Hôtel", "Hotel", "Doré", "DORE", "dore", "&", "et", "and", "@", ".", "_", "-", " ", "1", "2", "12", "®", "’", "'",
     "Lune", "sel", "&amp;", "＆", "+", "Inc", "é", "è", "e\u0301", "が", "か", "İ", "ß", "ss", "#", "https://www.instagram.com/"]
)  # fmt: skip
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=6).map("".join), max_size=12) | st.lists(st.text(max_size=8))


@given(NAMES)
@example(["İ", "i", "I", "ı"])
@example(["@", "@@", "@ "])
@example(["＆ethttps://www.instagram.com/", "&amp;amp；lt;"])
def test_merging_keeps_digits_and_every_spelling_and_is_idempotent(written: list[str]) -> None:
    names = [name for name in map(clean_line, written) if name]
    merged = merge(*names)
    assert set(merged) == set(names)
    for name, shown in merged.items():
        assert shown
        assert digits_of(read_spelling(name).key) == digits_of(read_spelling(shown).key)
    again = merge(*(merged[name] for name in names))
    assert all(again[shown].casefold() == shown.casefold() for shown in set(merged.values()))


@given(NAMES, st.randoms())
def test_merging_does_not_depend_on_the_order(written: list[str], random: object) -> None:
    names = [name for name in map(clean_line, written) if name]
    shuffled = names[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def groups(merged: dict[str, str]) -> set[frozenset[str]]:
        return {frozenset(name for name in merged if merged[name] == shown) for shown in merged.values()}

    one, other = merge(*names), merge(*shuffled)
    assert groups(one) == groups(other)


@given(NAMES)
def test_whatever_is_one_for_two_is_one_among_others_or_in_doubt(written: list[str]) -> None:
    names = sorted({name for name in map(clean_line, written) if name})
    merging: Merging = merge_spellings(Counter(names))
    doubtful = {name for pair in merging.doubts for name in pair}
    for one, other in combinations(names[:6], 2):
        pair = merge(one, other)
        apart = merging.names[one] != merging.names[other]
        if pair[one] == pair[other] and apart:
            assert {merging.names[one], merging.names[other]} & doubtful


@given(NAMES)
def test_notices_of_any_names_can_be_written(written: list[str]) -> None:
    counts = Counter(name for name in map(clean_line, written) if name)
    merging = merge_spellings(counts)
    posts = Counter({merging.names[name]: count for name, count in counts.items()})
    for notice in describe_brands(merging, posts, ()):
        assert notice.text
    for one, other in find_likely(merging, posts):
        assert one != other
        assert sorted(digits_of(read_spelling(one).key)) == sorted(digits_of(read_spelling(other).key))

"""Pages and tables say the same, and what they say of pairs and of fields is redone from the posts' table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.language import open_language
from generator.site.data_files import write_exports
from generator.spreadsheet.fields import Field
from generator.spreadsheet.posts import Post
from tests.support.page_reader import read_page
from tests.support.rich_sample import read_table
from tests.support.sample_report import BRANDS, make_post, make_report, write_site

#: Posts of each brand in each of three clusters.
TABLE = ((90, 25, 35), (30, 50, 40), (25, 15, 60))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    posts: list[Post] = []
    labels: list[int] = []
    cells = [(brand, cluster) for brand, row in enumerate(TABLE) for cluster, n in enumerate(row) for _ in range(n)]
    # in order, posts of one cluster after another would come in runs
    for place, index in enumerate(np.random.default_rng(0).permutation(len(cells)).tolist()):
        brand, cluster = cells[index]
        market = ("France", "Japan", "Spain")[(place + brand * (place % 2)) % 3]
        posts.append(make_post(place, BRANDS[brand], likes=100 + place, fields=(market,)))
        labels.append(cluster)
    report = make_report(posts, labels, fields=(Field("Market", "category"),))
    write_exports(report, folder / "data")
    return write_site(report, folder)


def test_a_brands_page_has_the_shares_and_ratios_of_the_table(site: Path) -> None:
    language, told = open_language("en"), read_table(site / "data", "shares")
    compared = 0
    for brand in told["brand_key"].unique():
        table = next(
            one for one in read_page(site / f"brands/{brand}.html").find_all("table") if "Over-index" in one.text
        )
        for row in table.find_all("tbody")[0].find_all("tr"):
            [link] = row.find_all("a")
            key = str(link.attributes["href"]).rpartition("/")[2].removesuffix(".html")
            [cell] = told[(told["brand_key"] == brand) & (told["cluster_key"] == key)].to_dict("records")
            posts, share, rival, ratio = (" ".join(one.text.split()) for one in row.find_all("td"))
            assert (int(posts), share) == (cell["posts"], language.percent(cell["share"]))
            assert rival == language.percent(cell["median_rival"])
            assert ("▲" in ratio) == (cell["marked"] == "yes" and cell["over_index"] > 1)
            if cell["bound_only"] != "yes" and cell["withheld"] != "yes":
                assert ratio.startswith(language.ratio(cell["over_index"]))
                assert cell["over_index"] == pytest.approx(cell["share_of_occasions"] / cell["median_rival"], rel=1e-4)
                compared += 1
    assert compared >= 6


def test_two_brands_side_by_side_have_the_shares_of_the_posts(site: Path) -> None:
    posts = read_table(site / "data", "posts")
    shares = posts.groupby("brand_key")["cluster_key"].value_counts(normalize=True)
    page, told = read_page(site / "compare.html"), open_language("en")
    pairs = [one for one in page.find_all("section") if "data-brands" in one.attributes and one.find_all("tbody")]
    keys = sorted(posts["brand_key"].unique())
    assert len(pairs) == 3
    for pair in pairs:
        brands = [keys[int(place)] for place in str(pair.attributes["data-brands"]).split()]
        for row in pair.find_all("tbody")[0].find_all("tr"):
            key = str(row.find_all("a")[0].attributes["href"]).rpartition("/")[2].removesuffix(".html")
            assert [cell.text.strip() for cell in row.find_all("td")] == [
                told.percent(shares[brand, key]) for brand in brands
            ]


def test_shares_of_a_field_are_those_of_the_posts(site: Path) -> None:
    posts, rows = read_table(site / "data", "posts"), read_table(site / "data", "field_shares")
    shares = posts.groupby("brand_key")["field_market"].value_counts(normalize=True)
    rows = rows[rows["field_key"] == "market"]
    assert len(rows) == 9
    for row in rows.to_dict("records"):
        assert row["share"] == pytest.approx(shares[row["brand_key"], row["value"]], rel=1e-4)
        rivals = rows[(rows["value"] == row["value"]) & (rows["brand_key"] != row["brand_key"])]
        assert row["rank"] == 1 + (rivals["share_of_occasions"] > row["share_of_occasions"]).sum()
        assert row["lowest_rival"] == pytest.approx(rivals["share_of_occasions"].min(), rel=1e-4)
        # rivals are drawn to what they have in common before the median of the two, their mean
        assert rivals["share_of_occasions"].min() <= row["median_rival"] <= rivals["share_of_occasions"].max()

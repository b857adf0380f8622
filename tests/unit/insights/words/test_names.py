"""Names from captions: what sets a cluster apart is said, what brands and Instagram say everywhere is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.insights.words.caption_words import fold, read_words
from generator.insights.words.names import MAX_LENGTH, ClusterName, Content, name_clusters
from generator.insights.words.stop_words import STOP_WORDS

BRANDS = ["Maison Ambre", "L'Atelier Nº 8", "Rue 41"]
TRICKY = ["robe", "Robes", "ROBÉ", "satin", "<i>", "#Été", "été", "T-shirt", "tshirt", "ßa", "ŉoel", "ẞatin", "\u3164"]


def _words(caption: str, *others: str, brands: list[str] | None = None) -> list[str]:
    return list(read_words([caption, *others], brands or []).shown)


def _arrays(*groups: list[str]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Captions cluster by cluster, and their clusters and brands; brands take turns."""
    captions = [caption for group in groups for caption in group]
    cluster = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return captions, cluster, np.arange(len(captions)) % len(BRANDS)


def _name(*groups: list[str], looks: list[str] | None = None) -> tuple[ClusterName, ...]:
    return name_clusters(*_arrays(*groups), BRANDS, looks)


def _names(*groups: list[str], looks: list[str] | None = None) -> list[str | None]:
    return [found.name for found in _name(*groups, looks=looks)]


def test_bilingual_captions_name_their_clusters() -> None:
    dresses = [
        "Robe en satin ✨ #mode",
        "La robes du soir, en satin. Link in bio!",
        "Nouveauté : robe satin @ambre",
    ] * 5
    coats = ["The wool coat, new in", "Wool coats for winter https://x.fr/manteau", "coat 2024 — wool #Coat"] * 5
    beach = ["À la plage, l'été", "Un été à la plage 🏖️", "ÉTÉ / plage"] * 5
    assert _names(dresses, coats, beach) == ["Robe, satin", "Wool, coat", "Plage, été"]


def test_scores_go_with_the_words() -> None:
    (found, other) = _name(["robe satin"] * 9 + ["robe"] * 3, ["manteau"] * 12)
    assert found.words == ("robe", "satin")
    # classes of 21 and 12 words
    assert found.scores == pytest.approx((np.log1p(16.5 / 12), (9 / 12) ** 2 * np.log1p(16.5 / 9)))
    assert other.words == ("manteau",)


def test_repeated_word_counts_once_per_post() -> None:
    words = read_words(["robe robe robes #Robe", "robe"])
    assert words.shown == ("robe",)
    assert list(zip(words.post.tolist(), words.word.tolist(), strict=True)) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("Voir https://brand.fr/robe et www.brand.com/pull ou brand.com/jupe", ["Voir"]),
        ("merci @robe.officiel et contact@satin.fr 🧡 satin", ["satin"]),
        ("https://tiktok.com/@robe/video jupe,@satin velours.Soie www.", ["jupe", "velours", "Soie"]),
        ("." * 50_000 + "a." * 20_000 + "@" * 20_000 + "a-" * 20_000 + "_" * 50_000, []),
        ("2024 #SS25 501 n°8 ½ soie", ["soie"]),
        ("Lien en bio · Link in bio · New in · Nouveauté · Disponible en boutique · #OOTD", []),
        ("l'été d’une robe", ["été", "robe"]),
        ("T-shirt tshirt prêt-à-porter #robe_longue", ["T-shirt", "prêt-à-porter", "robe", "longue"]),
        ("ROBE Robe robe", ["robe"]),
        ("\u202erobe\u200b d\u00e9\x00 \u3164 s\ud800atin", ["robe", "satin"]),
        ("𝗥𝗼𝗯𝗲 ﬁne", ["Robe", "fine"]),
        ("--- ... ''' ### @ #", []),
        ("<script>alert(1)</script>", ["script", "alert"]),
    ],
)
def test_words_of_a_caption(caption: str, words: list[str]) -> None:
    assert _words(caption) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("robe", "robes"), ("dress", "dresses"), ("manteau", "manteaux"), ("cheval", "chevaux"), ("party", "parties"),
     ("scarf", "scarves"), ("Poupée", "poupees"), ("watch", "watches")],
)  # fmt: skip
def test_plurals_merge_with_a_singular_in_use(one: str, many: str) -> None:
    assert len(_words(one, many)) == 1
    assert len(_words(many, one, one)) == 1
    assert _words(many) == [many]


@pytest.mark.parametrize("word", ["dress", "bas", "jeans", "velours"])
def test_apparent_plural_stays(word: str) -> None:
    assert _words(word, "dres", "tissu") == [word, "dres", "tissu"]


def test_the_commonest_spelling_is_shown() -> None:
    assert _words("etoile", "étoile", "étoile", "ETOILE") == ["étoile"]
    assert _words("Venise", "Venise", "VENISE") == ["Venise"]
    assert _words("Robe", "Robe", "Robe", "robe") == ["robe"]


def test_brand_names_are_no_words() -> None:
    captions = "Maison Ambre, l'atelier #MaisonAmbre #maisonambreparis #LAtelierNº8 #Rue41 ambre rue ambres satin"
    assert _words(captions, brands=BRANDS) == ["satin"]


def test_word_of_one_brand_does_not_name_a_shared_cluster() -> None:
    captions = ["manifeste robe", "robe longue", "robe"] * 10 + ["manteau"] * 30
    arrays = captions, np.repeat([0, 1], 30), np.tile([0, 1, 2], 20)
    (found, _) = name_clusters(*arrays, BRANDS)
    assert found.name == "Robe"
    assert "manifeste" not in found.words
    (alone, _) = name_clusters(captions, np.repeat([0, 1], 30), np.zeros(60, int), BRANDS)
    assert "manifeste" in alone.words


def test_word_of_mostly_one_brand_ranks_below_one_of_all() -> None:
    slogan = ["manifeste robe"] * 20 + ["robe manifeste", "robe", "robe", "robe"] * 2
    brand = np.array([0] * 20 + [1, 1, 1, 1, 2, 2, 2, 2] + [0, 1, 2] * 10)
    (found, _) = name_clusters(slogan + ["manteau"] * 30, np.repeat([0, 1], [28, 30]), brand, BRANDS)
    assert found.words == ("robe", "manifeste")


def test_common_and_rare_words_name_nothing() -> None:
    groups = [["plage soleil"] * 10 + ["soleil"] * 10] * 3
    assert _names(*groups) == [None] * 3
    assert _names(["robe", "robe", *["..."] * 20], ["manteau"] * 10) == [None, "Manteau"]
    assert _names(["robe"] * 3 + ["…"] * 40, ["manteau"] * 10) == [None, "Manteau"]


def test_random_words_name_few_clusters() -> None:
    rng = np.random.default_rng(1)
    vocabulary = ["".join(rng.choice(list("bcdfglmnprtv"), 6)) for _ in range(400)]
    weights = 1 / np.arange(1, 401)
    captions = [" ".join(rng.choice(vocabulary, 12, p=weights / weights.sum())) for _ in range(2000)]
    found = name_clusters(captions, rng.integers(0, 40, 2000), rng.integers(0, 8, 2000), [])
    assert sum(name.name is not None for name in found) <= 4


def test_taken_name_gets_its_next_words() -> None:
    one, two, three = ["robe"] * 9, ["robe"] * 9 + ["robe satin"] * 3, ["robe"] * 9 + ["robe soie"] * 3
    names = _names(one, two, three, ["manteau"] * 30)
    assert names == ["Robe", "Robe, satin", "Robe, soie", "Manteau"]


def _show(
    *shares: dict[int, float], posts: int = 40
) -> tuple[Content, list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Content whose terms this share of each cluster's posts show; captions that say nothing; clusters; brands."""
    pairs = [
        (cluster * posts + post, term)
        for cluster, terms in enumerate(shares)
        for term, share in terms.items()
        for post in range(round(share * posts))
    ]
    post, term = np.array(pairs).T
    shown, under = ("clothing", "tops", "t-shirts", "shoes", "stripes"), (None, 0, 1, None, None)
    cluster = np.repeat(np.arange(len(shares)), posts)
    return Content(post, term, shown, under), ["…"] * len(cluster), cluster, np.arange(len(cluster)) % 3


def test_content_comes_before_words_and_the_closest_term_alone() -> None:
    content, _, cluster, brand = _show({0: 1, 1: 0.9, 2: 0.7}, {3: 0.9})
    captions = ["coton"] * 40 + ["cuir"] * 40
    shirts, shoes = name_clusters(captions, cluster, brand, [], content=content)
    assert (shirts.name, shoes.name) == ("T-shirts", "Shoes")
    assert shirts.content == ("t-shirts",) and shirts.words == ("coton",)


def test_clusters_of_one_content_differ_in_what_sets_them_apart_among_these() -> None:
    content, captions, cluster, brand = _show({2: 0.9}, {2: 0.9, 4: 0.8}, {2: 0.9}, {3: 0.9})
    captions = [*captions[:80], *["coton bio"] * 40, *captions[120:]]
    looks = ["Pink and white", "Navy", "Black", "Brown"]
    found = [one.name for one in name_clusters(captions, cluster, brand, [], looks, content=content)]
    assert found == ["T-shirts, pink and white", "Stripes", "T-shirts, coton", "Shoes"]


def test_what_a_small_part_of_the_images_shows_does_not_name_them_all() -> None:
    content, _, cluster, brand = _show({3: 0.2}, {2: 0.9})
    captions = ["cuir"] * 40 + ["coton"] * 40
    mixed, plain = name_clusters(captions, cluster, brand, [], content=content)
    assert (mixed.name, plain.name) == ("Cuir", "T-shirts") and mixed.content == ("shoes",)


def test_no_name_repeats_another_or_its_own_first_word() -> None:
    content, _, cluster, brand = _show({3: 0.9}, {3: 0.9}, {2: 0.5})
    captions = ["shoe cuir"] * 40 + ["cuir shoes"] * 40 + ["coton"] * 40
    names = [str(one.name) for one in name_clusters(captions, cluster, brand, [], ["Red", "Blue", ""], content=content)]
    assert len({frozenset(name.lower().split(", ")) for name in names}) == 3
    assert all("shoe" not in name.lower().partition(",")[2] for name in names)


def test_looks_distinguish_equal_words_and_replace_missing_ones() -> None:
    looks = ["Light", "Dark, red ground", "Light", "Light", "<b>\u202eDark</b>\n\x00green " + "x" * 60]
    groups = [["robe"] * 9, ["robe"] * 9, ["..."] * 9, ["…"] * 9, ["!"] * 9]
    names = _names(*groups, looks=looks)
    assert names[:4] == ["Robe", "Robe, dark, red ground", "Light", None]
    assert str(names[4]).startswith("<b>Dark</b> green x") and len(str(names[4])) == MAX_LENGTH
    assert _names(*groups) == ["Robe", None, None, None, None]


def test_no_posts_or_clusters() -> None:
    nothing = np.zeros(0, int)
    assert name_clusters([], nothing, nothing, []) == ()
    assert name_clusters(["robe"] * 5, np.full(5, -1), np.zeros(5, int), BRANDS) == ()
    assert [found.name for found in name_clusters([""], np.array([2]), np.array([0]), BRANDS)] == [None] * 3
    assert [found.name for found in name_clusters(["robe"] * 5, np.zeros(5, int), np.zeros(5, int), [])] == ["Robe"]


def test_a_long_name_is_cut_at_a_word() -> None:
    long = ["abcdefghijklmnopqrstuvwx zyxwvutsrqponmlkjihgfedc abc"] * 9
    assert _names(long, ["manteau"] * 9)[0] == "Abcdefghijklmnopqrstuvwx"
    assert _names(["#" + "robe" * 8] * 9, ["manteau"] * 9)[0] is None


def test_right_to_left_and_cjk_captions() -> None:
    names = _names(["فستان حرير"] * 9, ["שמלה #שמלות"] * 9, ["新作のドレス"] * 9, ["हिन्दी कपड़े"] * 9)
    assert names[0] == "فستان, حرير" and names[3] == "हिन्दी, कपड़े"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_names_are_unique_for_random_captions(data: st.DataObject) -> None:
    wild = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
    tame = st.lists(st.sampled_from(TRICKY)).map(" ".join)
    some = data.draw(st.lists(st.one_of(wild, tame), max_size=6))
    captions = data.draw(st.lists(st.sampled_from(some), max_size=60)) if some else []
    cluster = np.array(data.draw(st.lists(st.integers(-1, 5), min_size=len(captions), max_size=len(captions))), int)
    brand = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(captions), max_size=len(captions))), int)
    looks = data.draw(st.none() | st.lists(wild, max_size=8))
    found = name_clusters(captions, cluster, brand, data.draw(st.lists(wild, max_size=3)), looks)
    assert len(found) == max(cluster.max(initial=-1) + 1, len(looks or []))
    names = [entry.name for entry in found if entry.name is not None]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= MAX_LENGTH and name == " ".join(name.split())
        name.encode("utf-8")
    for entry in found:
        assert len(entry.words) == len(entry.scores) <= 5
        assert all(word.replace("-", "") and "<" not in word for word in entry.words)


def test_stop_words_are_folded() -> None:
    assert all(word == fold(word) and len(word) > 2 for word in STOP_WORDS)
    assert not STOP_WORDS & {"ete", "short", "top", "body", "car", "main", "robe", "sac", "jean"}

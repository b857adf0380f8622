"""Headers to fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.spreadsheet import known_headers
from generator.spreadsheet.header_paths import LONGEST_NAME
from generator.spreadsheet.headers import (
    FIELDS,
    check_mapping,
    choose_columns,
    column_letters,
    describe_missing,
    find_columns,
    find_evidence,
    find_shortcodes,
    is_month_first_header,
    normalise_header,
)

PHANTOMBUSTER = [
    "postUrl",
    "description",
    "commentCount",
    "likeCount",
    "location",
    "pubDate",
    "isSidecar",
    "type",
    "caption",
    "profileUrl",
    "username",
    "fullName",
    "imgUrl",
    "postId",
    "timestamp",
    "query",
]
CROWDTANGLE = [
    "Account", "User Name", "Followers at Posting", "Post Created", "Post Created Date", "Post Created Time", "Type",
    "Total Interactions", "Likes", "Comments", "Views", "URL", "Link", "Photo", "Title", "Description", "Image Text",
]  # fmt: skip
APIFY = [
    "id",
    "shortCode",
    "timestamp",
    "caption",
    "type",
    "url",
    "ownerUsername",
    "ownerFullName",
    "displayUrl",
    "images/0",
    "videoUrl",
    "alt",
    "likesCount",
    "commentsCount",
    "hashtags/0",
]
META = [
    "Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)", "Publish time",
    "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Likes", "Shares", "Comments", "Saves",
]  # fmt: skip
GRAPH = [
    "id",
    "caption",
    "media_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "timestamp",
    "username",
    "like_count",
    "comments_count",
]
FRENCH = [
    "Marque",
    "Vignette",
    "Légende",
    "Mentions J’aime",
    "Nombre de commentaires",
    "Date de publication",
    "Lien",
    "Nombre d’abonnés",
]


def chosen_headers(headers: list[str], empty: tuple[str, ...] = ()) -> dict[str, str]:
    filled = {index: 0 if header in empty else 1 for index, header in enumerate(headers)}
    chosen = choose_columns(find_columns(headers, {}), filled)
    return {field: headers[columns[0]] for field, columns in chosen.items()}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (PHANTOMBUSTER, "fullName imgUrl description likeCount commentCount pubDate postUrl"),
        (CROWDTANGLE, "Account|Photo|Description|Likes|Comments|Post Created|URL|Followers at Posting"),
        (APIFY, "ownerFullName displayUrl caption likesCount commentsCount timestamp url"),
        (GRAPH, "username thumbnail_url caption like_count comments_count timestamp permalink"),
        (FRENCH, "|".join(FRENCH)),
    ],
)
def test_the_headers_of_exports(headers: list[str], expected: str) -> None:
    names = expected.split("|") if "|" in expected else expected.split()
    chosen = chosen_headers(headers)
    chosen.pop("format", None)  # has columns that complete each other
    assert chosen == dict(zip(FIELDS, names, strict=False))


def test_the_first_preferred_column_that_is_not_empty_is_taken() -> None:
    assert chosen_headers(PHANTOMBUSTER, empty=("description",))["caption"] == "caption"
    assert chosen_headers(APIFY, empty=("displayUrl", "ownerFullName")) | {} == {
        **chosen_headers(APIFY),
        "thumbnail": "images/0",
        "brand": "ownerUsername",
    }
    assert chosen_headers(["Brand", "Caption", "Image"], empty=("Caption",))["caption"] == "Caption"


def test_images_of_films_and_of_photographs_complete_each_other() -> None:
    chosen = choose_columns(find_columns(GRAPH, {}), dict.fromkeys(range(len(GRAPH)), 1))
    assert [GRAPH[column] for column in chosen["thumbnail"]] == ["thumbnail_url", "media_url"]


def test_an_export_without_images_says_so() -> None:
    found = find_columns(META, {})
    assert "thumbnail" not in found
    what, hint = describe_missing(["thumbnail"], META, {})
    assert "thumbnail" in what
    assert "Meta Business Suite" in hint
    assert "Publish time" in hint
    assert is_month_first_header("Publish time")
    assert META[found["published"][0][0]] == "Publish time"  # `Date` says Lifetime


@pytest.mark.parametrize(
    "header", ["J'aime", "j’aime ", "J AIME", "Nombre de J'aime", "NB_LIKES", "Likes (count)", "like-count"]
)
def test_case_accents_and_punctuation_do_not_matter(header: str) -> None:
    assert "likes" in find_columns([header], {})


def test_normalised() -> None:
    assert normalise_header(" Légende n° 2 ") == "legenden2"
    assert normalise_header("images/0") == normalise_header("images[0]") == "images0"


@pytest.mark.parametrize("field", FIELDS)
def test_every_known_header_is_matched_as_it_is_written(field: str) -> None:
    for group in known_headers.HEADERS[field]:
        for header in group:
            assert find_columns([header], {}) == {field: [[0]]}, header
            assert len(normalise_header(header)) <= LONGEST_NAME


def test_no_header_is_known_for_two_fields() -> None:
    fields: dict[str, str] = {}
    for field, groups in known_headers.HEADERS.items():
        for name in {normalise_header(header) for group in groups for header in group}:
            assert fields.setdefault(name, field) == field, name


def test_mapped_headers_win_and_serve_no_other_field() -> None:
    found = find_columns(["Pic", "URL", "Brand", "brand"], {"thumbnail": "URL", "brand": "brand"})
    assert found["thumbnail"] == [[1]]
    assert "permalink" not in found
    assert found["brand"] == [[3]]
    assert find_columns(["Ma Pic!"], {"thumbnail": "ma pic"})["thumbnail"] == [[0]]
    assert "thumbnail" not in find_columns(["Thumbnail"], {"thumbnail": "Pic"})


def test_a_mapping_of_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(SettingsError) as caught:
        check_mapping({"brnd": "A"})
    assert "brand" in caught.value.hint


def test_the_nearest_header_is_named() -> None:
    _, hint = describe_missing(["brand", "thumbnail"], ["Brnad", "Post image link", "Likes"], {})
    assert 'brand = "Brnad"' in hint
    assert 'thumbnail = "Post image link"' in hint


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letters(index) == letters


#: Headers of exports as they are documented or written by code; see known_headers.
EXPORTS: dict[str, tuple[str, dict[str, str]]] = {
    "4CAT, Instagram": (
        "id thread_id parent_id body author author_fullname author_avatar_url timestamp type url image_url media_url "
        "hashtags num_likes num_comments num_media location_name unix_timestamp",
        {
            "brand": "author_fullname",
            "thumbnail": "image_url",
            "caption": "body",
            "likes": "num_likes",
            "comments": "num_comments",
            "published": "timestamp",
            "permalink": "url",
        },
    ),
    "4CAT, TikTok": (
        "id thread_id author author_full author_followers body timestamp is_duet music_name video_url tiktok_url "
        "thumbnail_url likes comments shares plays hashtags",
        {
            "brand": "author_full",
            "thumbnail": "thumbnail_url",
            "caption": "body",
            "likes": "likes",
            "comments": "comments",
            "published": "timestamp",
            "permalink": "tiktok_url",
            "followers": "author_followers",
        },
    ),
    "Zeeschuimer, TikTok": (
        "id desc createTime video.cover video.originCover author.uniqueId author.nickname author.signature "
        "music.title music.authorName stats.diggCount stats.shareCount stats.commentCount authorStats.diggCount",
        {
            "brand": "author.nickname",
            "thumbnail": "video.cover",
            "caption": "desc",
            "likes": "stats.diggCount",
            "comments": "stats.commentCount",
            "published": "createTime",
        },
    ),
    "Apify, TikTok": (
        "id text createTime createTimeISO authorMeta/id authorMeta/name authorMeta/nickName authorMeta/fans "
        "authorMeta/heart musicMeta/musicName musicMeta/musicAuthor musicMeta/coverMediumUrl webVideoUrl "
        "videoMeta/coverUrl videoMeta/duration diggCount shareCount playCount commentCount hashtags/0/name",
        {
            "brand": "authorMeta/nickName",
            "thumbnail": "videoMeta/coverUrl",
            "caption": "text",
            "likes": "diggCount",
            "comments": "commentCount",
            "published": "createTimeISO",
            "permalink": "webVideoUrl",
            "followers": "authorMeta/fans",
        },
    ),
    "TikTok's research API": (
        "id create_time username region_code video_description music_id like_count comment_count share_count",
        {
            "brand": "username",
            "caption": "video_description",
            "likes": "like_count",
            "comments": "comment_count",
            "published": "create_time",
        },
    ),
    "Bright Data": (
        "url user_posted description hashtags/0 num_comments date_posted likes photos/0 videos/0 location post_id "
        "shortcode content_type pk latest_comments/0/comments latest_comments/0/user_commenting thumbnail followers",
        {
            "brand": "user_posted",
            "thumbnail": "thumbnail",
            "caption": "description",
            "likes": "likes",
            "comments": "num_comments",
            "published": "date_posted",
            "permalink": "url",
            "followers": "followers",
        },
    ),
    "Meta Content Library": (
        "id creation_time post_owner.type post_owner.username post_owner.name text statistics.like_count "
        "statistics.comment_count statistics.views multimedia/0/url lang",
        {
            "brand": "post_owner.name",
            "thumbnail": "multimedia/0/url",
            "caption": "text",
            "likes": "statistics.like_count",
            "comments": "statistics.comment_count",
            "published": "creation_time",
        },
    ),
    "instaloader": (
        "node/id node/shortcode node/display_url node/edge_media_to_caption/edges/0/node/text "
        "node/edge_media_preview_like/count node/edge_media_to_comment/count node/taken_at_timestamp "
        "node/owner/username node/owner/full_name node/edge_media_to_tagged_user/edges/0/node/user/full_name "
        "node/edge_media_to_parent_comment/edges/0/node/text instaloader/version",
        {
            "brand": "node/owner/full_name",
            "thumbnail": "node/display_url",
            "caption": "node/edge_media_to_caption/edges/0/node/text",
            "likes": "node/edge_media_preview_like/count",
            "comments": "node/edge_media_to_comment/count",
            "published": "node/taken_at_timestamp",
        },
    ),
    "instagram-scraper": (
        "GraphImages/0/display_url GraphImages/0/urls/0 GraphImages/0/edge_media_preview_like/count "
        "GraphImages/0/username GraphImages/0/tags/0 GraphImages/0/comments/data/0/text",
        {
            "brand": "GraphImages/0/username",
            "thumbnail": "GraphImages/0/display_url",
            "likes": "GraphImages/0/edge_media_preview_like/count",
        },
    ),
    "CrowdTangle's API": (
        "id date message title link postUrl imageUrl account/name account/handle account/profileImage "
        "statistics/actual/favoriteCount statistics/actual/commentCount statistics/expected/commentCount",
        {
            "brand": "account/name",
            "thumbnail": "imageUrl",
            "caption": "message",
            "published": "date",
            "permalink": "postUrl",
        },
    ),
    "Graph API, albums and pages": (
        "id username caption media_url children/data/0/media_url children/data/1/media_url children/data/0/permalink "
        "like_count comments/summary/total_count comments/data/0/text timestamp permalink",
        {
            "brand": "username",
            "thumbnail": "media_url",
            "caption": "caption",
            "likes": "like_count",
            "comments": "comments/summary/total_count",
            "published": "timestamp",
            "permalink": "permalink",
        },
    ),
    "Pinterest": (
        "id created_at title description pinner.username pinner.full_name images.orig.url board.name board.url "
        "native_creator.full_name",
        {
            "brand": "pinner.full_name",
            "thumbnail": "images.orig.url",
            "caption": "description",
            "published": "created_at",
        },
    ),
    "Sprout Social": (
        "Date,Post ID,Network,Post Type,Content Type,Profile,Sent by,Link,Post,Impressions,Reach,Engagements,"
        "Engagement Rate (per Impression),Reactions,Comments,Shares,Saves,Post Link Clicks,Video Views",
        {
            "brand": "Profile",
            "caption": "Post",
            "likes": "Reactions",
            "comments": "Comments",
            "published": "Date",
            "permalink": "Link",
        },
    ),
    "Sprout Social's API": (
        "created_time perma_link text customer_profile_id metrics/lifetime.likes metrics/lifetime.impressions",
        {
            "caption": "text",
            "likes": "metrics/lifetime.likes",
            "published": "created_time",
            "permalink": "perma_link",
        },
    ),
    "Hootsuite": (
        "Date (GMT),Post ID,Post Message,Post Permalink,Post Type,Social Network,Impressions,Reach,Engagement,Likes,"
        "Comments,Shares,Post Link Clicks,Video Views",
        {
            "caption": "Post Message",
            "likes": "Likes",
            "comments": "Comments",
            "published": "Date (GMT)",
            "permalink": "Post Permalink",
        },
    ),
    "Buffer": (
        "Date,Update,Service,Service Link,Type,Impressions,Reach,Engagements,Likes,Comments,Shares,Clicks",
        {
            "caption": "Update",
            "likes": "Likes",
            "comments": "Comments",
            "published": "Date",
            "permalink": "Service Link",
        },
    ),
    "Later": (
        "Posted At,Caption,Media Type,Post URL,Impressions,Reach,Likes,Comments,Saves,Shares,Video Views",
        {
            "caption": "Caption",
            "likes": "Likes",
            "comments": "Comments",
            "published": "Posted At",
            "permalink": "Post URL",
        },
    ),
    "Agorapulse": (
        "Publishing date,Publishing time,Message,Link,Impressions,Reach,Reactions,Comments,Shares,Clicks",
        {
            "caption": "Message",
            "likes": "Reactions",
            "comments": "Comments",
            "published": "Publishing date",
            "permalink": "Link",
        },
    ),
    "Instagram's own API": (
        "media/code media/taken_at media/image_versions2/candidates/0/url media/user/username media/user/full_name "
        "media/caption/text media/caption/user/username media/like_count media/comment_count "
        "media/usertags/in/0/user/full_name media/clips_metadata/music_info/music_asset_info/title "
        "media/coauthor_producers/0/username",
        {
            "brand": "media/user/full_name",
            "thumbnail": "media/image_versions2/candidates/0/url",
            "caption": "media/caption/text",
            "likes": "media/like_count",
            "comments": "media/comment_count",
            "published": "media/taken_at",
        },
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_the_headers_of_further_exports(export: str) -> None:
    headers, expected = EXPORTS[export]
    chosen = chosen_headers(headers.split("," if "," in headers else None))
    chosen.pop("format", None)
    if export == "CrowdTangle's API":
        chosen.pop("comments")  # the actual number or the expected one: both are counts
    assert chosen == expected


@pytest.mark.parametrize(
    "pattern", ["{}", "node/{}", "data.{}", "posts_0_{}", "latestPosts/0/{}", "data__{}", "a.b.{}"]
)
@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("brand", "owner/username"),
        ("brand", "ownerFullName"),
        ("thumbnail", "displayUrl"),
        ("caption", "edge_media_to_caption/edges/0/node/text"),
        ("likes", "likesCount"),
        ("comments", "commentsCount"),
        ("published", "taken_at_timestamp"),
        ("permalink", "postUrl"),
    ],
)
def test_a_known_header_counts_at_any_depth(pattern: str, field: str, name: str) -> None:
    assert find_columns([pattern.format(name)], {}) == {field: [[0]]}


@pytest.mark.parametrize(
    "header",
    [
        "comments/0/text",
        "latestComments/0/ownerUsername",
        "latestComments/0/likesCount",
        "taggedUsers/0/full_name",
        "musicInfo/title",
        "musicMeta.coverUrl",
        "coauthorProducers/0/username",
        "posts_1_displayUrl",
        "latestPosts/1/caption",
        "location/name",
        "owner/profile_pic_url",
        "author/url",
        "childPosts/0/caption",
        "children/data/0/permalink",
        "childPosts/1/displayUrl",
        "likes/0/username",
        "edge_media_to_parent_comment/edges/0/node/text",
        "relatedProfiles/0/full_name",
        "sponsor_users/0/username",
        "mentions/0/username",
        "hashtags/0/title",
        "alt_text",
        "authorStats/diggCount",
        "previous.likes",
        "videos/0/url",
        "board.name",
    ],
)
def test_what_belongs_to_something_else_is_no_field(header: str) -> None:
    assert find_columns([header], {}) == {}


def test_the_shallowest_and_preferred_is_first() -> None:
    headers = ["x/caption", "node/caption", "caption", "children/data/0/media_url", "media_url", "posts/0/media_url"]
    found = find_columns(headers, {})
    assert found["caption"] == [[2, 1], [0]]
    assert found["thumbnail"] == [[4, 5, 3]]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        (
            "Marke|Bild-URL|Bildunterschrift|Gefällt mir|Kommentare|Veröffentlicht am|Link zum Beitrag|Follower",
            "German",
        ),
        (
            "Marca|URL de la imagen|Descripción|Me gusta|Comentarios|Fecha de publicación|Enlace|Número de seguidores",
            "Spanish",
        ),
        ("Marchio|Immagine|Didascalia|Mi piace|Commenti|Data di pubblicazione|Link al post|Seguaci", "Italian"),
        ("Marca|Imagem|Legenda|Curtidas|Comentários|Data de publicação|Link da publicação|Seguidores", "Portuguese"),
        ("Merk|Afbeelding|Bijschrift|Vind-ik-leuks|Reacties|Geplaatst op|Link naar bericht|Volgers", "Dutch"),
        ("Kontoname|Vorschaubild|Beschreibung|Anzahl Likes|Anzahl Kommentare|Datum|Permalink", "German export"),
        (
            "Nom du compte|Vignette|Texte du post|Nombre de J’aime|Nb de commentaires|Heure de publication|Permalien",
            "French",
        ),
    ],
)
def test_headers_in_other_languages(headers: str, language: str) -> None:
    names = headers.split("|")
    assert chosen_headers(names) == dict(zip(FIELDS, names, strict=False)), language


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("# Likes", "likes"),
        ("Comments #", "comments"),
        ("Posted (UTC)", "published"),
        ("Caption text", "caption"),
        ("IG link", "permalink"),
        ("Instagram likes", "likes"),
        ("Image (URL)", "thumbnail"),
        ("Date posted (dd/mm/yyyy)", "published"),
        ("Benutzername des Kontos", "brand"),
        ("Likes (K)", "likes"),
        ("Comments (in thousands)", "comments"),
        ("J’aime (milliers)", "likes"),
    ],
)
def test_words_around_a_header_that_leave_its_meaning(header: str, field: str) -> None:
    assert find_columns([header], {}) == {field: [[0]]}


@pytest.mark.parametrize(
    "header",
    [
        "Caption (K)",
        "Views (K)",
        "Likes (organic)",
        "Likes (goal)",
        "Avg. likes",
        "Likes / Comments",
        "Page likes",
        "Post author",
        "Data comment",
    ],
)
def test_words_that_change_it(header: str) -> None:
    assert find_columns([header], {}) == {}


def test_an_export_may_call_a_field_by_a_common_word() -> None:
    sprout = ["Date", "Post ID", "Network", "Profile", "Sent by", "Link", "Post", "Linked Content", "Likes", "Comments"]
    assert chosen_headers(sprout) == {
        "brand": "Profile",
        "caption": "Post",
        "likes": "Likes",
        "comments": "Comments",
        "published": "Date",
        "permalink": "Link",
    }
    assert "caption" not in find_columns(["Date", "Post", "Link"], {})


def test_who_is_who() -> None:
    found = find_evidence(PHANTOMBUSTER)
    assert {kind: [PHANTOMBUSTER[group[0]] for group in groups] for kind, groups in found.items()} == {
        "account": ["query"],
        "handle": ["username", "profileUrl"],
        "full_name": ["fullName"],
    }
    assert find_evidence(["authorMeta/name", "authorMeta/nickName"]) == {"handle": [[0]], "full_name": [[1]]}
    assert find_evidence(["taggedUsers/0/username", "latestComments/0/ownerUsername"]) == {}


def test_short_codes() -> None:
    assert find_shortcodes(["shortCode", "node/shortcode", "childPosts/0/shortCode", "code"]) == [0, 1]


@given(st.text(max_size=300))
def test_any_header_is_read(header: str) -> None:
    find_columns([header], {})
    find_evidence([header])


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("♥", "likes"),
        ("❤️", "likes"),
        ("💬", "comments"),
        ("2. Image", "thumbnail"),
        ("Brand / Marque", "brand"),
        ("Likes | J’aime", "likes"),
        ("Likes / Comments", None),
        ("Comments (n)", "comments"),
        ("Post Likes (SUM)", "likes"),
        ("Media URLs", "thumbnail"),
        ("main_thumbnail_url", "thumbnail"),
        ("upload_date", "published"),
        ("Group Name", "brand"),
        ("Enseigne", "brand"),
        ("Company", "brand"),
        ("content_text", "caption"),
        ("date_published", "published"),
        ("media_or_ad/image_versions2/candidates/0/url", "thumbnail"),
        ("ad/image_versions2/candidates/0/url", None),
    ],
)
def test_what_other_exports_call_a_field(header: str, field: str | None) -> None:
    assert next(iter(find_columns([header], {})), None) == field


@pytest.mark.parametrize("header", ["Client", "Customer", "Customer name", "Nom du client", "Klant", "Nome do cliente"])
def test_a_client_is_the_brand_if_no_column_is_nearer(header: str) -> None:
    assert find_columns([header, "Image"], {})["brand"] == [[0]]
    assert find_columns([header, "Image", "Account name"], {})["brand"][0] == [2]

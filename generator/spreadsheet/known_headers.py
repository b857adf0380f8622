"""Headers that are recognised, as people and exports write them.

One entry here is all that the header of a new export needs. Case, accents, spaces and punctuation do not matter:
`headers.normalise_header` drops them from these and from a sheet's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: Raised whenever a header is added or read as another field, so that spreadsheets in the cache are read again.
VERSION = 1

#: Headers that share one rank: their columns complete each other row by row.
Group = tuple[str, ...]


def _split(names: str) -> Group:
    return tuple(name.strip() for name in names.split(","))


def _ranked(names: str) -> tuple[Group, ...]:
    """Return a group for each name, so that the first whose column is not empty wins."""
    return tuple((name,) for name in _split(names))


def _together(names: str) -> tuple[Group, ...]:
    """Return one group of all names."""
    return (_split(names),)


def _counts(names: str) -> Iterator[Group]:
    forms = "{}, {} count, number of {}, nombre de {}, nb de {}, nb {}, total {}, {} total, count {}"
    return ((form.format(name),) for name in _split(names) for form in _split(forms))


#: Field -> groups of headers, the preferred first. The first group with a column that is not empty is taken. The
#: columns of one group complete each other row by row, and the first that has a value wins: the Graph API gives
#: `thumbnail_url` for films only, and Apify leaves `ownerFullName` empty if an account has none.
HEADERS: Mapping[str, tuple[Group, ...]] = {
    "brand": (
        *_ranked("Brand, Brand name, Marque, Nom de la marque, Nom marque, Maison, House"),
        *_together(
            """ownerFullName, userFullName, fullName, Account name, Nom du compte, Page name, Account, Compte,
            Display name, ownerUsername, user/username, username, User account, Account username,
            Nom d'utilisateur du compte, Nom d'utilisateur, Utilisateur, Instagram handle, Account handle, Handle,
            Pseudo, Profile name"""
        ),
        *_ranked("Profile, Profil, Owner, Auteur, Author, query"),
    ),
    "thumbnail": (
        *_together(
            """Thumbnail, thumbnail_url, thumbnail_src, Thumbnail link, Thumb, thumb_url, Vignette, URL vignette,
            URL de la vignette, Lien vignette, Miniature, imgUrl, Image URL, URL image, URL de l'image, Image link,
            Lien image, Lien de l'image, image_src, displayUrl, Photo URL, URL photo, Picture URL, full_picture,
            media_url, URL media, images/0, images/0/url, display_resources/0/src,
            image_versions2/candidates/0/url, carousel_media/0/image_versions2/candidates/0/url, cover_url"""
        ),
        *_ranked(
            """Image, img, Photo, Picture, Visuel, Image file, Fichier image, Image path, Chemin image, Media, Images,
            Cover, File, Filename, Fichier, Path, Chemin"""
        ),
    ),
    "caption": _ranked(
        """Caption, caption/text, Post text, Post caption, Légende, edge_media_to_caption/edges/0/node/text,
        Description, Message, Texte, Text, Contenu, Content, Copy, Libellé, Image text, Titre, Title"""
    ),
    "likes": (
        *_counts("likes, like, j'aime, mentions j'aime, mention j'aime, cœurs, hearts"),
        *_ranked(
            """edge_liked_by/count, edge_media_preview_like/count, likesumma, likes/summary/total_count, Reactions"""
        ),
    ),
    "comments": (
        *_counts("comments, comment, commentaires, commentaire"),
        *_ranked("""edge_media_to_comment/count, edge_media_preview_comment/count, comments/summary/total_count"""),
    ),
    "published": _ranked(
        """Published, Published at, Published on, Published date, Publish time, Publish date, Publication date,
        Date de publication, Date publication, Heure de publication, Publié le, Date du post, Date post, Post created,
        Post date, Posted date, Posted, Posted at, Posted on, pubDate, taken_at, taken_at_timestamp, created_at,
        created_time, Creation time, Date, Datetime, Date heure, Date UTC, Post Created Date, Created, timestamp"""
    ),
    "permalink": _ranked(
        """Permalink, permalink_url, Permalien, postUrl, Post link, URL du post, URL post, Lien du post, Lien post,
        Lien de la publication, Lien publication, Instagram URL, Publication URL, URL, Link, Lien"""
    ),
}

#: Headers that tell an export by Phantombuster. Its `caption` describes the picture for the blind.
PHANTOMBUSTER = ("postUrl", "imgUrl", "pubDate")
PHANTOMBUSTER_CAPTION = "description"

#: Sets of headers; each tells an export by Meta Business Suite, in English or French.
META = (
    ("Post ID", "Publish time", "Permalink"),
    ("Account username", "Publish time"),
    ("Heure de publication", "Permalien"),
)
#: Headers over dates that have the month first, as in Meta's English export.
MONTH_FIRST = ("Publish time",)

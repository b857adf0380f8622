"""Which column of a spreadsheet holds what: headers, in English and French and of the usual exports, to fields."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from generator.errors import SettingsError

#: Fields without which there is no post.
REQUIRED = ("brand", "thumbnail")

#: What each required field is, for messages.
_MEANINGS = {"brand": "the brand of each post", "thumbnail": "the image of each post"}


def _counts(*names: str) -> tuple[tuple[str, ...], ...]:
    forms = ("{}", "{}count", "number of {}", "nombre de {}", "nb de {}", "nb {}", "total {}", "{} total", "count {}")
    return tuple((normalise_header(form.format(name)),) for name in names for form in forms)


def normalise_header(header: str) -> str:
    """A header without case, accents, spaces and punctuation: `J’aime` and `j'aime` are both `jaime`."""
    plain = unicodedata.normalize("NFKD", header).casefold().replace("œ", "oe")
    return "".join(letter for letter in plain if letter.isalnum())


def _together(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _one_by_one(names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in names.split())


#: Field -> groups of normalised headers. The first group with a column that is not empty is taken; the
#: columns of one group complete each other row by row, the first that has a value winning: the Graph API gives
#: `thumbnail_url` for films only, Apify leaves `ownerFullName` empty where an account has none.
_HEADERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "brand": (
        *_one_by_one("brand brandname marque nomdelamarque nommarque maison house"),
        _together(
            """ownerfullname userfullname fullname accountname nomducompte pagename account compte displayname
            ownerusername userusername username useraccount accountusername nomdutilisateurducompte
            nomdutilisateur utilisateur instagramhandle accounthandle handle pseudo profilename"""
        ),
        *_one_by_one("profile profil owner auteur author query"),
    ),
    "thumbnail": (
        _together(
            """thumbnail thumbnailurl thumbnailsrc thumbnaillink thumb thumburl vignette urlvignette
            urldelavignette lienvignette miniature imgurl imageurl urlimage urldelimage imagelink lienimage
            liendelimage imagesrc displayurl photourl urlphoto pictureurl fullpicture mediaurl urlmedia
            images0 images0url displayresources0src imageversions2candidates0url
            carouselmedia0imageversions2candidates0url coverurl"""
        ),
        *_one_by_one(
            """image img photo picture visuel imagefile fichierimage imagepath cheminimage media images cover
            file filename fichier path chemin"""
        ),
    ),
    "caption": _one_by_one(
        """caption captiontext posttext postcaption legende edgemediatocaptionedges0nodetext description message
        texte text contenu content copy libelle imagetext titre title"""
    ),
    "likes": (
        *_counts("likes", "like", "j'aime", "mentions j'aime", "mention j'aime", "coeurs", "hearts"),
        *_one_by_one("edgelikedbycount edgemediapreviewlikecount likesumma likessummarytotalcount reactions"),
    ),
    "comments": (
        *_counts("comments", "comment", "commentaires", "commentaire"),
        *_one_by_one("edgemediatocommentcount edgemediapreviewcommentcount commentssummarytotalcount"),
    ),
    "published": _one_by_one(
        """published publishedat publishedon publisheddate publishtime publishdate publicationdate
        datedepublication datepublication heuredepublication publiele datedupost datepost postcreated postdate
        posteddate posted postedat postedon pubdate takenat takenattimestamp createdat createdtime creationtime
        date datetime dateheure dateutc postcreateddate created timestamp"""
    ),
    "permalink": _one_by_one(
        """permalink permalinkurl permalien posturl postlink urldupost urlpost liendupost lienpost
        liendelapublication lienpublication instagramurl publicationurl url link lien"""
    ),
}

FIELDS = tuple(_HEADERS)

_FIELD_OF = {name: field for field, groups in _HEADERS.items() for group in groups for name in group}

#: Of Phantombuster's headers, those that give it away.
_PHANTOMBUSTER = {"posturl", "imgurl", "pubdate"}
#: Of Meta Business Suite's, in English and French.
_META = (
    {"postid", "publishtime", "permalink"},
    {"accountusername", "publishtime"},
    {"heuredepublication", "permalien"},
)


def known_fields(cells: Iterable[str], mapping: Mapping[str, str]) -> set[str]:
    """The fields that a row names if it is a header row."""
    mapped = {normalise_header(header): field for field, header in mapping.items()}
    names = {normalise_header(cell) for cell in cells}
    return {field for name in names if (field := mapped.get(name) or _FIELD_OF.get(name))}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises SettingsError where `mapping`, field -> header, names a field that there is not."""
    for field in mapping:
        if field not in FIELDS:
            near = difflib.get_close_matches(field.lower(), FIELDS, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else f"The fields are: {', '.join(FIELDS)}."
            raise SettingsError(f"columns: {field} is not a field of a post.", hint)


def find_columns(headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[list[int]]]:
    """Field -> groups of column indices that may hold it, the preferred ones first; fields with none are left out.

    A field of `mapping` has only the columns of its header; those columns serve no other field.
    """
    places: dict[str, list[int]] = {}
    for index, header in enumerate(headers):
        places.setdefault(normalise_header(header), []).append(index)
    found: dict[str, list[list[int]]] = {}
    taken: set[int] = set()
    for field, wanted in mapping.items():
        exact = [index for index, header in enumerate(headers) if header.strip() == wanted.strip()]
        columns = exact or places.get(normalise_header(wanted), []) if normalise_header(wanted) else exact
        if columns:
            found[field] = [columns]
            taken.update(columns)
    for field, groups in _HEADERS.items():
        if field in mapping:
            continue
        if field == "caption" and places.keys() >= _PHANTOMBUSTER:
            groups = (("description",), *groups)  # its `caption` describes the picture for the blind
        columns_of = [
            [index for name in group for index in places.get(name, []) if index not in taken] for group in groups
        ]
        if any(columns_of):
            found[field] = [columns for columns in columns_of if columns]
    return found


def choose_columns(
    candidates: Mapping[str, Sequence[Sequence[int]]], filled: Mapping[int, int]
) -> dict[str, list[int]]:
    """Field -> the columns to read it from, the first with a value winning in each row.

    `candidates` is `find_columns`'s; `filled` says how many rows have a value in each column.
    """
    chosen: dict[str, list[int]] = {}
    for field, groups in candidates.items():
        used = [[index for index in group if filled.get(index)] for group in groups]
        chosen[field] = next(filter(None, used), [groups[0][0]])
    return {field: chosen[field] for field in FIELDS if field in chosen}


def is_month_first_header(header: str) -> bool:
    """Whether dates under `header` have the month first unless they say otherwise, as in Meta's English export."""
    return normalise_header(header) == "publishtime"


def describe_missing(missing: Sequence[str], headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, str]:
    """Which required columns a sheet lacks, and the mend: (what is missing, hint) for a SpreadsheetError."""
    what = " and ".join(f"{_MEANINGS[field]} ({field})" for field in missing)
    hint = [f"Its headers are: {list_headers(headers)}."]
    names = {normalise_header(header) for header in headers}
    if "thumbnail" in missing and any(names >= signs for signs in _META):
        hint.append(
            "Exports of Meta Business Suite hold no images: add a column called thumbnail with the URL or file of each "
            "post's image, or use an export that has them (Phantombuster, Apify, the Graph API's media_url)."
        )
        return what, " ".join(hint)
    free = {normalise_header(header): header for header in headers[:300] if header not in mapping.values()}
    for field in missing:
        near = _nearest(field, [name for name in free if name and name not in _FIELD_OF])
        if near:
            hint.append(
                f"The nearest to {field} is {free[near]}: rename it, or set columns = "
                f'{{ {field} = "{free[near]}" }} under [read] in brandscape.toml.'
            )
        else:
            hint.append(
                f'Rename the column {field}, or set columns = {{ {field} = "…" }} under [read] in brandscape.toml.'
            )
    return what, " ".join(hint)


def list_headers(headers: Sequence[str]) -> str:
    """Headers for a message, cut where they are many or long."""
    shown = [header[:60] for header in headers if header]
    return ", ".join(shown[:40]) + (f" and {len(shown) - 40} more" if len(shown) > 40 else "")


def nearest_header(wanted: str, headers: Sequence[str]) -> str:
    """The header most like `wanted`, or "" where none is."""
    names = {normalise_header(header): header for header in headers}
    near = difflib.get_close_matches(normalise_header(wanted), list(names), n=1, cutoff=0.5)
    return names[near[0]] if near else ""


def _nearest(field: str, names: Sequence[str]) -> str:
    """Of normalised `names`, the one most like any known header of `field`; "" where none is near."""
    known = [name for group in _HEADERS[field] for name in group if len(name) > 3]
    best, score = "", 0.7
    for name in names:
        for other in known:
            ratio = difflib.SequenceMatcher(None, name, other).ratio()
            words = 0.75 if len(other) > 4 and (name.startswith(other) or name.endswith(other)) else 0.0
            if max(ratio, words) > score:
                best, score = name, max(ratio, words)
    return best


def column_letters(index: int) -> str:
    """The letters a spreadsheet shows over its column `index`, counted from 0: A … Z, AA …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

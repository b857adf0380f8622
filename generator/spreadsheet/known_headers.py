"""Headers that are recognised, as people and exports write them.

One entry here is all that the header of a new export needs. Case, accents, spaces and punctuation do not matter:
`headers.normalise_header` drops them from these and from a sheet's, so that `owner/full_name` and `ownerFullName` are
one. Nor do records around them: `header_paths` finds `node/owner/username`. `.github/EXPORTS.md` lists what each export
gives. Its columns are documented, or written by code, at:

- Apify: https://apify.com/apify/instagram-scraper, https://apify.com/clockworks/tiktok-scraper
- Bright Data: https://docs.brightdata.com/datasets/scrapers/instagram/send-first-request
- CrowdTangle: https://github.com/CrowdTangle/API/wiki/Post
- 4CAT and Zeeschuimer: https://github.com/digitalmethodsinitiative/4cat, `datasources/instagram`, `…/tiktok`,
  `…/pinterest`
- Graph API: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
- Agorapulse, Buffer, Hootsuite, Later, Sprout Social: no document of their CSV, but exports seen in public code
- Sprout Social's API: https://api.sproutsocial.com/docs/
- Iconosquare: no document, and no export seen; the usual names
- instaloader: https://github.com/instaloader/instaloader, `instaloader/structures.py`
- instagram-scraper: https://github.com/arc298/instagram-scraper
- Meta Business Suite: https://www.facebook.com/business/help/314735006026964
- Meta Content Library: https://developers.facebook.com/docs/content-library-and-api
- Phantombuster: https://phantombuster.com/automations/instagram
- TikTok's research API: https://developers.tiktok.com/doc/research-api-specs-query-videos
- Pinterest: https://developers.pinterest.com/docs/api/v5/pins-list
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


_COUNT_FORMS = """{}, {} count, number of {}, num {}, no of {}, amount {}, nombre de {}, nombre de mentions {},
    nb de {}, nb {}, nbr {}, total {}, {} total, total de {}, count {}, Anzahl {}, Anzahl der {}, {} gesamt,
    número de {}, nº de {}, numero di {}, n di {}, totale {}, aantal {}, totaal {}"""


def _counts(names: str) -> Iterator[Group]:
    return ((form.format(name),) for name in _split(names) for form in _split(_COUNT_FORMS))


_OWNERS = _split(
    "owner, user, author, authorMeta, authorInfos, post_owner, account, page, profile, channel, creator, pinner"
)


def _owned(*names: str) -> str:
    """Return `names` below each word for the owner of a post: `owner/username`, which is also `ownerUsername`."""
    unfit = {"user/name", "authorMeta/name"}  # which are handles
    paths = (f"{owner}/{name}" for name in names for owner in _OWNERS)
    return ", ".join(path for path in paths if path not in unfit)


#: Who posted: names as people read them, and handles.
_FULL_NAMES = f"""{_owned("full_name", "nickname", "display_name", "name")}, from/name, fullName, Display name,
    nickname, author_full, Nom du compte, Nom de la page, Nom du profil, Kontoname, Name des Kontos, Seitenname,
    Name der Seite, Profilname, Nombre de la cuenta, Nombre de la página, Nombre del perfil, Nome account,
    Nome dell'account, Nome della pagina, Nome del profilo, Nome da conta, Nome da página, Nome do perfil,
    Accountnaam, Paginanaam, Profielnaam, Naam van account, Group name, Account, Compte, Konto, Cuenta, Conta"""
_HANDLES = f"""{_owned("username", "user_name", "unique_id", "handle")}, authorMeta/name, from/username, username,
    user_posted, uniqueId, presence_handle, User account, Nom d'utilisateur du compte, Nom d'utilisateur, Utilisateur,
    Identifiant du compte, Instagram handle, Handle, Pseudo, Instagram account, Compte Instagram, Benutzername,
    Benutzername des Kontos, Nombre de usuario de la cuenta, Nome utente dell'account, Nome de usuário da conta,
    Nome de utilizador da conta, Gebruikersnaam van account, Nutzername, Instagram-Konto, Nombre de usuario, Usuario,
    Cuenta de Instagram, Nome utente, Account Instagram, Nome de usuário, Nome de utilizador, Usuário, Utilizador,
    Conta do Instagram, Gebruikersnaam, Instagram-account naam"""

#: Headers of videos themselves, which stand for posts without any image.
VIDEOS = _split("video_url, videoUrl, Video link, URL de la vidéo, Lien vidéo, Video-URL, video/playAddr, video_file")

#: Field -> groups of headers, the preferred first. The first group with a column that is not empty is taken. The
#: columns of one group complete each other row by row, and the first that has a value wins: the Graph API gives
#: `thumbnail_url` for films only, and Apify leaves `ownerFullName` empty if an account has none.
HEADERS: Mapping[str, tuple[Group, ...]] = {
    "brand": (
        *_ranked(
            """Brand, Brand name, Marque, Nom de la marque, Nom marque, Maison, House, Marke, Markenname, Marca,
            Name der Marke, Nombre de la marca, Nombre de marca, Marchio, Nome del marchio, Nome brand,
            Nome della marca, Nome da marca, Merk, Merknaam, Naam van het merk"""
        ),
        *_together(f"{_FULL_NAMES}, {_HANDLES}, Author"),
        *_ranked("Profile, Profil, Perfil, Profilo, Profiel, Owner, Auteur, Autor, Autore, query"),
        *_ranked(
            """Company, Company name, Advertiser, Retailer, Competitor, Entreprise, Enseigne, Annonceur, Concurrent,
            Unternehmen, Firma, Werbetreibender, Wettbewerber, Empresa, Anunciante, Competidor, Azienda, Inserzionista,
            Concorrente, Bedrijf, Adverteerder"""
        ),
        *_ranked(
            """Client, Client name, Customer, Customer name, Kunde, Cliente, Klant, Nom du client, Kundenname, Nombre
            del cliente, Nome do cliente, Nome cliente, Klantnaam"""
        ),
    ),
    "thumbnail": (
        *_together(
            """Thumbnail, thumbnail_url, main_thumbnail_url, thumbnail_src, Thumbnail link, Thumb, thumb_url,
            thumbnail/href, image/href,
            Vignette, URL vignette, URL de la vignette, Lien vignette, Miniature, imgUrl, Image URL, URL image,
            URL de l'image, Image link, Lien image, Lien de l'image, image_src, displayUrl, Photo URL, URL photo,
            Picture URL, full_picture, photos/0, photos/0/url, post_content/0/url, multimedia/0/url, images/orig/url,
            imageSpec_orig/url, images/standard_resolution/url, attachments/data/0/media/image/src, media_url,
            URL media, images/0, images/0/url, urls/0, display_resources/0/src, image_versions2/candidates/0/url,
            carousel_media/0/image_versions2/candidates/0/url, image_versions/items/0/url, cover_url, originalCoverUrl,
            video/cover, video/originCover, video/dynamicCover, covers/0, covers/default, cover_image_url, Bild-URL,
            URL des Bildes, Bildlink, Link zum Bild, Bildadresse, Vorschaubild, Vorschaubild-URL, Miniaturbild,
            Foto-URL, URL de imagen, URL de la imagen, Enlace de imagen, Enlace de la imagen, Enlace a la imagen,
            Miniatura, URL de la miniatura, URL de la foto, URL immagine, URL dell'immagine, Link immagine,
            Link dell'immagine, Anteprima, URL anteprima, URL foto, URL da imagem, URL imagem, Link da imagem,
            Link imagem, URL da miniatura, URL da foto, Afbeelding URL, URL afbeelding, URL van de afbeelding,
            Afbeeldingslink, Link afbeelding, Link naar afbeelding, Miniatuur"""
        ),
        *_ranked(
            """Image, img, Photo, Picture, Visuel, Image file, Fichier image, Image path, Chemin image, Media, Images,
            Photos, Multimedia, Cover, CoverImage, File, Filename, Fichier, Nom du fichier, Path, Chemin, Bild, Bilder,
            Foto,
            Bilddatei, Bildpfad, Dateiname, Datei, Pfad, Imagen, Imágenes, Archivo de imagen, Nombre del archivo,
            Archivo, Ruta, Immagine, Immagini, File immagine, Nome file, Percorso, Imagem, Imagens, Arquivo de imagem,
            Nome do arquivo, Nome do ficheiro, Arquivo, Ficheiro, Caminho, Afbeelding, Afbeeldingen, Plaatje,
            Afbeeldingsbestand, Bestandsnaam, Bestand, Pad, Image URLs, Images URLs, Image links, Media URLs,
            Photo URLs,
            Picture URLs, All images, Carousel images, Screenshot, Capture d'écran, Creative, Creative URL, Asset,
            Asset URL"""
        ),
        VIDEOS,
    ),
    "caption": _ranked(
        """Caption, caption/text, data/0/post, Caption text, Full caption, Full text, Légende du post, Post text,
        Post caption, Post copy, Post message, Légende,
        Texte du post, Texte de la publication, edge_media_to_caption/edges/0/node/text, edge_media_to_caption,
        Bildunterschrift, Beitragstext, Pie de foto, Texto de la publicación, Leyenda, Didascalia, Testo del post,
        Legenda, Texto da publicação, Texto do post, Bijschrift, Berichttekst, Description, Message, body, desc,
        video_description, captionText, Texte, Text, Contenu, Content, Copy, Libellé, Beschreibung, Nachricht, Inhalt,
        Descripción, Mensaje, Texto, Contenido, Descrizione, Messaggio, Testo, Contenuto, Descrição, Mensagem, Conteúdo,
        Beschrijving, Omschrijving, Bericht, Tekst, Inhoud, content_text, Image text, grid_title, Titre, Title, Titel,
        Título, Titolo,
        subject"""
    ),
    "likes": (
        *_counts(
            """likes, like, j'aime, mentions j'aime, mention j'aime, cœurs, hearts, Gefällt mir, Gefällt mir Angaben,
            Gefällt-mir, Gefaellt mir, me gusta, mi piace, curtidas, gostos, Vind ik leuk, vind-ik-leuks, digg"""
        ),
        *_ranked(
            """edge_liked_by/count, edge_media_preview_like/count, likesumma, likes/summary/total_count, likes/count,
            reactions/summary/total_count, Reactions, reaction_count, Réactions, Reaktionen, Reacciones, Reazioni,
            Reações"""
        ),
    ),
    "comments": (
        *_counts(
            """comments, comment, commentaires, commentaire, Kommentare, Kommentar, Kommentaren, comentarios,
            comentario, commenti, commento, reacties, opmerkingen, commentaren"""
        ),
        *_ranked(
            """edge_media_to_comment/count, edge_media_to_parent_comment/count, edge_media_preview_comment/count,
            comments/summary/total_count, comments/count"""
        ),
    ),
    "published": _ranked(
        """Published, Published at, Published on, Published date, Published time, Publish time, Publish date,
        Publishing date,
        Publication date, Publication time, Date de publication, Date publication, Heure de publication, Publié le,
        Posté le, Date de mise en ligne, Mis en ligne le,
        Publié, Date du post, Date post, Date posted, Post created, Post date, Post time, date_published, Posted date,
        Posted, Posted at,
        Posted on, Veröffentlicht, Veröffentlicht am, Veröffentlichungsdatum, Veröffentlichungszeit,
        Veröffentlichungszeitpunkt, Datum der Veröffentlichung, Zeitpunkt der Veröffentlichung, Gepostet am,
        Postingdatum, Fecha de publicación, Hora de publicación, Fecha y hora de publicación, Publicado, Publicado el,
        Data di pubblicazione, Ora di pubblicazione, Pubblicato, Pubblicato il, Data de publicação,
        Data da publicação, Hora da publicação, Horário de publicação, Publicado em, Publicatiedatum, Publicatietijd,
        Datum van publicatie, Gepubliceerd, Gepubliceerd op, Plaatsingsdatum, Geplaatst op, pubDate, createTimeISO,
        taken_at, taken_at_timestamp, created_at, created_time, createTime, create_time, createDate, Creation time,
        creation_timestamp, Creation date, Date, Datetime, Date time, Date heure, Date et heure, Date UTC,
        Post Created Date, upload_date, Created, timestamp, unix_timestamp, Erstellt am, Erstellt, Erstellungsdatum,
        Datum, Datum und Uhrzeit, Zeitstempel, Zeitpunkt, Fecha, Fecha y hora, Fecha de creación, Data, Data e ora,
        Data e hora, Data del post, Data do post, Data di creazione, Data de criação, Datum en tijd, Aangemaakt op,
        Tijdstip"""
    ),
    "permalink": _ranked(
        """Permalink, permalink_url, Permalien, postUrl, Post link, Link to post, Post permalink, Post href,
        URL du post, URL post,
        Lien du post, Lien post, Lien de la publication, Lien publication, Instagram URL, Instagram link,
        Publication URL, webVideoUrl, tiktok_url, shareUrl, Linked post, Beitragslink, Link zum Beitrag, Beitrags-URL,
        URL des Beitrags, Enlace de la publicación, Enlace a la publicación, Enlace permanente, URL de la publicación,
        Enlace del post, Link al post, Link del post, Link post, URL del post, Link permanente, Link da publicação,
        Ligação, Hiperligação,
        Link do post, URL da publicação, URL do post, Link naar bericht, Link naar post, URL van bericht, URL, Link,
        Lien, Enlace, Vínculo, Collegamento, Verweis, Koppeling, Hyperlink"""
    ),
    "followers": (
        *_ranked("Followers at Posting, Followers at post, Followers when posted, Abonnés à la publication"),
        *_counts(
            """followers, follower, fans, abonnés, abonné, Abonnenten, seguidores, seguidor, follower al post, seguaci,
            volgers, volger, obserwujący, subscribers"""
        ),
        *_ranked(
            """ownerFollowersCount, owner/edge_followed_by/count, owner/followersCount, owner/follower_count,
            user/follower_count, author_followers, authorMeta/fans, authorStats/followerCount,
            account/subscriberCount, user_followers, profile_followers, follower_count, edge_followed_by/count,
            Nombre d'abonnés, Nb d'abonnés"""
        ),
    ),
    # each row is read from the first of them that names a format
    "format": _together(
        """media_type, Media type, Post type, Type de publication, Type de post, Beitragstyp, Beitragsart, Tipo de
        publicación, Tipo di post, Tipo de publicação, Berichttype, Content type, Type de contenu, Inhaltstyp, Type of
        post, Post format, Format, Format du post, Medientyp, Type de média, __typename, typename, media_product_type,
        product_type, productType, isSidecar, is_carousel, is_reel, is_video, isVideo, isSlideshow, type, Art, Typ,
        Tipo"""
    ),
}

#: Columns that tell who is who, beside the fields of a post: the account that an export was asked for, which owns its
#: posts even where another account published one with it, and the owner's handle and full name.
EVIDENCE: Mapping[str, tuple[Group, ...]] = {
    "account": _ranked("query, inputUrl, input/url, discovery_input/url, input"),
    "handle": (
        *_together(_HANDLES),
        *_ranked("Author, profileUrl, profile_url, ownerProfileUrl, authorMeta/profileUrl"),
    ),
    "full_name": _together(_FULL_NAMES),
}

#: Headers of Instagram's short codes, from which the address of a post is made.
SHORTCODES: Group = ("shortcode",)
CODES: Group = (*SHORTCODES, "code")

#: (headers that tell an export, field, its header there). Phantombuster's `caption` describes the picture for the
#: blind, Sprout Social calls the text of a post "Post", and Buffer "Update".
EXPORTS = (
    (("postUrl", "imgUrl", "pubDate"), "caption", "description"),
    (("Post ID", "Linked Content"), "caption", "Post"),
    (("Network", "Post Type"), "caption", "Post"),
    (("Service", "Service Link"), "caption", "Update"),
    (("Service", "Service Link"), "permalink", "Service Link"),
)

#: Sets of headers; each tells an export by Meta Business Suite, in one of its languages.
META = (
    ("Post ID", "Publish time", "Permalink"),
    ("Account username", "Publish time"),
    ("Heure de publication", "Permalien"),
    ("Veröffentlichungszeitpunkt", "Permalink"),
    ("Hora de publicación", "Enlace permanente"),
    ("Ora di pubblicazione", "Permalink"),
    ("Horário de publicação", "Permalink"),
    ("Publicatietijd", "Permalink"),
)
#: Headers over dates that have the month first, as in Meta's English export.
MONTH_FIRST = ("Publish time",)

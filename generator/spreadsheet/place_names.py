"""Names of brands in the names of sheets, files and folders: `export_hotel-dore_2025.csv` is of hotel-dore."""

from __future__ import annotations

import re
import unicodedata

from generator.text import clean_line

_LONGEST = 80

_SUFFIX = re.compile(
    r"\.(?:csv|tsv|tab|txt|xlsx?|xlsm|xlsb|ods|numbers|json|jsonl|ndjson|json5|har|parquet|zip|gz|html?|xml)$",
    re.IGNORECASE,
)
#: An account's own archive: https://help.instagram.com/181231772500920
_ARCHIVE = re.compile(
    r"(?:instagram|facebook|threads)-([\w.]+)-\d{4}-\d\d-\d\d-\w+(?:[-_ ]*(?:part)?[-_ ]*\(?\d{1,3}\)?)?", re.ASCII
)
_COPY = re.compile(
    r"\s*\((?:\d+|copy|copie|kopie|copia)\)\s*$|[\s_-]+(?:copy|copie|kopie|copia)(?:[\s_-]*\d+)?$"
    r"|^(?:copy of|copie de|kopie von|copia de|copia di|cópia de|kopie van)\s+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:brand|marque|maison|house|marke|marca|marchio|merk|account|compte|konto|cuenta|conta|profile?|client)"
    r"(?: name)?\s?[:：]\s*(?=\S)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-_.](?:0?[1-9]|1[0-2])[-_.](?:20)?\d\d|(?:0[1-9]|1[0-2])[-_.]20\d\d|20[0-4]\d)(?!\d)"
    r"(?:[T_ -]?(?:[01]\d|2[0-3])[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d(?:[-_.]\d{3,6})?)?Z?(?!\w)|[-_ ]?UTC)?",
)
#: Numbers that only set an order: "01 Dior", "2 - Chanel".
_ORDER = re.compile(r"(?:0\d{1,2}[\s_.)–-]+|\d{1,2}\s[-–]\s)\s*(?=\w)")
#: Files and folders of the archives that accounts get from Instagram, Facebook and TikTok.
_DOWNLOADED = re.compile(
    r"your_(?:instagram|facebook)_activity|this_profile's_activity_across_facebook"
    r"|(?:your|profile)_(?:posts|photos|videos|uncategorized_photos)\w*|archived_posts|recently_deleted(?:_content)?"
    r"|other_content|user_data(?:_tiktok)?|tiktok_data\w*|message_\d+",
    re.IGNORECASE,
)
#: What systems call a folder that nobody named.
_NEW_FOLDER = re.compile(
    r"(?:new folder|untitled folder|nouveau dossier|dossier sans titre|neuer ordner|nueva carpeta|carpeta sin t[ií]tulo"
    r"|nuova cartella|cartella senza titolo|nova pasta|pasta sem t[ií]tulo|nieuwe map|naamloze map)(?:\s*\(?\d+\)?)?",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[\W_]+")
_NUMBERED = re.compile(r"(.*?\D)?\d*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that no brand's name begins or ends with, in file names.
_PLAIN = _words(
    """export exports exported exporte exportacion exportar esporta esportazione instagram insta ig igposts instaposts
    tiktok pinterest facebook fb posts post dataset datasets scraper scrape scraped scraping scrapes crawl crawler
    crawled phantombuster apify crowdtangle 4cat zeeschuimer instaloader brightdata iconosquare hootsuite sprout
    utc xlsx csv json tsv final finale finalfinal def v version copy copie kopie download downloads results result
    extract extracts extraction part partie teil parte page utf8 utf"""
)
#: Words that say nothing by themselves, and nothing at the ends of a name_in_such_a_form.
_WEAK = _words(
    """sheet sheets feuil feuille feuilles tabelle tabellenblatt blatt hoja hojas foglio fogli blad werkblad folha
    folhas planilha plan arkusz list ark taulukko table tables tableau tabelle tabla tabella tabel tab tabs worksheet
    workbook classeur arbeitsmappe libro cartella data daten donnees datos dati dados gegevens base database bdd db
    media medias medien medios content contents contenu contenus inhalt inhalte contenido images image img imgs photos
    photo pictures picture pics pic bilder bild fotos foto imagenes immagini imagens afbeeldingen visuels visuel
    visuals thumbnails thumbnail file files fichier fichiers datei dateien archivo archivos folder dossier ordner
    carpeta cartella input inputs output outputs raw clean cleaned brut bruts brute brutes rohdaten test tests demo
    sample samples example exemple beispiel muster template modele vorlage new neu nouveau untitled unnamed document
    dokument documento book list liste lista all alle tout tous toutes todos tutti brand brands marque marques marke
    marken marca marcas marchi merken competitors competitor concurrents concurrence wettbewerber konkurrenz
    competencia competidores concorrenti benchmark veille report rapport bericht informe analysis analyse analisis
    analisi audit study etude moodboard social socialmedia network reseau reseaux feed timeline reels reel stories
    story videos video pins pin carousel user users profile profiles profil profils account accounts compte comptes
    summary overview total totals dashboard stats statistics metrics engagement insights publication publications
    beitrage beitrag publicaciones my シート 工作表 表 시트 лист φυλλο mon mes me mine of the de des du la le les von
    der die das del from and et und per by for pour"""
)
_PERIODS = _words(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    januar februar marz maerz juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto septiembre
    octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro
    fevereiro marco maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus q t s h kw
    w week semaine woche semana settimana month mois monat mes quarter trimestre quartal year annee jahr ano today
    spring summer autumn fall winter printemps ete automne hiver ss fw aw"""
)
_NOTHING = _PLAIN | _WEAK | _PERIODS


def is_archive_name(text: str) -> bool:
    """Return whether a file or folder is called as an account's own archive is."""
    return _ARCHIVE.fullmatch(_SUFFIX.sub("", clean_line(text))) is not None


def find_name(text: str) -> str:
    """Return the brand that a sheet, file or folder is named after; "" if its name says nothing about one.

    Dates, copies' numbers, suffixes of files, labels such as "Brand:" and words such as "export" are left out, and the
    rest stays as written.
    A name of nothing but digits and words such as "Sheet1", "posts" or "2025-11" is no brand.
    """
    name = clean_line(text)
    while _SUFFIX.search(name):
        name = _SUFFIX.sub("", name).strip()
    name = _LABEL.sub("", name, count=1) if _LABEL.match(name) else name
    if match := _ARCHIVE.fullmatch(name):
        return match[1]
    name = _ORDER.sub("", unicodedata.normalize("NFC", name), count=1) if _ORDER.match(name) else name
    if _NEW_FOLDER.fullmatch(unicodedata.normalize("NFC", name)) or _DOWNLOADED.fullmatch(name):
        return ""
    dated = _TIME.search(name) is not None
    name = _TIME.sub(" ", _COPY.sub("", name[:_LONGEST]))
    tokens = _TOKEN.findall(name)
    words = [place for place, token in enumerate(tokens) if _is_word(token)]
    while words and _is_end(tokens, words, 0, dated):
        words.pop(0)
    while words and _is_end(tokens, words, -1, dated):
        words.pop()
    if not words or all(_says_nothing(tokens[place]) for place in words):
        return ""
    first, last = words[0], words[-1]
    kept = clean_line("".join(tokens[first : last + 1]))
    before = tokens[first - 1] if first else ""
    after = tokens[last + 1] if last + 1 < len(tokens) else ""
    # signs that belong to the name: "@hoteldore", "Canal+", "Oh!", "Hôtel Doré (Paris)"
    lead = "@" if before.endswith("@") else ""
    tail = re.match(r"\.(?=$|\s)|[+!?®™*]*" if "." in kept else r"[+!?®™*]*", after)
    closed = ")" if kept.count("(") > kept.count(")") and ")" in after else ""
    return f"{lead}{kept}{tail[0] if tail else ''}{closed}"


def says_something(text: str) -> bool:
    """Return whether a folder's name says more than numbers and words such as "images", be it a season or a brand."""
    name = clean_line(text)
    if _NEW_FOLDER.fullmatch(unicodedata.normalize("NFC", name)) or _DOWNLOADED.fullmatch(name):
        return False
    words = [_plain(token) for token in _TOKEN.findall(name[:_LONGEST]) if _is_word(token)]
    return any(not word.isdigit() and word not in _PLAIN and word not in _WEAK for word in words)


def _is_word(token: str) -> bool:
    return token[0].isalnum()


def _plain(token: str) -> str:
    text = unicodedata.normalize("NFKD", token).casefold()
    return unicodedata.normalize("NFC", "".join(letter for letter in text if not unicodedata.combining(letter)))


def _says_nothing(token: str) -> bool:
    text = _plain(token)
    stem = _NUMBERED.fullmatch(text)
    bare = (stem[1] or "") if stem else text
    return text.isdigit() or not {text, bare}.isdisjoint(_NOTHING) or _DIGEST.fullmatch(text) is not None


def _is_end(tokens: list[str], words: list[int], end: int, dated: bool) -> bool:
    """Return whether the first (`end` 0) or last (-1) word is none of the name."""
    place = words[end]
    text = _plain(tokens[place])
    stem = _NUMBERED.fullmatch(text)
    bare = (stem[1] or "") if stem else text
    if text in _PLAIN or bare in _PLAIN or _DIGEST.fullmatch(text):
        return True
    inner = place + 1 if end == 0 else place - 1
    between = tokens[inner] if 0 <= inner < len(tokens) else ""
    if len(words) > 1 and text.isdigit():
        other = _plain(tokens[words[-2 if end else 1]])
        return other in _PLAIN or (end == 0 and "_" in between)
    if dated and text in _PERIODS and ("_" in between or " " in between):
        return True
    return "_" in between and (text in _WEAK or bare in _WEAK)

"""Spreadsheets read from an address: one of Google Sheets by its link, or a file on a server.

Each is downloaded anew for every command, and the last copy is kept in the cache for when that fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit

from generator.cache.store import Store
from generator.digests import digest_of
from generator.errors import SpreadsheetError
from generator.images.decode import sniff_image
from generator.images.http_client import DownloadFailed, HttpClient
from generator.settings import FetchSettings
from generator.spreadsheet.sources import Source
from generator.text import clean_line, make_plain_slug

KIND = "sheets"
#: Bytes of a linked spreadsheet at most.
_MOST_BYTES = 100_000_000
_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".zip")
_GOOGLE = "docs.google.com"
_SHEET = re.compile(r"/(?:a/([\w.-]+)/)?spreadsheets(?:/u/\d+)?/d/(e/)?([\w-]+)(?:/(\w+))?")
_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]+)")
_DRIVE_FOLDER = re.compile(r"https?://drive\.google\.com/drive(?:/u/\d+)?/folders/", re.IGNORECASE)
_NOT_SHARED = "In Google Sheets, choose Share, General access, “Anyone with the link”, Viewer. Then run this again."


@dataclass(frozen=True, slots=True)
class _Copy:
    """A downloaded spreadsheet, as it is kept."""

    data: bytes
    name: str
    fetched: str  # the day, in ISO form

    def pack(self) -> bytes:
        return json.dumps([self.name, self.fetched]).encode() + b"\n" + self.data

    @classmethod
    def unpack(cls, packed: bytes) -> _Copy:
        head, _, data = packed.partition(b"\n")
        name, fetched = json.loads(head)
        return cls(data, str(name), str(fetched))


def is_address(text: str) -> bool:
    """Return whether an argument is a web address, not a path."""
    return text[:8].lower().startswith(("http://", "https://"))


class LinkedSheets:
    """Downloads spreadsheets into `folder`, where they are read as files."""

    def __init__(self, settings: FetchSettings, store: Store, warn: Callable[[str], None], folder: Path) -> None:
        self._settings = replace(settings, max_bytes=_MOST_BYTES)
        self._store = store
        self._warn = warn
        self._folder = folder

    def read(self, address: str, today: datetime) -> Source:
        """Return the spreadsheet at an address, or the last copy of it if there is no other.

        Raises SpreadsheetError if there is none, or if it is not shared.
        """
        if _DRIVE_FOLDER.match(address):
            raise SpreadsheetError(
                f"{_shorten(address)} is a folder on Google Drive.", "Download it, and give the folder or its .zip."
            )
        try:
            export = find_export(address)
        except ValueError:
            raise SpreadsheetError(f"{_shorten(address)} is no web address.", "Copy it again, as a whole.") from None
        key = digest_of(export)
        copy = None
        if not self._settings.offline:
            copy = self._download(address, export, key, today)
        kept = None if copy else self._store.get(KIND, key)
        if copy is None and kept is None:
            raise SpreadsheetError(
                f"{_shorten(address)} was not read before, and this runs offline.", "Run it once without --offline."
            )
        found = copy or _Copy.unpack(kept or b"")
        if copy is None:
            self._warn(f"{_shorten(address)}: the copy of {found.fetched} is used.")
        path = self._folder / f"{key[:16]}{_find_ending(found)}"
        self._folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found.data)
        return Source(path, found.name)

    def _download(self, address: str, export: str, key: str, today: datetime) -> _Copy | None:
        """Return what the server sends, and keep it; None, with a warning, if only the kept copy can be used."""
        client = HttpClient(self._settings, accept="*/*", refuse=lambda data: None)
        try:
            answer = client.fetch(export)
            if (page := sniff_image(answer.data)) in ("a web page", "an XML or SVG file", "a PDF"):
                raise _NotShared(page)
        except (DownloadFailed, _NotShared) as failure:
            error = _explain(address, failure)
            if not self._store.has(KIND, key):
                raise error from None
            self._warn(f"{error.message} {error.hint}")
            return None
        finally:
            client.stop()
        copy = _Copy(answer.data, _name_sheet(answer.name, export, answer.data), f"{today:%Y-%m-%d}")
        self._store.put(KIND, key, copy.pack())
        return copy


class _NotShared(Exception):
    """A page came instead of the file."""


def find_export(address: str) -> str:
    """Return the address that gives the file behind a link as people copy it.

    Google Sheets gives the tab that the link names as CSV, and all tabs as .xlsx if it names none:
    https://developers.google.com/workspace/drive/api/guides/ref-export-formats. Of a sheet published to the web
    (`/d/e/…/pubhtml`), and of files on Google Drive, Dropbox, OneDrive, SharePoint and GitHub, it is likewise the
    address of the file.
    """
    parts = urlsplit(address.strip())
    host = (parts.hostname or "").lower()
    query = {name: values[-1] for name, values in parse_qs(f"{parts.query}&{parts.fragment}").items()}
    if host == _GOOGLE and (match := _SHEET.match(parts.path)):
        return _export_sheet(parts.netloc, match, query, parts.query) or address.strip()
    if host == "drive.google.com":
        file = _DRIVE_FILE.match(parts.path)
        number = file[1] if file else query.get("id", "")
        if number:
            return f"https://drive.google.com/uc?{urlencode({'export': 'download', 'id': number})}"
    path, chosen = parts.path, {}
    if host in ("www.dropbox.com", "dropbox.com"):
        chosen = {**{name: value for name, value in query.items() if name in ("rlkey", "st")}, "dl": "1"}
    elif host.endswith(".sharepoint.com") and path.startswith("/:"):
        chosen = {**{name: value for name, value in query.items() if name == "e"}, "download": "1"}
    elif host == "onedrive.live.com" and "resid" in query:
        path, chosen = "/download", {name: query[name] for name in ("resid", "authkey") if name in query}
    elif host == "github.com" and "/blob/" in path:
        chosen = {"raw": "true"}
    if chosen:
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode(chosen), ""))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))


def _export_sheet(host: str, match: re.Match[str], query: dict[str, str], plain: str) -> str:
    domain, published, number, page = match.groups()
    if page in ("export", "gviz") or (page == "pub" and "output" in query):
        return ""
    start = f"https://{host}/{f'a/{domain}/' if domain else ''}spreadsheets/d/{published or ''}{number}"
    chosen = {"gid": query["gid"], "single": "true"} if published and "gid" in query else {}
    chosen = chosen or ({"gid": query["gid"]} if "gid" in query else {})
    form = "csv" if chosen else "xlsx"
    if published:
        return f"{start}/pub?{urlencode({'output': form, **chosen})}"
    return f"{start}/export?{urlencode({'format': form, **chosen})}"


def _explain(address: str, failure: DownloadFailed | _NotShared) -> SpreadsheetError:
    where = _shorten(address)
    google = (urlsplit(address).hostname or "").lower() in (_GOOGLE, "drive.google.com")
    if isinstance(failure, _NotShared):
        if google:
            return SpreadsheetError(f"{where} is not shared: Google's sign-in page came instead of it.", _NOT_SHARED)
        return SpreadsheetError(
            f"{where}: {failure} came instead of a spreadsheet.",
            "Give the address that downloads the file, or save the file and give its name.",
        )
    if google and re.search(r"answered (401|403|404|410)", failure.detail):
        return SpreadsheetError(f"{where} is not shared, or no longer there ({failure.detail}).", _NOT_SHARED)
    if failure.reason == "private_address":
        return SpreadsheetError(f"{where} is on a private network.", "Add --allow-private if you trust this address.")
    if failure.reason == "too_large":
        return SpreadsheetError(f"{where} is too large: {failure.detail}.", "Save the file, and give its name.")
    return SpreadsheetError(
        f"{where} cannot be downloaded: {failure.detail}.", "Check the address, or save the file and give its name."
    )


def _name_sheet(given: str, export: str, data: bytes) -> str:
    """Return a name for a downloaded file: the server's, or the last part of its address."""
    last = unquote(urlsplit(export).path.rstrip("/").rpartition("/")[2])
    name = clean_line(re.split(r"[\\/]", given)[-1]) or ("" if last in ("export", "pub", "uc") else clean_line(last))
    if not make_plain_slug(name):
        name = "linked sheet"
    ending = _find_ending(_Copy(data, name, ""))
    return name[:120] if name.lower().endswith(ending) else f"{name[:120]}{ending}"


def _find_ending(copy: _Copy) -> str:
    """Return the ending of a file by its content, or by its name if the content leaves several."""
    start = copy.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    named = next((ending for ending in _ENDINGS if copy.name.lower().endswith(ending)), "")
    if start.startswith(b"PK\x03\x04"):
        return named if named in (".xlsx", ".xlsm", ".ods", ".zip") else ".xlsx"
    if start.startswith(b"PAR1"):
        return ".parquet"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls"
    if start[:1] in (b"{", b"["):
        return named if named in (".json", ".jsonl", ".ndjson") else ".json"
    return named if named in (".csv", ".tsv", ".txt") else ".csv"


def _shorten(address: str) -> str:
    return address if len(address) <= 80 else f"{address[:79]}…"

"""Give the pages of a public report their addresses, and list them in a sitemap for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from generator.errors import SettingsError

if TYPE_CHECKING:
    from generator.settings import SiteSettings

SITEMAP = "sitemap.xml"
#: The image that stands for the report in previews of a link to it.
SOCIAL_IMAGE = "mosaics/card.jpg"


def find_address(settings: SiteSettings) -> str | None:
    """Return the address of a public report, ending in a slash; None for one that is not public.

    Raises SettingsError for an invalid address, and for a public report without one.
    """
    address = settings.url.strip()
    if not address:
        if settings.public:
            raise SettingsError(
                "[site] public is set, but not the address that the report is published at.",
                'Add it under [site]: url = "https://example.com/report/", or take public away.',
            )
        return None
    if not _is_address(address):
        raise SettingsError(
            f"[site] url = {address!r} is not the address of a site.",
            "It takes http:// or https://, a host and a path: https://example.com/report/",
        )
    return f"{address.removesuffix('index.html').rstrip('/')}/" if settings.public else None


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        wrong = (parts.port == 0, parts.username, parts.password, parts.query, parts.fragment)
    except ValueError:
        return False
    plain = text.isprintable() and not set(text) & set(" \"'<>\\^`{|}")
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and not any(wrong)


def address_page(address: str, path: str) -> str:
    """Return the address of the page at `path` in the report that is published at `address`."""
    return address + quote("" if path == "index.html" else path)


def encode_sitemap(address: str, paths: Iterable[str], built: datetime) -> str:
    """Return the sitemap of the pages at `paths`, in the format of sitemaps.org."""
    entries = "".join(
        f"<url><loc>{escape(address_page(address, path))}</loc><lastmod>{built.date().isoformat()}</lastmod></url>\n"
        for path in paths
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )

"""Put short codes of the program into the report's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from generator.language import Language
from generator.report.detail_words import translate_detail
from generator.spreadsheet.brand_sources import BRAND_SOURCES
from generator.spreadsheet.fields import FieldKind
from generator.spreadsheet.notices import NOTICES, Notice
from generator.spreadsheet.phrases import FIELD_LABELS, Phrase, name_sheet, render
from generator.spreadsheet.post_formats import FORMATS
from generator.spreadsheet.posts import Refusal, TableRead
from generator.spreadsheet.reasons import REASONS

if TYPE_CHECKING:
    from generator.report.post_fields import ShownField

#: What a finding on a field is about.
ClaimKind = FieldKind | Literal["format"]


def reason_text(reason: str, language: Language) -> str:
    """Return the sentence for the code of a reason; a code without one is returned unchanged."""
    return language.gettext(REASONS[reason].sentence) if reason in REASONS else reason


def detail_text(row: Refusal, language: Language) -> tuple[str, str]:
    """Return what a refusal's detail says beyond the reason and image that stand beside it, and its language.

    Details that the catalogue of messages does not have, such as a decoder's, are in English.
    """
    _ = language.gettext
    kind, place, number = row.detail.rpartition(" row ")
    if place and number.isdigit() and kind in ("same as", "of the post on"):
        told = _("same as row %(row)s") if kind == "same as" else _("of the post on row %(row)s")
        return told % {"row": number}, language.code
    detail = row.detail
    for said in (f"there is no file {row.thumbnail[:200]}", "the path leads out of the images' folder"):
        if detail.startswith(said):
            detail = detail.removeprefix(said).removeprefix("; ")
    translated = translate_detail(detail, language)
    return (detail, "en") if translated is None else (translated, language.code)


def field_label(field: str, language: Language) -> str:
    """Return the name of a post's field in the report's tables."""
    return language.gettext(FIELD_LABELS[field]) if field in FIELD_LABELS else field


def format_label(name: str, language: Language) -> str:
    """Return the name of a post's format, one of generator.spreadsheet.post_formats.FORMATS."""
    _ = language.gettext
    return {"photo": _("Photo"), "carousel": _("Carousel"), "video": _("Video")}[name]


def value_label(field: ShownField, name: str, language: Language) -> str:
    """Return a value of a field, one of its categories, as pages call it."""
    _ = language.gettext
    if field.categories is FORMATS:
        return format_label(name, language)
    return {"yes": _("yes"), "no": _("no")}[name] if field.kind == "yes_no" else name


def formats_label(name: str, language: Language) -> str:
    """Return the plural of a format within a sentence."""
    _ = language.gettext
    return {"photo": _("photos"), "carousel": _("carousels"), "video": _("videos")}[name]


def claim_field(kind: ClaimKind, value: str, language: Language) -> str:
    """Return the sentence of a finding on a field, with `%(brand)s`, `%(field)s` and `%(value)s` to be filled in.

    `%(times)s` is the ratio, and `%(told)s` its interval in brackets, if it is told. A format is named in the plural.
    """
    _ = language.gettext
    if kind == "format":
        return _("%(brand)s posts %(value)s %(times)s as often as its median rival%(told)s.")
    if kind == "yes_no" and value == "yes":
        return _("Posts of %(brand)s are marked “%(field)s” %(times)s as often as its median rival’s%(told)s.")
    if kind == "yes_no":
        return _("Posts of %(brand)s are without “%(field)s” %(times)s as often as its median rival’s%(told)s.")
    return _(
        "%(brand)s gives “%(value)s” (%(field)s) %(times)s the share of its posts that its median rival does%(told)s."
    )


def field_kind_label(kind: FieldKind, language: Language) -> str:
    """Return what the values of a field are."""
    _ = language.gettext
    named = {
        "category": _("Categories"),
        "yes_no": _("Yes or no"),
        "number": _("Numbers"),
        "date": _("Dates"),
        "text": _("Texts"),
    }
    return named[kind]


def notice_text(notice: Notice, language: Language) -> str:
    """Return the sentence of a notice."""
    values = dict(notice.values)
    if "field" in values and notice.code != "near_unnamed":  # which gives the word that a header must have
        values["field"] = field_label(str(values["field"]), language)
    sentence = Phrase(NOTICES[notice.code], tuple(values.items()))
    return render(sentence, language.gettext, language.number)


def table_label(table: TableRead, language: Language) -> str:
    """Return the name of a table that was read: its file, and the sheet in it."""
    return render(name_sheet(table.file, table.sheet), language.gettext, language.number)


def brand_source_label(origin: str, language: Language) -> str:
    """Return where the brands of a table come from."""
    return language.gettext(BRAND_SOURCES[origin]) if origin in BRAND_SOURCES else origin


def colour_label(name: str, language: Language) -> str:
    """Return the name of a colour, one of generator.insights.colour_names.PROTOTYPES."""
    _ = language.gettext
    named = {
        "black": _("black"),
        "charcoal": _("charcoal"),
        "grey": _("grey"),
        "light grey": _("light grey"),
        "white": _("white"),
        "cream": _("cream"),
        "beige": _("beige"),
        "taupe": _("taupe"),
        "camel": _("camel"),
        "brown": _("brown"),
        "dark brown": _("dark brown"),
        "terracotta": _("terracotta"),
        "orange": _("orange"),
        "peach": _("peach"),
        "yellow": _("yellow"),
        "mustard": _("mustard"),
        "olive": _("olive"),
        "green": _("green"),
        "dark green": _("dark green"),
        "pale green": _("pale green"),
        "turquoise": _("turquoise"),
        "pale blue": _("pale blue"),
        "blue": _("blue"),
        "slate blue": _("slate blue"),
        "navy": _("navy"),
        "lilac": _("lilac"),
        "purple": _("purple"),
        "pink": _("pink"),
        "pale pink": _("pale pink"),
        "red": _("red"),
        "burgundy": _("burgundy"),
    }
    return named[name]


def facet_label(facet: str, language: Language) -> str:
    """Return the name of a facet of similarity."""
    _ = language.gettext
    return {
        "content": _("Content"),
        "colour": _("Colour"),
        "composition": _("Composition"),
        "examples": _("Your examples"),
    }[facet]


def perturbation_label(name: str, language: Language) -> str:
    """Return the description of a perturbation."""
    _ = language.gettext
    return {
        "jpeg": _("Saved again as a JPEG of quality 50"),
        "half": _("Reduced to half its size"),
        "crop": _("Cropped by 5% in width and height"),
        "brighter": _("10% brighter"),
        "darker": _("10% darker"),
        "border": _("Put into a thin white frame"),
        "noise": _("Grainy, as taken in little light"),
    }[name]


def hours_label(part: int, hours: int, language: Language) -> str:
    """Return what a part of the day is called, the parts being so many `hours` long and counted from midnight."""
    first, last = part * hours, (part + 1) * hours
    return language.gettext("%(first)d:00 to %(last)d:00") % {"first": first, "last": last}

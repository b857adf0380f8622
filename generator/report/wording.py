"""What the report calls things that the program knows by short codes."""

from __future__ import annotations

from generator.language import Language


def reason_text(reason: str, language: Language) -> str:
    """Why a row was refused, for the person who keeps the spreadsheet; a code nobody wrote a sentence for, as it is."""
    _ = language.gettext
    said = {
        "no_brand": _("The row names no brand."),
        "no_thumbnail": _("The row names no image."),
        "duplicate": _("The same post is on an earlier row."),
        "bad_address": _("The image's address is neither a web address nor a path."),
        "private_address": _("The image's address is on a private network."),
        "outside_folder": _("The image's path leads out of the spreadsheet's folder."),
        "missing_file": _("There is no such file."),
        "download_failed": _("The image could not be downloaded."),
        "not_in_cache": _("The image was not downloaded before, and this report was built offline."),
        "empty_file": _("The file is empty."),
        "too_large": _("The file is larger than the limit."),
        "not_an_image": _("The file is not an image."),
        "damaged_image": _("The image is damaged or incomplete."),
        "too_many_pixels": _("The image has more pixels than the limit."),
        "decoder_failed": _("Reading the image took too long, or broke the program that reads images."),
        "hidden": _("The post was hidden by whoever made this report."),
        "repeat": _("The brand posted the same picture on an earlier row; repeats count once here."),
        "no_vector": _("The file of vectors has none for this post."),
        "withdrawn": _("The post was withdrawn."),
    }
    return said.get(reason, reason)


def field_label(field: str, language: Language) -> str:
    """A field of a post as the report's tables call it."""
    _ = language.gettext
    named = {
        "brand": _("Brand"),
        "thumbnail": _("Image"),
        "caption": _("Caption"),
        "likes": _("Likes"),
        "comments": _("Comments"),
        "published": _("Date"),
        "permalink": _("Link to the post"),
    }
    return named.get(field, field)


def colour_label(name: str, language: Language) -> str:
    """A colour, one of generator.insights.colour_names.PROTOTYPES, in the report's language."""
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
    """What a way of being alike is called."""
    _ = language.gettext
    return {
        "content": _("Content"),
        "colour": _("Colour"),
        "composition": _("Composition"),
        "examples": _("Your examples"),
    }[facet]


def perturbation_label(name: str, language: Language) -> str:
    """What may happen to an image, for people who publish them."""
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

"""Reasons for leaving out a row: one entry holds everything that the program says about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spreadsheet.phrases import _


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """The words about a row that the report leaves out."""

    sentence: str  # for the person who keeps the spreadsheet
    image_missing: bool = False  # the row names an image, which is not available or cannot be shown
    hint: str = ""  # the fix, if there is another than to correct the row


#: Reasons by the code in a report's files, in the order in which a build finds them.
REASONS: Mapping[str, RefusalReason] = {
    "no_brand": RefusalReason(_("The row names no brand.")),
    "no_thumbnail": RefusalReason(_("The row names no image.")),
    # the same brand, thumbnail and permalink
    "duplicate": RefusalReason(_("The same post is on an earlier row.")),
    # the same post on several rows, each with an image
    "further_image": RefusalReason(_("The row holds a further image of a post that is on an earlier row.")),
    "link_text": RefusalReason(
        _("The cell for the image holds what a link is called, without its address."),
        True,
        "Export the posts with the addresses themselves, or as .xlsx, which keeps the links behind texts.",
    ),
    "bad_address": RefusalReason(
        _("The image’s address is neither a web address nor a path."),
        True,
        "Write addresses in full, from https:// on, and paths as the names of folders and files.",
    ),
    "private_address": RefusalReason(
        _("The image’s address is on a private network."),
        True,
        "Add --allow-private if you trust the spreadsheet with this network.",
    ),
    "outside_folder": RefusalReason(
        _("The image’s path leads out of the spreadsheet’s folder."),
        True,
        "Give the folder that holds all images with --images-root.",
    ),
    "missing_file": RefusalReason(
        _("There is no such file."),
        True,
        "Put the images into the spreadsheet's folder, or give their folder with --images-root. Where their names are "
        "another program's, correct them; brandscape check shows the nearest ones.",
    ),
    "download_failed": RefusalReason(
        _("The image could not be downloaded."),
        True,
        "Links to images expire within days: export the posts again, and build soon after.",
    ),
    "not_in_cache": RefusalReason(
        _("The image was not downloaded before, and this report was built offline."),
        True,
        "Build once without --offline to fetch them.",
    ),
    "empty_file": RefusalReason(_("The file is empty."), True),
    "too_large": RefusalReason(
        _("The file is larger than the limit."), True, "Raise max_bytes under [fetch] to read larger files."
    ),
    "not_an_image": RefusalReason(_("The file is not an image."), True),
    "video": RefusalReason(
        _("The file is a video, and what reads videos is not installed."),
        True,
        'Install it: pip install "brandscape[video]". Or give a still of each video in a column called thumbnail.',
    ),
    "damaged_video": RefusalReason(
        _("No picture can be read from the video."),
        True,
        "Give a still of each video in a column called thumbnail, or raise video_bytes under [fetch] if it is cut off.",
    ),
    "damaged_image": RefusalReason(_("The image is damaged or incomplete."), True),
    "too_many_pixels": RefusalReason(
        _("The image has more pixels than the limit."), True, "Raise max_pixels under [images] to read larger images."
    ),
    "decoder_failed": RefusalReason(
        _("Reading the image took too long, or broke the program that reads images."),
        True,
        "Build again, or save these images as .jpg or .png in a program that opens them.",
    ),
    "no_vector": RefusalReason(_("The file of vectors has none for this post.")),
    # named under [posts] exclude, or shows the image of a post that is
    "withdrawn": RefusalReason(_("The post was withdrawn.")),
    # named under [hidden] in clusters.toml
    "hidden": RefusalReason(_("The author of this report hid the post.")),
    # with [posts] repeats = "once"
    "repeat": RefusalReason(_("The brand posted the same picture on an earlier row; repeats count once here.")),
}

#: The reasons that count as a missing image.
MISSING_REASONS = frozenset(code for code, reason in REASONS.items() if reason.image_missing)

"""Notices: what the files hold and the report does not use, or uses otherwise than it stands there.

One entry of NOTICES holds all that is said about one. A clean file gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.spreadsheet.phrases import Phrase, Value, Where, _, render

#: Examples that a notice names.
EXAMPLES = 3


#: Sentences by code, the near misses first: what was most likely meant and not used. `%(where)s` is a table or file.
NOTICES: Mapping[str, str] = {
    # values
    "unread_values": _(
        "%(where)s: values in column %(column)s that cannot be read as %(field)s: %(count)s, such as %(examples)s."
    ),
    "withheld_count": _(
        "%(brand)s: %(count)s of its %(total)s posts say %(value)s %(field)s, which hides the number; it is left out."
    ),
    "coarse_dates": _(
        "%(where)s: dates of which only the week or month is known: %(count)s, such as %(examples)s. They are shown as "
        "such, and left out of what counts days."
    ),
    "unworked_formulas": _(
        "%(where)s: cells hold formulas that Brandscape does not work out: %(count)s, such as %(examples)s. Open the "
        "file in a spreadsheet program and save it, or paste the values in their place."
    ),
    # columns
    "near_column": _(
        "%(where)s: column %(column)s looks like %(field)s and is not used. If it is, set %(line)s under [read] in "
        "brandscape.toml."
    ),
    "near_unnamed": _(
        "%(where)s: column %(column)s has no header, looks like %(field)s and is not used. If it is, write %(field)s "
        "over it."
    ),
    # fields
    "unknown_fields": _("[fields] names columns that no table has, or that hold something else: %(names)s."),
    "unread_number": _(
        "%(where)s: values of the field %(field)s that are no numbers: %(count)s, such as %(examples)s."
    ),
    "unread_date": _("%(where)s: values of the field %(field)s that are no dates: %(count)s, such as %(examples)s."),
    "unread_yes_no": _(
        "%(where)s: values of the field %(field)s that are neither yes nor no: %(count)s, such as %(examples)s."
    ),
    "many_categories": _(
        "%(where)s: the field %(field)s has more than %(most)s different values, too many for categories; it is shown "
        "as text."
    ),
    # brands
    "likely_brands": _(
        "Brands that may be the same: %(pairs)s. If they are, add to brandscape.toml those of these lines that are "
        "true:\n%(lines)s"
    ),
    "unknown_aliases": _("[brands.aliases] names spellings that no row has: %(names)s."),
    "caption_names": _(
        "Brands whose names look like captions: %(count)s, such as %(examples)s. Another column may hold the brands, "
        "or some rows may have their cells in wrong columns."
    ),
    "single_posts": _("Brands with one post, which may be other brands misspelt: %(count)s, such as %(examples)s."),
    "merged_spellings": _(
        "Spellings that were taken for one brand: %(count)s. They are %(brands)s. To keep one apart, add it to "
        "[brands.aliases] as an alias of itself."
    ),
    "joined_values": _(
        "%(where)s: spellings of the field %(field)s that were taken for one: %(count)s, such as %(examples)s."
    ),
    "co_posts": _(
        "%(where)s: posts of other accounts that count for the account they were asked for: %(count)s, such as "
        "%(examples)s."
    ),
    # texts
    "misfit_rows": _(
        "%(where)s: rows whose cells do not fit the columns, left out: %(count)s, from line %(lines)s of the file on, "
        "which begins “%(text)s”. Save the file again with its texts in quotation marks."
    ),
    "partial_rows": _(
        "%(where)s: rows with more cells than columns, read without the cells that may belong to several columns: "
        "%(count)s, such as line %(lines)s of the file."
    ),
    "mended_rows": _(
        "%(where)s: rows with a quotation mark, separator or line break in a wrong place, put together again: "
        "%(count)s, such as line %(lines)s of the file."
    ),
    "likely_encoding": _(
        "%(where)s: its letters were read as %(encoding)s, which is likely and not certain, such as %(examples)s. If "
        "they are wrong, save the file as UTF-8."
    ),
    "mixed_letters": _("%(where)s: letters of Windows-1252 in a file of UTF-8, read as that: %(count)s."),
    "damaged_letters": _("%(where)s: letters that are damaged in the file itself: %(count)s."),
    "repaired_text": _("%(where)s: texts that had been decoded wrongly, repaired: %(count)s, such as %(examples)s."),
    "doubtful_text": _(
        "%(where)s: texts that look wrongly decoded and cannot be repaired with certainty: %(count)s, such as "
        "%(examples)s."
    ),
    "other_content": _("%(where)s is %(kind)s, whatever its name says, and was read as that."),
    # records
    "empty_accounts": _("%(where)s: accounts without posts, private or empty: %(count)s, such as %(examples)s."),
    "unread_lists": _("%(where)s: other lists, which were not read: %(names)s."),
    "account_fields": _("%(where)s: fields of the accounts around posts that are not used: %(columns)s."),
    "broken_records": _("%(where)s: lines that hold no whole record, left out: %(count)s, such as line %(lines)s."),
    "repeated_fields": _("%(where)s: fields that stand twice in a record, of which the last counts: %(count)s."),
    # tables and rows
    "unread_table": _("%(where)s was not read: %(why)s."),
    "unread_source": _("%(where)s was not read, for this reason: “%(message)s”."),
    "turned_table": _(
        "%(where)s: its posts stand in a column each; they were read as rows, and row 2 is column B, and so on."
    ),
    "board_texts": _(
        "%(where)s: texts on a board of pictures that stand below no picture, and are not read: %(count)s, such as "
        "%(examples)s."
    ),
    "other_headers": _(
        "%(where)s: headers stand again in row %(row)s, with columns that the first ones do not have, which are not "
        "read: %(columns)s."
    ),
    "hidden_rows": _(
        "%(where)s: rows hidden by a filter or by hand: %(count)s. They are in the report; set "
        "%(line)s under [read] to leave them out."
    ),
    "skipped_rows": _("%(where)s: hidden rows left out: %(count)s."),
    "summary_rows": _("%(where)s: rows of totals or notes, which are no posts: %(count)s, such as row %(examples)s."),
    # images and files
    "lacking_images": _(
        "Further images of posts that could not be had: %(count)s, such as %(examples)s. Their posts stay, without "
        "them."
    ),
    "vectorless_images": _("Your vectors are of the first images of posts, so further images are left out: %(count)s."),
    "found_by_name": _(
        "Images that are not where the spreadsheet says, found by their names in another place: %(count)s, such as "
        "%(examples)s."
    ),
    "found_by_brand": _(
        "%(where)s: images whose names stand in several folders, taken from the one that is called as the brand: "
        "%(count)s, such as %(examples)s."
    ),
    "unnamed_images": _(
        "%(where)s: images that no row names, which are not in the report: %(count)s, such as %(examples)s."
    ),
    "name_beginnings": _(
        "%(where)s: images that lie in no folder of a brand, and count for %(brand)s: %(count)s. Their names begin "
        "with %(examples)s. If these are brands, put the images of each into a folder of its name."
    ),
    "name_dates": _(
        "%(where)s: names of images that hold a date, which may be when they were taken or saved, and is not read: "
        "%(count)s, such as %(examples)s. If it is the post’s, begin the name with it: 2025-03-01."
    ),
    "unread_pictures": _(
        "%(where)s holds pictures, which are read from .xlsx alone. Open it in Excel and save it as that."
    ),
    "unread_files": _("%(where)s: files not read: %(count)s, such as %(examples)s."),
    "columns_personal": _(
        "%(where)s: columns not shown, since they look like people’s names, accounts, e-mail addresses or telephone "
        "numbers: %(columns)s. To show one, name it under [fields], such as %(line)s."
    ),
    "columns_unique": _(
        "%(where)s: columns not shown, since every value differs: %(columns)s. To show one, name it under [fields], "
        "such as %(line)s."
    ),
    "columns_addresses": _(
        "%(where)s: columns not shown, since they hold addresses or files: %(columns)s. To show one, name it under "
        "[fields], such as %(line)s."
    ),
    "columns_constant": _(
        "%(where)s: columns not shown, since every post has the same value: %(columns)s. To show one, name it under "
        "[fields], such as %(line)s."
    ),
    "columns_many": _(
        "%(where)s: columns not shown, since there are many others: %(columns)s. To show one, name it under [fields], "
        "such as %(line)s."
    ),
    "columns_chosen": _("%(where)s: columns left out as [fields] says: %(columns)s."),
    "unused_columns": _("%(where)s: columns not used: %(columns)s."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is in the files and not, or not as it stands, in the report."""

    code: str  # a key of NOTICES
    values: Mapping[str, Value]  # what its sentence names

    @property
    def text(self) -> str:
        """The sentence in English, for the terminal."""
        return render(Phrase(NOTICES[self.code], tuple(self.values.items())))


def sort_notices(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return each notice once, the near misses first, those of one kind in the order in which they were found."""
    order = {code: rank for rank, code in enumerate(NOTICES)}
    return tuple(sorted({(n.code, *n.values.items()): n for n in notices}.values(), key=lambda n: order[n.code]))


def list_examples(values: Iterable[str]) -> str:
    """Return the first few different values for a notice."""
    return ", ".join(list(dict.fromkeys(value[:60] for value in values))[:EXAMPLES])


def tell_found_by_name(images: Sequence[tuple[str, str]]) -> Notice:
    """Return the notice of images found by their names: what the spreadsheet says, and the path of the file."""
    text, path = images[0]
    return Notice("found_by_name", {"count": len(images), "examples": f"{text[-80:]} → {path[-80:]}"})


def tell_summaries(where: Where, rows: Sequence[int]) -> Notice:
    """Return the notice of rows of totals or notes."""
    return Notice("summary_rows", {"where": where, "count": len(rows), "examples": list_examples(map(str, rows))})

"""What can go wrong, said so that the reader can mend it."""


class BrandscapeError(Exception):
    """A problem the user can act on: what happened, and the mend.

    `message` says what and where; `hint` says what to do about it. The command
    line prints both without a traceback and leaves with `exit_code`.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(BrandscapeError):
    """A flag, environment variable or settings file that cannot be used."""

    exit_code = 2


class SpreadsheetError(BrandscapeError):
    """A spreadsheet from which no post can be read."""

    exit_code = 3


class MissingImagesError(BrandscapeError):
    """Too many images could not be had for the report to be worth building."""

    exit_code = 4

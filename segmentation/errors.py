"""Problems that the person using the app can put right."""


class SegmentationError(Exception):
    """A problem the reader can act on.

    Parameters
    ----------
    message : str
        What is wrong, in the reader's words and with their own file, column or row.
    hint : str
        What to do about it: one sentence that starts with a verb.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class UnreadableFile(SegmentationError):
    """The bytes of a file are not a table that can be read."""


class FileTooLarge(SegmentationError):
    """A file, or what it unpacks to, is over a limit of this installation."""


class NoRoom(SegmentationError):
    """The machine's disk or the memory of this installation does not hold the rows."""


class FilesDiffer(SegmentationError):
    """Files that were given together do not have the same columns."""


class MissingColumn(SegmentationError):
    """No column of the data was chosen for something every segment needs."""


class AmbiguousCells(SegmentationError):
    """A column of dates or amounts can be read in two ways that fit equally well."""


class NothingKept(SegmentationError):
    """None of the rows can be used."""


class InvalidChoice(SegmentationError):
    """A choice lies outside what is possible, such as cut points that do not rise."""


class InvalidRecipe(SegmentationError):
    """A recipe file cannot be read or names something unknown."""


class QueryFailed(SegmentationError):
    """The database refused one of the app's queries."""


class ServerUnreachable(SegmentationError):
    """A database server cannot be reached, or not in the safe way that was asked for."""


class ServerRefused(SegmentationError):
    """A database server, or the owner of this installation, does not allow it."""


class ServerGone(SegmentationError):
    """A database server went away while it was asked."""


class ServerFull(SegmentationError):
    """A database server has no connection, memory or disk left."""


class QueryTooSlow(SegmentationError):
    """A query was stopped because it took longer than it may."""


class UnsafeQuery(SegmentationError):
    """A query of the analyst's own is not one query that only reads."""


class NotReliable(SegmentationError):
    """The data cannot carry a prediction; the message says why, the hint what would help."""

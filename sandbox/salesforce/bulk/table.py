"""Read and write the tables of the Bulk API: CSV with a delimiter and a line ending of the job's."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
NULL = "#N/A"


class BadTableError(ValueError):
    """The table as a whole cannot be read; the text is what the job says."""


@dataclass(frozen=True)
class Table:
    """A header and rows of texts, each as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(data: bytes, *, delimiter: str, line_ending: str) -> Table:
    """Return the table; raise BadTableError when it is not in the form the job announced."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise BadTableError("InvalidBatch : the data is not UTF-8") from cause
    _check_line_ending(text, line_ending)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter], strict=True)
    try:
        header, *rows = [tuple(row) for row in reader if row]
    except ValueError as cause:
        raise BadTableError("InvalidBatch : Field name row is missing") from cause
    except csv.Error as cause:
        raise BadTableError(f"InvalidBatch : the data is not CSV: {cause}") from cause
    for place, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise BadTableError(f"InvalidBatch : row {place} has {len(row)} values for {len(header)} fields")
    return Table(tuple(name.strip() for name in header), tuple(rows))


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str, line_ending: str
) -> str:
    """Return a table with every value in quotes."""
    written = io.StringIO(newline="")
    writer = csv.writer(
        written,
        delimiter=DELIMITERS[delimiter],
        lineterminator=LINE_ENDINGS[line_ending],
        quoting=csv.QUOTE_ALL,
    )
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def _check_line_ending(text: str, line_ending: str) -> None:
    first, newline, _ = text.partition("\n")
    if newline and first.endswith("\r") != (line_ending == "CRLF"):
        raise BadTableError(
            f"InvalidBatch : LineEnding is invalid on user data. Current LineEnding setting is {line_ending}"
        )

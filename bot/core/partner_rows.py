"""The partner file: from the bytes of a CSV to checked rows, or to every error in it at once.

Responsible for the file's form. Must not know databases, nor what makes a cell right (partner_checks) or fresh (confidence).
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.partner_checks import AUDIENCES, as_number, check_cells, split_list

COLUMNS = (
    "id", "name", "short_name", "kind", "street", "city", "state", "zip", "latitude", "longitude", "phone", "email",
    "website", "states_served", "serves", "languages", "source_url", "source_date", "confidence", "contact_checked",
    "coord_basis",
)  # fmt: skip
_LISTS = ("states_served", "languages")


@dataclass(frozen=True)
class RowError:
    """One thing to correct: line 1 is the header; column is "" where the whole line is meant."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.message}"


class PartnerFileError(Exception):
    """The file cannot be imported; carries every error."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


def read_partner_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a file in canonical spelling, by column. Raises PartnerFileError with every error."""
    lines = list(_read_lines(_decode(data)))
    if not lines:
        raise PartnerFileError([RowError(1, "", "The file is empty. Its first line must name the columns.")])
    header, body = [cell.strip().lower() for cell in lines[0][1]], lines[1:]
    if faults := _check_header(header):
        raise PartnerFileError([RowError(1, column, message) for column, message in faults])
    if not body:
        raise PartnerFileError([RowError(2, "", "There is a header and no office below it.")])
    return _check_body(header, body)


def write_partner_rows(rows: list[dict[str, str]]) -> str:
    """The text of a partner file with these rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def degrees_text(number: float | None) -> str:
    """Degrees as the file spells them: four decimals, more where there are more."""
    if number is None:
        return ""
    return f"{number:.4f}" if round(number, 4) == number else f"{number:.15f}".rstrip("0")


def group_organisations(confidences: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """For each office id its organisation's id, and the id under which that counts when two bodies may be one.

    An office whose id continues another's (wrtp-madison, wrtp) belongs to it. Where `confidence` says "may be the same
    body as … ID", both count as one (mi-hrdi and mi-wdi, facts/gaps.md B).
    """
    organisations = {office: _main_office(office, confidences) for office in confidences}
    counts_as = {organisation: organisation for organisation in organisations.values()}
    for office, confidence in confidences.items():
        for other in _same_bodies(confidence, confidences):
            one, two = sorted((counts_as[organisations[office]], counts_as[organisations[other]]))
            counts_as = {key: two if value == one else value for key, value in counts_as.items()}
    return {office: (organisation, counts_as[organisation]) for office, organisation in organisations.items()}


def _main_office(office: str, known: Mapping[str, str]) -> str:
    parts = office.split("-")
    return next((head for end in range(1, len(parts)) if (head := "-".join(parts[:end])) in known), office)


def _same_bodies(confidence: str, known: Mapping[str, str]) -> list[str]:
    clauses = re.findall(r"same body as([^;(]*)", confidence)
    return [word for clause in clauses for word in re.findall(r"[a-z0-9-]+", clause) if word in known]


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "The file is not in UTF-8. In the spreadsheet, save it as “CSV UTF-8”."
        raise PartnerFileError([RowError(line, "", message)]) from None


def _read_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise PartnerFileError([RowError(start, "", f"This line is not valid CSV ({error}). Look at its quotes.")]) from None


def _check_header(header: list[str]) -> list[tuple[str, str]]:
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and header[0].count(mark) > 3:
            return [("", f"The columns are parted by {name}. Save the file with commas.")]
    missing = [column for column in COLUMNS if column not in header]
    faults = [(name, _unknown_column(name, missing)) for name in header if name not in COLUMNS]
    faults += [(name, "This column is there twice.") for name in dict.fromkeys(header) if header.count(name) > 1]
    return faults + [(name, "This column is missing from the first line.") for name in missing]


def _unknown_column(name: str, missing: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), missing, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"“{name}” is not a column of this file.{hint}"


def _check_body(header: list[str], body: list[tuple[int, list[str]]]) -> list[dict[str, str]]:
    errors: list[RowError] = []
    rows: dict[int, dict[str, str]] = {}
    for line, values in body:
        if len(values) == len(header):
            rows[line] = dict(zip(header, (value.strip() for value in values), strict=True))
        else:
            message = f"This line has {len(values)} cells and the first line {len(header)}. Look for a comma outside quotes."
            errors.append(RowError(line, "", message))
    errors += [RowError(line, *fault) for line, row in rows.items() for fault in check_cells(row)]
    errors += _repeated_ids(rows)
    if errors:
        raise PartnerFileError(sorted(errors, key=lambda error: (error.line, _column_rank(error.column))))
    return [canonical(row) for row in rows.values()]


def _column_rank(column: str) -> int:
    return COLUMNS.index(column) if column in COLUMNS else -1


def _repeated_ids(rows: dict[int, dict[str, str]]) -> Iterator[RowError]:
    first_seen: dict[str, int] = {}
    for line, row in rows.items():
        seen = first_seen.setdefault(row["id"], line)
        if row["id"] and seen != line:
            yield RowError(line, "id", f"The id “{row['id']}” is already used in line {seen}.")


def canonical(row: dict[str, str]) -> dict[str, str]:
    """The same row with lists in a fixed order and numbers in a fixed spelling, so that equal rows compare equal."""
    lists = {column: ";".join(sorted(set(split_list(row[column])))) for column in _LISTS}
    serves = ";".join(name for name in AUDIENCES if name in split_list(row["serves"]))
    degrees = {column: degrees_text(as_number(row[column])) for column in ("latitude", "longitude")}
    return {column: row[column] for column in COLUMNS} | lists | degrees | {"serves": serves}

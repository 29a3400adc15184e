"""Reading somebody's table, whatever it's a table of (U8, C7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trade.csv_import import cells
from trade.csv_import.columns import ColumnDoubled, ColumnMissing, is_header
from trade.csv_import.files import all_rows, opening, plain_parts, read_window
from trade.csv_import.mapping import TableMapping, form_of, parsed
from trade.csv_import.notation import NO_CHOICES, Choices, Kind, Notation, Survey
from trade.csv_import.problems import Problem, TableUnreadable
from trade.csv_import.rows import TableReader
from trade.dates import BIRTH

ClientField = Literal["name", "born_on", "phone", "gender"]
CLIENTS = parsed(
    """
    name = "clients"
    title_en = "Clients"
    title_fr = "Clients"
    source = "another-system"
    key = ["client_id"]
    nothing = ["unknown"]
    [fields.name]
    columns = ["first_name", "last_name"]
    how = "join"
    required = true
    [fields.born_on]
    columns = ["dob"]
    [fields.gender]
    columns = ["gender"]
    values = { male = "man", female = "woman" }
    """,
    TableMapping[ClientField],
    form="toml",
)
"""A list of people, as another system exports it."""
KINDS = {"born_on": Kind.DAY}
TODAY = dt.date(2026, 3, 2)
TABLE = (
    "All clients\n\nclient_id;First Name;last_name;DOB;gender;notes\n"
    "CLI-1;Jordan;Davis;21/03/1978;male;\nCLI-2;Amber;;08/02/1968;unknown;x\nCLI-3;;;31/31/1999;other;\n"
)


def read(table: str, choices: Choices = NO_CHOICES) -> list[tuple[dict[str, Any], list[Problem], Any]]:
    """Read a table of clients as a service would."""
    file = io.BytesIO(table.encode())
    found = opening(file, lambda names: is_header(CLIENTS, names))
    rules = {"name": cells.label, "born_on": cells.day_of(BIRTH, TODAY), "gender": cells.short}
    survey = Survey(TableReader(CLIENTS, found.header, rules, KINDS).columns.kinds(KINDS))
    for rows in all_rows(file, found):
        survey.take(row.cells for row in rows)
    reader = TableReader(CLIENTS, found.header, rules, KINDS, survey.notations(choices))
    reader.columns.require()
    answers = []
    for rows in all_rows(file, found):
        for row in rows:
            problems: list[Problem] = []
            values, texts, _ = reader.read_fields(row.line, row.cells, problems)
            values["key"] = reader.read_key(row.line, row.cells, problems)
            answers.append((values, problems, reader.fingerprint(texts)))
    return answers


@pytest.mark.row("C7")
def test_a_list_of_people_is_read_by_a_mapping_of_its_own() -> None:
    (first, none, _), (second, nothing, _), (_, wrong, _) = read(TABLE)
    assert (none, nothing) == ([], [])
    assert first == {
        "line": 4,
        "name": "Jordan Davis",
        "born_on": dt.date(1978, 3, 21),
        "gender": "man",
        "key": "CLI-1",
    }
    assert (second["name"], second["born_on"], second["gender"]) == ("Amber", dt.date(1968, 2, 8), None)
    assert [(one.line, one.column, one.rule) for one in wrong] == [
        (6, "DOB", "not_a_day"),
        (6, "gender", "unknown_word"),
        (6, "First Name", "missing"),
    ]


@pytest.mark.row("C7")
def test_a_row_with_the_same_words_has_the_same_fingerprint_and_any_other_another() -> None:
    *_, (_, _, first) = read(TABLE)
    *_, (_, _, again) = read(TABLE.replace("All clients", "Everybody"))
    *_, (_, _, other) = read(TABLE.replace("31/31/1999", "31/30/1999"))
    assert first == again
    assert first != other


@pytest.mark.row("C7")
def test_days_that_can_be_two_are_refused_until_somebody_decides() -> None:
    table = "client_id,first_name,dob\n1,Ada,03/07/1990\n"
    ((_, (problem,), _),) = read(table)
    assert problem.rule == "unclear_day"
    for days, day in ((Notation.DAY_FIRST, dt.date(1990, 7, 3)), (Notation.MONTH_FIRST, dt.date(1990, 3, 7))):
        ((values, problems, _),) = read(table, Choices(days=days))
        assert (values["born_on"], problems) == (day, [])


@pytest.mark.row("C7")
@pytest.mark.parametrize(
    ("header", "refused"),
    [("first_name,dob", ColumnMissing), ("client_id,first_name,dob,DOB", ColumnDoubled)],
)
def test_a_file_without_its_columns_is_refused(header: str, refused: type[TableUnreadable]) -> None:
    with pytest.raises(refused):
        read(f"{header}\n1,Ada,1990-01-01,1990-01-01\n")


@pytest.mark.row("C7")
def test_a_mapping_that_names_a_field_nobody_knows_is_refused() -> None:
    names = '"name": "x", "title_en": "x", "title_fr": "x", "source": "x"'
    text = f'{{{names}, "fields": {{"rent": {{"columns": ["a"]}}}}}}'
    with pytest.raises(TableUnreadable, match="rent"):
        parsed(text, TableMapping[ClientField], form=form_of("mine.json"))


@pytest.mark.row("U8", "C7")
@pytest.mark.parametrize(
    ("raw", "encoding", "delimiter"),
    [
        (b"a,b\n1,2\n", "utf-8", ","),
        (b"\xef\xbb\xbfa;b\n1;2\n", "utf-8-sig", ";"),
        ("a\tb\né\t2\n".encode("cp1252"), "cp1252", "\t"),
        ("a|b\n1|2\n".encode("utf-16"), "utf-16", "|"),
        (b'"x,y";b\n1;2\n', "utf-8", ";"),
    ],
)
def test_encoding_and_delimiter_are_found_out(raw: bytes, encoding: str, delimiter: str) -> None:
    found = opening(io.BytesIO(raw))
    assert (found.encoding, found.delimiter) == (encoding, delimiter)
    content = b"".join(plain_parts(io.BytesIO(raw), encoding))
    window = read_window(content[found.position :], delimiter, line=found.line, final=True)
    assert [row.line for row in window.rows] == [2]


@pytest.mark.row("U8", "C7")
def test_lines_are_counted_as_an_editor_counts_them() -> None:
    window = read_window(b'"one\ntwo",2\n\n3,4\n', ",", line=1, final=True)
    assert [(row.line, row.cells[1]) for row in window.rows] == [(2, "2"), (5, "4")]
    with pytest.raises(TableUnreadable, match="Line 2"):
        read_window(b'"' + b"x" * 200_000 + b'",1\n', ",", line=1, final=True)
    with pytest.raises(TableUnreadable, match="doesn't end"):
        read_window(b'"never closed,1\n2,3\n', ",", line=1, final=True)


@pytest.mark.row("U8", "C7")
@given(
    some.lists(
        some.lists(some.text(some.sampled_from('ab é"\n,;'), max_size=9), min_size=2, max_size=4), max_size=30
    ),
    some.integers(1, 7),
)
def test_a_file_read_in_windows_says_what_it_says_in_one(table: list[list[str]], most: int) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    content = out.getvalue().encode()
    whole = [row for row in table if any(cell.strip() for cell in row)]
    seen, position, line = [], 0, 0
    while position < len(content):
        window = read_window(content[position:], ",", line=line, final=True, most=most)
        seen += [row.cells for row in window.rows]
        position, line = position + window.read, line + window.lines
    assert seen == whole
    assert position == len(content)

"""How several files write the dates and numbers of a column, each looked at whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from segmentation.labels import listed
from segmentation.recipe import BY_FILE
from segmentation.sources.cells import CellForm, FormOption
from segmentation.sources.dates import YEAR_FIRST
from segmentation.sources.forms import DATES, NUMBERS, study_forms
from segmentation.sources.readings import RawTable, quoted

# Of a year of months all, of a year of days some.
MOST_NAMES = 12
CELLS = "stacked_cells"
# Enough for one among them whose day is not its month.
N_SHOWN = 100


def study_files(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    columns: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
    whole: bool = True,
) -> dict[str, CellForm]:
    """How each date and number column is written, and in which file where they do not agree.

    Several files are read as one, unless some that are certain of how a column is written are
    not read so. Then each is read as it is written, and what somebody chose is for those that
    leave it open.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where `raw.query` runs.
    raw : RawTable
        The files.
    columns : mapping of str to str
        The file's column for each of ours.
    chosen : mapping of str to str, optional
        Name of a `FormOption` for some of our columns, or `recipe.BY_FILE`.
    whole : bool, default=True
        As for `study_forms`.

    Returns
    -------
    dict of str to CellForm
        As by `study_forms`.

    Raises
    ------
    duckdb.Error
        The rows cannot be read.
    """
    chosen = chosen or {}
    answers = {ours: choice for ours, choice in chosen.items() if choice != BY_FILE}
    forms = study_forms(connection, raw, columns, answers, whole)
    doubtful = list(_doubtful(forms, chosen)) if len(raw.files) > 1 else []
    if not doubtful:
        return forms
    by_file = list(
        _study_alone(connection, raw, {ours: columns[ours] for ours in doubtful}, answers)
    )
    for ours in doubtful:
        found = [alone[ours] for alone in by_file]
        if not _are_read_so(found, chosen.get(ours) or forms[ours].decided):
            forms[ours] = _of_each(found, [reading.name for reading in raw.files])
    return forms


def _doubtful(forms: Mapping[str, CellForm], chosen: Mapping[str, str]) -> Iterator[str]:
    """Columns of which one file might be certain of another reading than the others, or than told.

    A file has one decimal mark, so that all of its numbers are in doubt together.
    """
    for group in (*((ours,) for ours in DATES), NUMBERS):
        there = [ours for ours in group if ours in forms]
        told = {chosen[ours] for ours in there if ours in chosen}
        told = told.union(*(forms[ours].told for ours in there))
        if len(told) > 1 or BY_FILE in told:
            yield from there


def _study_alone(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    columns: Mapping[str, str],
    answers: Mapping[str, str],
) -> Iterator[dict[str, CellForm]]:
    """How each file writes its columns; what somebody answered is for those that it leaves open."""
    # Read once: asked for one of 256 files, their query takes 0.1 s to be planned alone.
    cells = ", ".join(map(quoted, dict.fromkeys(columns.values())))
    connection.execute(
        f"create or replace temp table {CELLS} as select {cells}, file_index from ({raw.query})"
    )
    texts = tuple(replace(column, samples=()) for column in raw.columns)
    for index, reading in enumerate(raw.files):
        query = f"select * from {CELLS} where file_index = {index}"
        file = replace(raw, files=(reading,), columns=texts, query=query)
        forms = study_forms(connection, file, columns)
        if answers and any(form.is_ambiguous for form in forms.values()):
            told = study_forms(connection, file, columns, answers)
            forms = {
                ours: told[ours] if form.is_ambiguous else form for ours, form in forms.items()
            }
        for ours, form in forms.items():
            if form.is_ambiguous:
                cells = f"select cast({quoted(columns[ours])} as varchar) as cell from ({query})"
                rows = connection.execute(f"{cells} where trim(cell) <> '' limit {N_SHOWN}")
                forms[ours] = replace(form, open_cells=tuple(c for (c,) in rows.fetchall()))
        yield forms
    connection.execute(f"drop table {CELLS}")


def _are_read_so(found: Sequence[CellForm], reading: str) -> bool:
    """Whether the files that are certain of a reading are so of this one, if there are any."""
    decided = {form.decided for form in found} - {""}
    # Who writes the year in front is no proof of the day in front, nor the other way round.
    has_open_year = any(option.name == YEAR_FIRST for form in found for option in form.options)
    return not decided or (decided == {reading} and (not has_open_year or reading == YEAR_FIRST))


def _of_each(found: Sequence[CellForm], names: Sequence[str]) -> CellForm:
    """One form of the files' own."""
    sure: dict[str, list[str]] = {}
    for form, name in zip(found, names, strict=True):
        if not form.is_ambiguous:
            sure.setdefault(form.label, []).append(name)
    still_open = [name for form, name in zip(found, names, strict=True) if form.is_ambiguous]
    labels = [f"{label} in {listed(files, MOST_NAMES)}" for label, files in sure.items()]
    currencies = [form.currency or "cast(null as varchar)" for form in found]
    return CellForm(
        found[0].kind,
        _case([form.sql for form in found]),
        "; ".join(labels if len(labels) > 1 or still_open else sure),
        sum(form.n_unreadable or 0 for form in found),
        _options([form for form in found if form.is_ambiguous]),
        notes=tuple(
            f"{n}: {note}" for form, n in zip(found, names, strict=True) for note in form.notes
        ),
        currency=_case(currencies) if any(form.currency for form in found) else None,
        decided=BY_FILE,
        open_in=listed(still_open, MOST_NAMES),
        open_cells=next((form.open_cells for form in found if form.is_ambiguous), ()),
    )


def _options(found: Sequence[CellForm]) -> tuple[FormOption, ...]:
    """The readings of several open files."""
    options: dict[str, FormOption] = {}
    for option in (option for form in found for option in form.options):
        other = options.setdefault(option.name, option)
        options[option.name] = replace(
            other,
            first=min(filter(None, (option.first, other.first)), default=None),
            last=max(filter(None, (option.last, other.last)), default=None),
        )
    return tuple(options.values())


def _case(sqls: Sequence[str]) -> str:
    """The expression of the file that a row is of."""
    distinct = list(dict.fromkeys(sqls))
    if len(distinct) == 1:
        return distinct[0]
    places = [distinct.index(sql) for sql in sqls]
    cases = " ".join(f"when {place} then {sql}" for place, sql in enumerate(distinct))
    return f"case {places}[cast(file_index as integer) + 1] {cases} end"

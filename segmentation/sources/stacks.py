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
    are_alike = len(answers) == len(chosen)
    doubtful = list(_doubtful(forms, answers)) if are_alike else list(forms)
    if len(raw.files) == 1 or not doubtful:
        return forms
    found = _study_alone(connection, raw, columns, doubtful, answers)
    own = {o for o in found if not _are_read_so(found[o], answers.get(o) or forms[o].decided)}
    if own or not are_alike:
        # Whose dates are another's may have another's numbers: no file goes by the others then.
        rest = [ours for ours in forms if ours not in found]
        found |= _study_alone(connection, raw, columns, rest, answers) if rest else {}
        own |= {ours for ours, each in found.items() if _are_some_open(each)}
    names = [reading.name for reading in raw.files]
    return forms | {ours: _of_each(found[ours], names) for ours in forms if ours in own}


def _doubtful(forms: Mapping[str, CellForm], answers: Mapping[str, str]) -> Iterator[str]:
    """Columns of which one file might be certain of another reading than the others, or than told.

    A file has one decimal mark, so that all of its numbers are in doubt together.
    """
    for group in (*((ours,) for ours in DATES), NUMBERS):
        there = [ours for ours in group if ours in forms]
        told = {answers[ours] for ours in there if ours in answers}
        if len(told.union(*(forms[ours].told for ours in there))) > 1:
            yield from there


def _study_alone(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    columns: Mapping[str, str],
    studied: Sequence[str],
    answers: Mapping[str, str],
) -> dict[str, list[CellForm]]:
    """How each file writes some columns; what somebody answered is for those that it leaves open.

    The columns are read once: 256 files' query for one of them takes 0.1 s to be planned.
    """
    theirs = {ours: columns[ours] for ours in studied}
    cells = "".join(f"{quoted(name)}, " for name in dict.fromkeys(theirs.values()))
    connection.execute(
        f"create or replace temp table {CELLS} as select {cells}file_index from ({raw.query})"
    )
    texts = tuple(replace(column, samples=()) for column in raw.columns)
    found: dict[str, list[CellForm]] = {ours: [] for ours in studied}
    for index, reading in enumerate(raw.files):
        query = f"select * from {CELLS} where file_index = {index}"
        file = replace(raw, files=(reading,), columns=texts, query=query)
        forms = study_forms(connection, file, theirs)
        is_open = any(form.is_ambiguous for form in forms.values())
        told = study_forms(connection, file, theirs, answers) if is_open and answers else forms
        for ours, form in forms.items():
            form = told[ours] if form.is_ambiguous else form
            if form.is_ambiguous:
                form = replace(form, open_cells=_some_cells(connection, query, theirs[ours]))
            found[ours].append(form)
    connection.execute(f"drop table {CELLS}")
    return found


def _some_cells(connection: duckdb.DuckDBPyConnection, query: str, column: str) -> tuple[str, ...]:
    cells = f"select cast({quoted(column)} as varchar) as cell from ({query})"
    rows = connection.execute(f"select cell from ({cells}) where trim(cell) <> '' limit {N_SHOWN}")
    return tuple(cell for (cell,) in rows.fetchall())


def _are_read_so(found: Sequence[CellForm], reading: str) -> bool:
    """Whether the files that are certain of a reading are so of this one, if there are any."""
    decided = {form.decided for form in found} - {""}
    # Who writes the year in front is no proof of the day in front, nor the other way round.
    has_open_year = any(option.name == YEAR_FIRST for form in found for option in form.options)
    return not decided or (decided == {reading} and (not has_open_year or reading == YEAR_FIRST))


def _are_some_open(found: Sequence[CellForm]) -> bool:
    """Whether a file leaves open what another one is certain of."""
    return any(form.decided for form in found) and any(form.is_ambiguous for form in found)


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

"""How several files write the dates and numbers of a column, each looked at whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from segmentation.labels import listed
from segmentation.recipe import BY_FILE
from segmentation.sources.cells import CellForm, FormOption
from segmentation.sources.dates import YEAR_FIRST
from segmentation.sources.forms import DATES, NUMBERS, study_forms
from segmentation.sources.readings import RawTable

MOST_NAMES = 3


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
    forms = study_forms(connection, raw, columns, chosen, whole)
    doubtful = list(_doubtful(forms, chosen)) if len(raw.files) > 1 else []
    if not doubtful:
        return forms
    studied = {ours: columns[ours] for ours in doubtful}
    by_file = [_study_alone(connection, raw, i, studied, chosen) for i in range(len(raw.files))]
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
    index: int,
    columns: Mapping[str, str],
    chosen: Mapping[str, str],
) -> dict[str, CellForm]:
    """How one file writes its columns; what somebody chose is for those that it leaves open."""
    file = replace(
        raw,
        files=(raw.files[index],),
        columns=tuple(replace(column, samples=()) for column in raw.columns),
        query=f"select * from ({raw.query}) where file_index = {index}",
    )
    forms = study_forms(connection, file, columns)
    if chosen and any(form.is_ambiguous for form in forms.values()):
        told = study_forms(connection, file, columns, chosen)
        return {ours: told[ours] if form.is_ambiguous else form for ours, form in forms.items()}
    return forms


def _are_read_so(found: Sequence[CellForm], reading: str) -> bool:
    """Whether the files that are certain of a reading are so of this one, if there are any."""
    decided = {form.decided for form in found} - {""}
    # Who writes the year in front is no proof of the day in front, nor the other way round.
    has_open_year = any(option.name == YEAR_FIRST for form in found for option in form.options)
    return not decided or (decided == {reading} and (not has_open_year or reading == YEAR_FIRST))


def _of_each(found: Sequence[CellForm], names: Sequence[str]) -> CellForm:
    """One form of the files' own."""
    read: dict[str, list[str]] = {}
    options: dict[str, FormOption] = {}
    for form, name in zip(found, names, strict=True):
        if not form.is_ambiguous:
            read.setdefault(form.label, []).append(name)
            continue
        for option in form.options:
            other = options.get(option.name, option)
            first = min(filter(None, (option.first, other.first)), default=None)
            last = max(filter(None, (option.last, other.last)), default=None)
            options[option.name] = replace(other, first=first, last=last)
    told = [f"{label} in {listed(files, MOST_NAMES)}" for label, files in read.items()]
    has_currency = any(form.currency for form in found)
    return CellForm(
        found[0].kind,
        _case([form.sql for form in found]),
        "; ".join(told) if len(read) > 1 or options else next(iter(read)),
        sum(form.n_unreadable or 0 for form in found),
        tuple(options.values()),
        None,
        tuple(
            f"{name}: {note}"
            for form, name in zip(found, names, strict=True)
            for note in form.notes
        ),
        _case([form.currency or "cast(null as varchar)" for form in found])
        if has_currency
        else None,
        decided=BY_FILE,
        open_files=tuple(
            name for form, name in zip(found, names, strict=True) if form.is_ambiguous
        ),
    )


def _case(sqls: Sequence[str]) -> str:
    """The expression of the file that a row is of."""
    distinct = list(dict.fromkeys(sqls))
    if len(distinct) == 1:
        return distinct[0]
    places = [distinct.index(sql) for sql in sqls]
    cases = " ".join(f"when {place} then {sql}" for place, sql in enumerate(distinct))
    return f"case {places}[cast(file_index as integer) + 1] {cases} end"

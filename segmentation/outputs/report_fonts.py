"""The fonts of the report, as files that come with packages, and what they cannot write.

FiraGO writes Latin, Greek, Cyrillic, Georgian, Hebrew, Arabic, Devanagari and Thai; Noto Sans CJK
Chinese, Japanese and Korean.  The machine's own fonts are not used, so that a report looks the
same wherever it is made.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import get_ident

FAMILIES = ("FiraGO", "Noto Sans CJK JP")
FIRAGO = {"figo": "FiraGO-Regular.ttf", "figbo": "FiraGO-Bold.ttf"}
MISSING = "\N{WHITE SQUARE}"


@cache
def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="report-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def latin_folder() -> Path:
    """A folder with FiraGO, which its package holds as code; gone when the process ends."""
    folder = _new_folder()
    # Written again where the system has tidied up behind a server that runs for weeks.
    for name, file in FIRAGO.items():
        if not (folder / file).exists():
            from pymupdf_fonts import fontbuffers

            folder.mkdir(exist_ok=True)
            # Moved into place, so that a report made meanwhile never reads half a font.
            part = folder / f"{file}.{get_ident()}"
            part.write_bytes(fontbuffers[name]())
            part.replace(folder / file)
    return folder


@cache
def cjk_file() -> Path:
    """The file of Noto Sans CJK."""
    import noto_cjk_sans_jp_regular

    return next(Path(noto_cjk_sans_jp_regular.__file__).parent.glob("*.otf"))


@cache
def _written_by(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def find_fonts(texts: Iterable[str]) -> tuple[list[Path], set[str]]:
    """The folders of fonts that texts need, and the characters that none of them has.

    Parameters
    ----------
    texts : iterable of str
        All that is to be written.

    Returns
    -------
    folders : list of Path
        FiraGO's, and that of Noto Sans CJK where a text needs it: it is large.
    missing : set of str
        Single characters.
    """
    letters = {letter for text in texts for letter in text if letter.isprintable()}
    others = {x for x in letters if ord(x) not in _written_by(latin_folder() / FIRAGO["figo"])}
    if not others:
        return [latin_folder()], set()
    missing = {letter for letter in others if ord(letter) not in _written_by(cjk_file())}
    folders = [latin_folder(), cjk_file().parent] if others - missing else [latin_folder()]
    return folders, missing

"""Recognise a file for what it is: by all its columns, and by the codes of its records."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from diagnostic.model import Source
from diagnostic.sources import SOURCES
from diagnostic.warehouse.files import AS_WINDOWS, MAPS, WORKBOOKS, Candidate, Unreadable, as_text
from diagnostic.warehouse.sheets import Features, Sheet, collection, map_header, sheets

_SEPARATORS = (";", ",", "\t", "|")
# How much of a text file is read to recognise it: its records are judged one by one when it is loaded.
_HEAD = 1 << 18
_RECORDS = 2_000
# Lines above the header of a workbook.
_HEADER_WITHIN = 15

CODE_SHAPES: dict[str, str] = {
    "commune": r"(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{3}|\d{3}XX",
    "departement": r"\d{2}|2[AB]|9[78]\d|[A-Z][0-9A-Z]",
    "region": r"\d{2}|[A-Z][0-9A-Z]",
    "epci": r"\d{9}|Z{9}",
    "postcode": r"\d{5}",
    "qpv": r"Q[NF]\w{6,7}",
    "iris": r"(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{7}",
    "uai": r"\d[0-9A-Z]{2}\d{4}[A-Z]",
    # A commune, a département, a région or an EPCI, by the length of the code.
    "place": r"(?:\d{2}|2[AB]|[A-Z][0-9A-Z])(?:\d{3})?|9[78]\d|\d{9}",
}
# Digits of a code that a spreadsheet took for a number.
LOST_ZERO: dict[str, str] = {
    "commune": r"\d{4}",
    "departement": r"\d",
    "region": r"\d",
    "epci": r"\d{8}",
    "postcode": r"\d{4}",
    "qpv": r"Q",
    "iris": r"\d{8}",
    "uai": r"\d{6}[A-Z]",
    "place": r"\d|\d{4}|\d{8}",
}


@dataclass(frozen=True)
class Layout:
    """How a candidate is laid out: encoding, separator, header, and what it was recognised as.

    `skip` lines stand above the header. Recognising a workbook or a map takes all that it holds: it is kept for its turn.
    """

    source: Source
    columns: dict[str, str]
    header: tuple[str, ...]
    encoding: str = "utf-8"
    separator: str = ";"
    skip: int = 0
    code_header: str = ""
    year: int | None = None
    read: Sheet | Features | None = field(default=None, repr=False, compare=False)


def recognise(candidate: Candidate, workspace: Path) -> list[Layout]:
    """The layouts of a candidate, one per table that it holds; raise Unreadable when none is ours."""
    if candidate.suffix in WORKBOOKS:
        return _recognise_workbook(candidate, workspace)
    if candidate.suffix in MAPS:
        return [_recognise_map(candidate)]
    return [_recognise_text(candidate)]


def match(
    header: Sequence[str], records: Sequence[Mapping[str, object]], geometry: str = ""
) -> Layout | None:
    """The one declared layout that these columns and records are in, or None; `geometry` is that of a map.

    Two that match are a fault of the declarations: the file is refused rather than guessed.
    """
    found = [
        layout
        for source in SOURCES
        if _form(source) == geometry and (layout := _fit(source, tuple(header), records))
    ]
    if len(found) > 1:
        titles = " et ".join(f"« {layout.source.title} »" for layout in found)
        raise Unreadable(f"le fichier se lit de plusieurs façons : {titles}. Signalez-le, avec le fichier.")
    return found[0] if found else None


def _form(source: Source) -> str:
    if source.format != "geojson":
        return ""
    return "Point" if source.points else "Polygon"


def _fit(source: Source, header: tuple[str, ...], records: Sequence[Mapping[str, object]]) -> Layout | None:
    """The layout of `source` when the header has its columns, none of another table, and codes of its kind."""
    if {name.lower() for name in source.unless} & {name.lower() for name in header}:
        return None
    columns: dict[str, str] = {}
    code_header, year = "", None
    for column in source.columns:
        hit = _find(column.patterns, header)
        if hit is None:
            if column.required:
                return None
            continue
        name, matched = hit
        columns[column.name] = name
        if column.name == "code":
            code_header = name.lower()
        groups = matched.groupdict()
        if groups.get("yyyy"):
            year = int(groups["yyyy"])
        elif groups.get("yy"):
            year = 2000 + int(groups["yy"])
    for column in source.columns:
        if column.kind in CODE_SHAPES and column.name in columns and source.key[:1] == (column.name,):
            kind = re.compile(f"{CODE_SHAPES[column.kind]}|{LOST_ZERO[column.kind]}")
            cells = [as_text(record.get(columns[column.name])) for record in records]
            told = [cell for cell in cells if cell]
            if told and 2 * sum(bool(kind.fullmatch(cell)) for cell in told) < len(told):
                return None
    if source.levels and _of_another_level(dict(source.levels)[code_header], columns.values()):
        return None
    twice = next((name for name in columns.values() if header.count(name) > 1), None)
    if twice is not None:
        raise Unreadable(
            f"{source.title} : la colonne « {twice} » apparaît plusieurs fois, rien ne dit laquelle vaut. {source.cure}"
        )
    return Layout(source, columns, header, code_header=code_header, year=year)


_LEVEL_SUFFIXES = {"commune": "com", "epci": "epci", "departement": "dep", "region": "reg", "france": "nat"}


def _of_another_level(level: str, names: Iterable[str]) -> bool:
    """Whether a column of figures is named after another level than the code: the file has lost its own codes."""
    suffixes = {name.lower().rpartition("_")[2] for name in names} & set(_LEVEL_SUFFIXES.values())
    return bool(suffixes - {_LEVEL_SUFFIXES[level]})


def _find(patterns: tuple[str, ...], header: tuple[str, ...]) -> tuple[str, re.Match[str]] | None:
    for pattern in patterns:
        whole = _pattern(pattern).fullmatch
        for name in header:
            matched = whole(name)
            if matched:
                return name, matched
    return None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


# --- text ------------------------------------------------------------------------------------------


def _recognise_text(candidate: Candidate) -> Layout:
    with candidate.open() as stream:
        start = stream.read(_HEAD)
    encoding = _encoding(start)
    text = start.decode(encoding, errors=AS_WINDOWS).lstrip("\ufeff")
    if not text.strip():
        raise Unreadable("le fichier est vide. Téléchargez-le de nouveau.")
    if text.lstrip()[:1] == "<":
        raise Unreadable("c’est une page web, pas un fichier de données. Téléchargez-le de nouveau.")
    if len(start) == _HEAD:
        # The last line is cut short.
        text = text[: text.rfind("\n") + 1] or text
    first: tuple[str, ...] = ()
    for separator in _SEPARATORS:
        rows = _rows(text, separator)
        # Lines of nothing above the header are no lines, nor is the one that tells a spreadsheet its separator.
        above, header = next(
            ((at, row) for at, row in enumerate(rows) if any(row) and not row[0].lower().startswith("sep=")),
            (0, ()),
        )
        first = max(first, header, key=len)
        if len(header) < 2:
            continue
        below = list(rows)
        records = [dict(zip(header, row, strict=False)) for row in below]
        layout = match(header, records)
        if layout is None:
            continue
        if below[:1] == [header]:
            raise Unreadable(
                f"{layout.source.title} : la ligne 2 répète les noms de colonnes. Supprimez les lignes d’en-tête en "
                "trop, ou téléchargez le fichier d’origine."
            )
        return replace(layout, encoding=encoding, separator=separator, skip=above)
    raise none_of_ours(first)


def _rows(text: str, separator: str) -> Iterator[tuple[str, ...]]:
    """The first rows, up to one that is broken: what follows is judged when the file is loaded."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    with contextlib.suppress(csv.Error):
        for row in itertools.islice(reader, _RECORDS):
            yield tuple(map(str.strip, row))


def _encoding(start: bytes) -> str:
    """UTF-16 by its mark or by its zero bytes, else UTF-8: what is none in it is read as Windows wrote it."""
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    half = len(start) // 2
    # Of two bytes of a letter of ours, one is zero.
    zeros = start[0::2].count(0), start[1::2].count(0)
    if min(zeros) == 0 and max(zeros) > 0.9 * half > 0:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    if b"\0" in start:
        raise Unreadable("le fichier contient des octets nuls : il est abîmé. Téléchargez-le de nouveau.")
    return "utf-8"


# --- workbooks -------------------------------------------------------------------------------------


def _recognise_workbook(candidate: Candidate, workspace: Path) -> list[Layout]:
    """The sheets of a workbook that hold a table of ours, each with the line of its header."""
    first: tuple[str, ...] = ()
    found = []
    for sheet in sheets(candidate, workspace):
        rows = sheet.rows(_HEADER_WITHIN + _RECORDS)
        for skip, row in enumerate(rows[:_HEADER_WITHIN]):
            header = tuple(as_text(cell) for cell in row)
            first = max(first, tuple(name for name in header if name), key=len)
            layout = match(header, [dict(zip(header, cells, strict=False)) for cells in rows[skip + 1 :]])
            if layout is not None:
                found.append(replace(layout, read=sheet, skip=skip))
                break
    if not found:
        raise none_of_ours(first)
    return found


# --- maps ------------------------------------------------------------------------------------------


def _recognise_map(candidate: Candidate) -> Layout:
    """A feature collection, judged on the properties of all its features: a producer leaves keys out."""
    content = collection(candidate)
    header, records, kinds = map_header(content)
    polygons = sum("Polygon" in kind for kind in kinds)
    points = sum("Point" in kind for kind in kinds)
    layout = match(header, records, "Point" if points > polygons else "Polygon")
    if layout is None:
        raise none_of_ours(header)
    return replace(layout, read=Features.of(content))


# --- what is none of ours --------------------------------------------------------------------------


class Known(Unreadable):
    """A file that is left aside on purpose: we know what it is, and have no use for it."""


def none_of_ours(header: Sequence[str]) -> Unreadable:
    """Why a file is not used: what it is when we know it, else the columns that were found."""
    names = {name.lower() for name in header}
    for telling, what in _KNOWN:
        if telling <= names:
            return Known(what)
    shown = ", ".join(header[:6]) + ("…" if len(header) > 6 else "")
    return Unreadable(
        f"colonnes inconnues ({shown[:160]}). Aucune source déclarée n’a cet en-tête ; voir la page Méthode."
    )


# Files that people have beside ours: recognised, and left aside for a stated reason.
_KNOWN: tuple[tuple[set[str], str], ...] = (
    ({"cod_var", "cod_mod"}, "dictionnaire de variables Insee : rien à charger."),
    ({"variable", "modalite"}, "dictionnaire de variables Insee : rien à charger."),
    (
        {"codgeo", "pop_mun", "pop_com_qp"},
        "statistiques des QPV 2015 : elles ne se mélangent pas aux QPV 2024.",
    ),
    ({"code_qp", "nom_qp", "commune_qp"}, "périmètres des QPV 2015 : ils ne se mélangent pas aux QPV 2024."),
    ({"typequ", "nb_equip", "dciris"}, "BPE par Iris d’un ancien millésime : aucun indicateur ne s’en sert."),
    (
        {"depp", "codcomp", "comp"},
        "populations des communes déléguées et associées : elles sont déjà comptées dans leur commune. Le diagnostic "
        "lit donnees_communes.csv.",
    ),
    (
        {"codarr", "arrondissement", "nbcom"},
        "populations par arrondissement : le diagnostic les additionne par commune.",
    ),
    ({"codcan", "canton", "nbcom"}, "populations par canton : le diagnostic les additionne par commune."),
    (
        {"nbarr", "nbcom", "pmun"},
        "populations par département ou région : le diagnostic les additionne par commune.",
    ),
    (
        {"numcom", "txcouvglo_com_2014"},
        "taux de couverture 2014 : la ligne 2 répète les noms de colonnes et NUMDEP a perdu ses zéros. Téléchargez "
        "txcouv_pe_com depuis data.caf.fr.",
    ),
    (
        {"codgeo", "note_filo", "disp_q2"},
        "revenus des QPV 2015, lignes de 1 024 champs presque tous vides : fichier réenregistré par un tableur, et les "
        "QPV 2015 ne se mélangent pas aux QPV 2024.",
    ),
    ({"empsta_enq"}, "recensement, emploi : aucun indicateur ne s’en sert."),
    ({"pcs", "rp_measure"}, "recensement, catégories sociales : aucun indicateur ne s’en sert."),
    (
        {"ept", "code géographique"},
        "établissements publics territoriaux : ce ne sont pas des EPCI à fiscalité propre, et la feuille de style du classeur est invalide. Le diagnostic lit epcicom ou la composition communale des EPCI.",
    ),
)

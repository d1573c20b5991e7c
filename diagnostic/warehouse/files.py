"""Find the raw files, look inside archives, and recognise each by its columns."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diagnostic.model import Source
from diagnostic.sources import SOURCES

TABULAR = (".csv", ".txt", ".tsv")
READ = (*TABULAR, ".xlsx", ".json", ".geojson", ".zip", ".gz")
_IGNORED = (".part", ".provenance.json", ".duckdb", ".md")
_SEPARATORS = (";", ",", "\t", "|")
# An archive member that inflates beyond this, or more than this many members, is not one of ours.
MAX_MEMBER_BYTES = 4 * 1024**3
MAX_MEMBERS = 200


class Unreadable(Exception):
    """A file that cannot be used, with the French reason."""


@dataclass(frozen=True)
class Candidate:
    """A readable file: `label` is what the user knows it by, `path` where its bytes are."""

    label: str
    path: Path
    origin: Path


@dataclass(frozen=True)
class Layout:
    """How a candidate is laid out: encoding, separator, header, and what it was recognised as."""

    source: Source
    columns: dict[str, str]
    header: tuple[str, ...]
    encoding: str = "utf-8"
    separator: str = ";"
    sheet: str | None = None
    skip: int = 0
    code_header: str = ""
    year: int | None = None


def find(folders: list[Path]) -> list[Path]:
    """Every file below `folders` that may hold data, sorted by path; hidden and partial ones left out."""
    found: list[Path] = []
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        found += [
            path
            for path in paths
            if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_IGNORED)
        ]
    return found


def unpack(path: Path, workspace: Path) -> Iterator[Candidate | tuple[str, Unreadable]]:
    """The candidates that `path` holds: itself, or the members of an archive copied to `workspace`."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        yield from _unzip(path, workspace)
    elif suffix == ".gz":
        target = workspace / f"{abs(hash(path))}_{path.stem}"
        try:
            with gzip.open(path) as packed, target.open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)
        except (OSError, EOFError) as error:
            yield path.name, Unreadable(f"archive gzip illisible ({error}). Téléchargez-la de nouveau.")
        else:
            yield Candidate(path.name, target, path)
    elif suffix in READ:
        yield Candidate(path.name, path, path)


def _unzip(path: Path, workspace: Path) -> Iterator[Candidate | tuple[str, Unreadable]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise Unreadable(
                    f"l’archive contient {len(members)} fichiers : ce n’est pas un fichier officiel."
                )
            for number, member in enumerate(members):
                name = Path(member.filename).name
                if Path(name).suffix.lower() not in (*TABULAR, ".xlsx", ".json", ".geojson"):
                    continue
                if member.file_size > MAX_MEMBER_BYTES:
                    raise Unreadable(f"« {name} » dépasse la taille admise une fois décompressé.")
                target = workspace / f"{abs(hash(path))}_{number}_{name}"
                with archive.open(member) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain, 1 << 20)
                yield Candidate(f"{path.name} › {name}", target, path)
    except Unreadable as refusal:
        yield path.name, refusal
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        yield path.name, Unreadable(f"archive zip illisible ({error}). Téléchargez-la de nouveau.")


def recognise(candidate: Candidate) -> Layout:
    """The layout of a candidate, by its columns; raise Unreadable when it is none of ours."""
    suffix = candidate.path.suffix.lower()
    if suffix == ".xlsx":
        from diagnostic.warehouse.sheets import recognise_workbook

        return recognise_workbook(candidate.path)
    if suffix in (".json", ".geojson"):
        from diagnostic.warehouse.sheets import recognise_geojson

        return recognise_geojson(candidate.path)
    return _recognise_text(candidate.path)


def _recognise_text(path: Path) -> Layout:
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        head = "".join(line for _, line in zip(range(4), stream, strict=False))[: 1 << 18]
    if not head.strip():
        raise Unreadable("le fichier est vide. Téléchargez-le de nouveau.")
    if head.lstrip("\ufeff \t\r\n")[:1] == "<":
        raise Unreadable("c’est une page web, pas un fichier de données. Téléchargez-le de nouveau.")
    first: tuple[str, ...] = ()
    for separator in _SEPARATORS:
        rows = list(csv.reader(io.StringIO(head.lstrip("\ufeff")), delimiter=separator))
        header = tuple(cell.strip() for cell in rows[0]) if rows else ()
        first = max(first, header, key=len)
        sample = dict(zip(header, rows[1], strict=False)) if len(rows) > 1 else {}
        for layout in matches(header, sample, "csv"):
            if len(rows) > 1 and tuple(cell.strip() for cell in rows[1]) == header:
                raise Unreadable(
                    f"{layout.source.title} : la ligne 2 répète les noms de colonnes. Supprimez les lignes d’en-tête en "
                    "trop, ou téléchargez le fichier d’origine."
                )
            return _with(layout, encoding=encoding, separator=separator)
    raise Unreadable(unknown(first))


def _encoding(path: Path) -> str:
    """UTF-8 when every byte agrees, UTF-16 by its mark, else the Windows encoding of older files."""
    import codecs

    with path.open("rb") as stream:
        start = stream.read(4)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        stream.seek(0)
        try:
            while chunk := stream.read(1 << 22):
                if b"\0" in chunk:
                    raise Unreadable(
                        "le fichier contient des octets nuls : il est abîmé. Téléchargez-le de nouveau."
                    )
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def matches(header: tuple[str, ...], sample: dict[str, str], form: str) -> list[Layout]:
    """Layouts whose required columns all stand in `header`, the most demanding first."""
    found = []
    for source in SOURCES:
        if form not in source.format.split("|") or not set(source.unless).isdisjoint(header):
            continue
        columns: dict[str, str] = {}
        code_header, year = "", None
        for column in source.columns:
            hit = _find(column.patterns, header)
            if hit is None:
                if column.required:
                    break
                continue
            name, match = hit
            columns[column.name] = name
            if column.name == "code":
                code_header = name.lower()
            groups = match.groupdict()
            if groups.get("yyyy"):
                year = int(groups["yyyy"])
            elif groups.get("yy"):
                year = 2000 + int(groups["yy"])
        else:
            shapes = sum(
                bool(CODE_SHAPES[c.kind].fullmatch(sample.get(columns[c.name], "").strip()))
                for c in source.columns
                if c.kind in CODE_SHAPES and c.name in columns
            )
            required = sum(column.required for column in source.columns)
            layout = Layout(source, columns, header, code_header=code_header, year=year)
            found.append((required, shapes, layout))
    return [layout for *_, layout in sorted(found, key=lambda item: item[:2], reverse=True)]


def _find(patterns: tuple[str, ...], header: tuple[str, ...]) -> tuple[str, re.Match[str]] | None:
    for pattern in patterns:
        for name in header:
            match = re.fullmatch(pattern, name, re.IGNORECASE)
            if match:
                return name, match
    return None


CODE_SHAPES: dict[str, re.Pattern[str]] = {
    "commune": re.compile(r"(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{3}|132XX"),
    "departement": re.compile(r"\d{2}|2[AB]|9[78]\d|[A-Z][0-9A-Z]"),
    "region": re.compile(r"\d{2}|[A-Z][0-9A-Z]"),
    "epci": re.compile(r"\d{9}|Z{9}"),
}


def unknown(header: tuple[str, ...]) -> str:
    """Why a file is not used: what it is when we know it, else the columns that were found."""
    names = {name.lower() for name in header}
    for telling, what in _KNOWN:
        if telling <= names:
            return what
    shown = ", ".join(header[:6]) + ("…" if len(header) > 6 else "")
    return (
        f"colonnes inconnues ({shown[:160]}). Aucune source déclarée n’a cet en-tête ; voir la page Méthode."
    )


# Files that people have beside ours: recognised, and left aside for a stated reason.
_KNOWN: tuple[tuple[set[str], str], ...] = (
    ({"cod_var", "cod_mod"}, "dictionnaire de variables Insee : rien à charger."),
    ({"variable", "modalite"}, "dictionnaire de variables Insee : rien à charger."),
    ({"codgeo", "enf_2", "note"}, "allocataires par Iris (Insee-Cnaf) : aucun indicateur ne s’en sert."),
    (
        {"codgeo", "pop_mun", "pop_com_qp"},
        "statistiques des QPV 2015 : elles ne se mélangent pas aux QPV 2024.",
    ),
    ({"code_qp", "nom_qp", "commune_qp"}, "périmètres des QPV 2015 : ils ne se mélangent pas aux QPV 2024."),
    ({"typequ", "nb_equip", "dciris"}, "BPE par Iris d’un ancien millésime : aucun indicateur ne s’en sert."),
    (
        {"depp", "codcomp", "comp"},
        "populations des communes déléguées et associées, zéros initiaux perdus (DEPP « 1 », COMP « 1015 ») : le "
        "diagnostic lit donnees_communes.csv. Téléchargez l’archive « ensemble » de l’Insee.",
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
    ({"ocs", "dwellings"}, "recensement, logement : aucun indicateur ne s’en sert."),
    ({"l_stay", "nor"}, "recensement, logement : aucun indicateur ne s’en sert."),
    ({"pcs", "rp_measure"}, "recensement, catégories sociales : aucun indicateur ne s’en sert."),
    (
        {"ept", "code géographique"},
        "établissements publics territoriaux : ce ne sont pas des EPCI à fiscalité propre, et la feuille de style du classeur est invalide. Le diagnostic lit epcicom ou la composition communale des EPCI.",
    ),
)


def _with(layout: Layout, **changes: object) -> Layout:
    from dataclasses import replace

    return replace(layout, **changes)  # type: ignore[arg-type]

"""Tables for other tools: long rows of every figure, CSV with CSVW metadata, GeoJSON.

`rows` is the one place that flattens a Report; the workbook reads it too. A value whose status forbids it
is empty, and so are its parts: a numerator would give it away.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace

import shapely

from diagnostic import french, reading, story
from diagnostic.indicators import INDICATORS
from diagnostic.model import Against, DiagnosticError, Finding, Indicator, Level, Territory
from diagnostic.report import LocalFigure, Report
from diagnostic.warehouse import Database


@dataclass(frozen=True)
class Row:
    """One territory and one indicator; `value`, `numerator`, `denominator` are None when they may not be said."""

    territory: Territory
    indicator: Indicator
    value: float | None
    status: str
    numerator: float | None
    denominator: float | None
    year: int | None
    numerator_year: int | None
    denominator_year: int | None
    missing: float | None
    word: str
    sources: str
    reason: str
    against: Against | None = None


COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("niveau", "string", "Niveau du territoire"),
    ("code", "string", "Code officiel, zéros de tête gardés"),
    ("territoire", "string", "Nom du territoire"),
    ("indicateur", "string", "Identifiant de l’indicateur"),
    ("libelle", "string", "Nom de l’indicateur"),
    ("unite", "string", "Unité de la valeur"),
    ("valeur", "number", "Valeur ; vide quand elle est inconnue, jamais zéro"),
    ("statut", "string", "Ce que vaut la valeur"),
    ("numerateur", "number", "Numérateur ; vide quand la valeur est inconnue"),
    ("denominateur", "number", "Dénominateur ; vide quand la valeur est inconnue"),
    ("millesime", "integer", "Année de la valeur"),
    ("millesime_numerateur", "integer", "Année du numérateur"),
    ("millesime_denominateur", "integer", "Année du dénominateur"),
    ("reference", "string", "Nom de la référence"),
    ("valeur_reference", "number", "Valeur de la référence ; vide quand elle est inconnue"),
    ("millesime_reference", "integer", "Année de la valeur de la référence"),
    (
        "manque",
        "number",
        "Unités à ajouter pour atteindre la référence, ou pour y porter les parties nettement en dessous ; vide quand inconnu",
    ),
    ("lecture", "string", "Comparaison en un mot"),
    ("sources", "string", "Identifiants des sources"),
    ("raison", "string", "Pourquoi la valeur est inconnue"),
)


MELODI = {"code": "GEO", "millesime": "TIME_PERIOD", "valeur": "OBS_VALUE", "statut": "OBS_STATUS"}
"""What Insee's Melodi, after SDMX, calls these columns: the second title of each in the metadata."""


def rows(report: Report) -> list[Row]:
    """The territory first, then its members, each with the indicators in their declared order; then the figures
    of the session's own files, `donnée locale`."""
    found = [(report.territory, report.findings)]
    found += [
        (member.territory, member.findings)
        for member in report.members
        if member.territory.key != report.territory.key
    ]
    against = {indicator.id: report.against(indicator.id) for indicator in INDICATORS}
    return [
        row(territory, indicator, finding, _held(against[indicator.id], finding))
        for territory, findings in found
        for indicator in INDICATORS
        if (finding := findings.get(indicator.id)) is not None
    ] + [_local_row(one) for one in report.local]


def _held(against: Against | None, finding: Finding) -> Against | None:
    """The reference as a finding is held against it: a member of another year has its value of that year."""
    one = next((c for c in finding.comparators if against is not None and c.key == against.key), None)
    if against is None or one is None:
        return against
    value = one.value if one.status.known else None
    return replace(against, value=value, year=one.year, status=one.status)


def _local_row(one: LocalFigure) -> Row:
    found = row(one.territory, one.indicator, one.finding)
    return replace(found, sources=f"Donnée locale : {one.origin}, reçu le {one.received}")


def row(territory: Territory, indicator: Indicator, finding: Finding, against: Against | None = None) -> Row:
    """A finding as a row, beside the reference where it has a value; what may not be said is left out."""
    value = story.value_of(finding)
    said = value is not None
    return Row(
        territory,
        indicator,
        value,
        reading.status_word(finding, indicator),
        story.known(finding.numerator) if said else None,
        story.known(finding.denominator) if said else None,
        finding.year,
        finding.numerator_year if said else None,
        finding.denominator_year if said else None,
        story.known(finding.missing) if said else None,
        finding.word or "",
        ", ".join(finding.sources or indicator.sources),
        reading.reason(finding, indicator, territory),
        against if against is not None and against.value is not None else None,
    )


def cells(row: Row) -> tuple[str | float | None, ...]:
    """The values of a row in the order of COLUMNS."""
    territory, indicator, against = row.territory, row.indicator, row.against
    return (
        territory.level.label,
        territory.code,
        french.name(territory),
        indicator.id,
        indicator.label,
        indicator.unit,
        row.value,
        row.status,
        row.numerator,
        row.denominator,
        row.year,
        row.numerator_year,
        row.denominator_year,
        against.name if against else None,
        against.value if against else None,
        against.year if against else None,
        row.missing,
        row.word,
        row.sources,
        row.reason,
    )


DECIMALS = 6
"""Decimals of a number in the tables for other tools: more would be noise of the division."""


def csv_text(report: Report) -> str:
    """The whole report, as `written`."""
    return written(rows(report))


def written(found: Iterable[Row]) -> str:
    """Text that a French spreadsheet opens: semicolons, decimal commas; cells that begin like a formula are
    quoted by an apostrophe, empty ones are left empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([name for name, _, _ in COLUMNS])
    for one in found:
        writer.writerow([_plain(cell) for cell in cells(one)])
    return buffer.getvalue()


def _plain(cell: str | float | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(round(cell, DECIMALS)).replace(".", ",")
    text = str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


_DATATYPES: dict[str, str | dict] = {"number": {"base": "decimal", "format": {"decimalChar": ","}}}


def csvw(report: Report, table: str) -> dict:
    """Metadata of the CSV (W3C, « CSV on the Web », 2015): columns, types, and what the file states of itself."""
    from diagnostic.exports import iso_day

    return schema(table) | {
        "dc:title": french.office(f"Diagnostic de territoire : {french.name(report.territory, long=True)}"),
        "dc:date": iso_day(report),
        "dc:publisher": ", ".join(dict.fromkeys(s.producer for s in report.sources)),
        "dc:license": ", ".join(dict.fromkeys(s.licence for s in report.sources)),
        "dc:description": " ".join(f"{label} : {text}." for label, text in story.facts(report)),
        "dc:source": [
            {
                "dc:title": s.title,
                "dc:publisher": s.producer,
                "dc:date": s.vintage,
                "dc:license": s.licence,
                "url": s.page,
            }
            for s in report.sources
        ],
    }


def schema(address: str) -> dict:
    """What describes any of our CSV: its address, its columns and their types."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
        "url": address,
        "dialect": {"delimiter": ";", "encoding": "utf-8", "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": name,
                    "titles": [name, MELODI[name]] if name in MELODI else name,
                    "datatype": _DATATYPES.get(kind, kind),
                    "dc:description": text,
                    "null": "",
                }
                for name, kind, text in COLUMNS
            ],
            "primaryKey": ["niveau", "code", "indicateur"],
        },
    }


def csv_archive(report: Report, db: Database | None = None) -> bytes:
    """A zip of the CSV and of its metadata, named as the W3C asks."""
    from diagnostic.exports import iso_day, slug

    table = f"diagnostic_{slug(report.territory.name)}_{iso_day(report)}.csv"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(table, "\ufeff" + csv_text(report))
        archive.writestr(
            f"{table}-metadata.json", json.dumps(csvw(report, table), ensure_ascii=False, indent=1)
        )
    return buffer.getvalue()


def geojson(report: Report, db: Database | None = None) -> bytes:
    """Polygons of the territory and its members (WGS 84, RFC 7946), with every figure and its status."""
    if db is None:
        raise DiagnosticError(
            "Les contours sont dans la base : ouvrez-la avant de demander un GeoJSON.", code=2
        )
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows(report):
        grouped.setdefault((str(row.territory.level), row.territory.code), []).append(row)
    features = []
    for (level, code), found in grouped.items():
        features.append(
            {
                "type": "Feature",
                "id": f"{level}:{code}",
                "geometry": _geometry(db, found[0].territory),
                "properties": _properties(found),
            }
        )
    document = {
        "type": "FeatureCollection",
        "metadata": dict(story.facts(report)),
        "indicators": {
            name: {"label": indicator.label, "unit": indicator.unit}
            for name, indicator in {
                row.indicator.id: row.indicator for found in grouped.values() for row in found
            }.items()
        },
        "features": features,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _geometry(db: Database, territory: Territory) -> dict | None:
    """The polygon of a territory, exterior rings counterclockwise as RFC 7946 asks; that of a perimeter of one's
    own is the union of its communes. None where an outline is unknown."""
    codes = territory.communes if territory.level is Level.PERIMETRE else (territory.code,)
    level = Level.COMMUNE if territory.level is Level.PERIMETRE else territory.level
    found = db.rows(
        "select geojson from geometry where level = ? and code in (select unnest(?::varchar[]))",
        level.value,
        list(codes),
    )
    shapes = [shapely.from_geojson(text) for (text,) in found if text]
    if not shapes or len(shapes) < len(codes):
        return None
    whole = shapes[0] if len(shapes) == 1 else shapely.union_all([shapely.make_valid(one) for one in shapes])
    return json.loads(shapely.to_geojson(shapely.orient_polygons(whole, exterior_cw=False)))


def _properties(found: list[Row]) -> dict:
    territory = found[0].territory
    properties: dict = {"niveau": str(territory.level), "code": territory.code, "nom": french.name(territory)}
    for row in found:
        properties[row.indicator.id] = row.value
        properties[f"{row.indicator.id}_statut"] = row.status
        properties[f"{row.indicator.id}_millesime"] = row.year
    return properties

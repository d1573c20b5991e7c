"""What the page Quartiers prioritaires says: each quarter, what it has, what it lacks."""

from __future__ import annotations

import pandas as pd

from diagnostic import french, reading
from diagnostic.indicators import FACILITY_LABELS, QPV_FACILITIES
from diagnostic.report import Report

INDICATORS = ("nombre_qpv", "part_population_qpv", "equipements_en_qpv")
COUNTS = ("nombre_qpv", "equipements_en_qpv")
_LOCATED = {
    "polygon": "Les équipements sont situés par le périmètre des quartiers.",
    "producer": "Les périmètres ne sont pas chargés : les équipements sont situés par la colonne du producteur, qui ne dit pas dans quel quartier. Ce qui manque n’est su que là où la commune entière n’en a pas.",
    "communes": "Les périmètres ne sont pas chargés : seule la commune de chaque quartier est connue.",
}


def labels() -> dict[str, str]:
    """Plural name of each type of facility counted in the quarters."""
    return {stat: french.capitalised(FACILITY_LABELS[stat][1]) for stat in QPV_FACILITIES}


def message(report: Report) -> str:
    """The reading of the quarters as a title."""
    count = report.context.qpv
    if count == 0:
        return "Aucun quartier prioritaire sur ce territoire"
    if report.qpv.reading:
        return reading.title(report.qpv.reading)
    return f"{french.quantity(count, 'quartier prioritaire', 'quartiers prioritaires')} sur le territoire"


def located_sentence(report: Report) -> str:
    """How facilities are placed in or out of the quarters, and what that leaves unknown."""
    return _LOCATED.get(report.qpv.located_by, "")


def table(report: Report) -> pd.DataFrame:
    """One row per quarter: communes, then « inside, near » for each type, unknown said."""
    # Without outlines a quarter's own facilities are unknown: columns of « inconnu » would say it forty times.
    names = labels() if report.qpv.located_by == "polygon" else {}
    rows = []
    for row in report.qpv.districts:
        line = {
            "Quartier": row["name"],
            "Code": row["code"],
            "Communes": french.listing(list(row["communes"])),
        }
        for stat, name in names.items():
            line[name] = _count(row, stat)
        line["Manque"] = lacking(row)
        rows.append(line)
    return pd.DataFrame(rows, columns=["Quartier", "Code", "Communes", *names.values(), "Manque"])


def lacking(row: dict) -> str:
    """Types with none inside nor within 500 m, in words; « inconnu » where nothing can be said."""
    if all(row["inside"].get(stat) is None for stat in QPV_FACILITIES):
        return "inconnu"
    names = [FACILITY_LABELS[stat][0] for stat in row["missing"]]
    return french.listing(names) if names else "rien de connu"


def missing_table(report: Report) -> pd.DataFrame:
    """By type: quarters without any, facilities outside every quarter."""
    located = all(row["located"] for row in report.qpv.districts)
    without = "Quartiers sans, ni à 500 m" if located else "Quartiers sans, au moins"
    rows = [
        {
            "Équipement": name,
            without: _whole(report.qpv.missing_by_type.get(stat)),
            "Hors des quartiers": _whole(report.qpv.outside.get(stat)),
        }
        for stat, name in labels().items()
    ]
    return pd.DataFrame(rows)


def missing_message(report: Report) -> str:
    """The type that most quarters lack, as a title."""
    known = {stat: n for stat, n in report.qpv.missing_by_type.items() if n is not None and n > 0}
    if not known:
        unknown = all(n is None for n in report.qpv.missing_by_type.values())
        return (
            "Ce qui manque n’est pas connu, faute de périmètres"
            if unknown
            else "Aucun type d’équipement ne manque partout"
        )
    stat = max(known, key=lambda one: known[one])
    if report.qpv.located_by != "polygon":
        least = french.quantity(known[stat], "quartier est", "quartiers sont")
        return f"Au moins {least} dans une commune sans équipement « {FACILITY_LABELS[stat][0]} »"
    count = french.quantity(known[stat], "quartier n’a", "quartiers n’ont")
    return f"{count} aucun équipement « {FACILITY_LABELS[stat][0]} », ni à moins de 500 m"


def _count(row: dict, stat: str) -> str:
    inside, near = row["inside"].get(stat), row["near"].get(stat)
    if inside is None:
        return "inconnu"
    return french.number(inside) + (f" (+ {french.number(near)} à 500 m)" if near else "")


def _whole(value: int | None) -> str:
    return "inconnu" if value is None else french.number(value)

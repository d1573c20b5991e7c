"""Services of each commune, with the places of its crèches: what a list counts, commune by commune."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagnostic import french
from diagnostic.indicators import CHILDREN, FRANCE_SERVICES, RELAYS
from diagnostic.model import Status, Territory
from diagnostic.report import Report, data
from diagnostic.story.blocks import Data, Section, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.once import once
from diagnostic.story.words import known
from diagnostic.warehouse import Database

COUNTED = ("eaje", "places", "rpe", "laep", "alsh", "france_services")
HEADS = {
    "enfants_moins_3": "Moins de 3 ans",
    "eaje": "Crèches",
    "places": "Places",
    "rpe": "Relais",
    "laep": "Laep",
    "alsh": "Alsh",
    "france_services": "Fr. serv.",
}
ON_SLIDE = ("eaje", "places", "rpe", "laep", "france_services")
"""Leisure centres have their own slide."""
BLOCK = 14
"""Rows of one of the two tables of a slide."""
MOST = 60
"""Communes beyond which the annex alone lists them."""


@dataclass(frozen=True)
class Commune:
    """What is counted in one commune; None unknown."""

    place: Territory
    children: float | None
    reckoned: bool
    counts: dict[str, float | None]

    @property
    def printed(self) -> float | None:
        """The children as a table prints them: to two significant figures where births tell them."""
        if self.children is None or not self.reckoned:
            return self.children
        return french.two_figures(self.children)

    def has_some(self, stats: Sequence[str]) -> bool:
        return any(self.counts[stat] for stat in stats)


@once
def structures_section(report: Report, db: Database | None = None) -> Section | None:
    """One row a commune, those with most children first; None for a single commune and where no list is loaded."""
    if db is None or report.member_level != "commune" or len(report.members) < 2:
        return None
    rows = communes(report, db)
    if all(row.counts["eaje"] is None for row in rows):
        return None
    beside = [stat for stat in ON_SLIDE if any(row.counts[stat] is not None for row in rows)]
    shown = [stat for stat in COUNTED if any(row.counts[stat] is not None for row in rows)]
    told = rows if len(rows) <= 2 * BLOCK else [row for row in rows if row.has_some(beside)]
    left = [row for row in rows if row not in told]
    table = _table(rows, shown)
    half = (len(told) + 1) // 2 if len(told) > BLOCK else len(told)
    parts = [part for part in (told[:half], told[half:]) if part]
    return Section(
        "structures",
        "Accueil des moins de 3 ans · structures par commune",
        _title(rows, db),
        ((1.0, (table,)),),
        source_line(report, (RELAYS, CHILDREN, FRANCE_SERVICES), members=True),
        (
            "« 0 » : aucun recensé à la date du fichier, à vérifier avec la commune. « — » : inconnu.",
            f"Communes non montrées : {french.listing([french.name(row.place) for row in left])}."
            if left
            else "",
        ),
        on_slides=len(rows) <= MOST,
        subtitle="Équipements recensés et places en crèche, commune par commune",
        caution=_caution(left),
        statuses=("officiel",),
        data=Data(table.header, table.rows),
        on_slide=(
            *((0.5, (replace(_table(part, beside), caption=""),)) for part in parts),
            *(_named(left) if len(parts) == 1 else ()),
        ),
    )


def communes(report: Report, db: Database) -> list[Commune]:
    """The communes of the territory with what lists count there, those with most children first."""
    frame = data.counts(db, tuple(member.territory.code for member in report.members))
    places = data.own_creches(frame)
    rows = [
        Commune(
            member.territory,
            known(frame["enfants_moins_3"][number]),
            (told := member.findings.get(CHILDREN)) is not None and told.status is Status.ESTIMATED,
            {
                "places": known(places[number]),
                **{stat: known(frame[stat][number]) for stat in COUNTED if stat != "places"},
            },
        )
        for number, member in enumerate(report.members)
    ]
    return sorted(rows, key=lambda row: (-(row.children or 0.0), french.name(row.place)))


def _table(rows: Sequence[Commune], shown: Sequence[str]) -> Table:
    heads = tuple(HEADS[stat] for stat in shown)
    share = 0.52 / len(shown)
    return Table(
        "Structures par commune",
        ("Commune", HEADS["enfants_moins_3"], *heads),
        tuple(
            (
                french.name(row.place),
                french.number(row.printed),
                *(french.number(row.counts[stat]) for stat in shown),
            )
            for row in rows
        ),
        (0.36, 0.12, *(share for _ in shown)),
        tuple(range(1, 2 + len(shown))),
    )


def _title(rows: Sequence[Commune], db: Database) -> str:
    """How many crèches are listed, where most are, and in how many communes none is."""
    counted = [row for row in rows if row.counts["eaje"] is not None]
    total = sum(row.counts["eaje"] or 0.0 for row in counted)
    if not total:
        return f"Aucune crèche recensée dans les {len(counted)} communes connues"
    first = max(counted, key=lambda row: row.counts["eaje"] or 0.0)
    most = first.counts["eaje"] or 0.0
    said = french.quantity(total, "crèche recensée", "crèches recensées")
    ties = sum(row.counts["eaje"] == most for row in counted)
    if ties == 1 and most > 1 and most < total:
        said += f", dont {french.number(most)} {french.at(first.place)}"
    # Published places without a listed crèche: the list has a hole, and says nothing of that commune.
    holes = data.unlisted_creches(db)
    none = sum(row.counts["eaje"] == 0 and row.place.code not in holes for row in counted)
    if not none:
        return f"{said} ; chaque commune en a une" if len(counted) == len(rows) else said
    return f"{said} ; aucune dans {french.quantity(none, 'commune', 'communes')} sur {french.number(len(counted))}"


def _named(left: Sequence[Commune]) -> tuple[tuple[float, tuple[Text]], ...]:
    """The communes without any, beside a short table of those that have some."""
    if not left:
        return ()
    noun = french.quantity(len(left), "commune", "communes")
    head = f"{noun} sans aucune de ces structures recensée"
    said = f"{french.listing(sorted(french.name(row.place) for row in left))}."
    return ((0.3, (Text(((head, said, False),)),)),)


def _caution(left: Sequence[Commune]) -> str:
    said = "« 0 » : aucun recensé, à vérifier ; « — » : inconnu. Places : en crèche. Laep : lieu d’accueil enfants-parents ; Fr. serv. : France services."
    if not left:
        return said
    one = len(left) == 1
    noun = french.quantity(len(left), "autre commune", "autres communes")
    # First: a slide has no room for all.
    return f"{noun} {'n’a' if one else 'n’ont'} aucune de ces structures recensée. {said}"

"""What a map shows: which territories at which scale, their findings, their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from diagnostic import classes, french, gazetteer, maps, measure, reading, territories
from diagnostic.indicators import BY_ID, FACILITY_LABELS
from diagnostic.local.indicators import LOCAL_BY_ID
from diagnostic.model import (
    FRANCE,
    Against,
    Below,
    Comparator,
    Finding,
    Indicator,
    Level,
    Territory,
    ratio_word,
)
from diagnostic.report import Report, reckoned
from diagnostic.report import local as figures
from diagnostic.story import mapped
from diagnostic.story.words import tabled
from diagnostic.ui import local_data
from diagnostic.warehouse.database import Database, open_database


@dataclass(frozen=True)
class Shading:
    """How the places are coloured: by their distance to the reference, or in classes: by which method, how many, within
    which typed bounds."""

    colour: str = "ecart"
    method: str = "quantiles"
    count: int = 5
    limits: tuple[float, ...] = ()


BY_DISTANCE = Shading()


@dataclass(frozen=True)
class View(maps.Sheet):
    """A map ready to draw, and what is said of it."""

    source: str = ""
    by_distance: bool = False
    """Whether its colours are the distance to the reference."""
    contours: str = "Etalab, IGN."
    """Whose outlines they are."""

    @property
    def message(self) -> str:
        """The title that says the message of the map."""
        return mapped.title(self)

    @property
    def origin(self) -> str:
        """The source line."""
        return mapped.source(self, source_names(open_database().key), self.source, self.contours)

    def table(self) -> pd.DataFrame:
        """The data behind the map, highest first, unknown last."""
        rows = []
        for item in self.units:
            finding = self.findings.get(item.code)
            known = reading.known_value(finding) if finding else None
            value = known
            if finding is not None and known is not None:
                value = tabled(reading.printable(known, finding, self.indicator), self.indicator)
            why = reading.reason(finding, self.indicator, item) if finding else "Donnée non chargée."
            word = finding.word if finding else None
            status = reading.status_word(finding, self.indicator) if finding else "inconnu"
            rows.append(
                (
                    french.name(item),
                    item.code,
                    value,
                    finding.year if finding else None,
                    word or "",
                    status,
                    why,
                )
            )
        heads = [
            "Territoire",
            "Code",
            self.indicator.short,
            "Année",
            "Par rapport à la référence",
            "Statut",
            "Motif",
        ]
        found = pd.DataFrame(rows, columns=heads)
        return found.sort_values(self.indicator.short, ascending=False, na_position="last", kind="stable")


@st.cache_data(max_entries=4, show_spinner=False)
def source_names(version: str) -> dict[str, str]:
    """Producer and title of each loaded source, by id."""
    rows = open_database().rows("select distinct id, producer, title from source order by id")
    return {id: f"{producer}, {title}" for id, producer, title in rows}


def scales(database: Database, territory: Territory) -> dict[str, str]:
    """Scales offered for a territory: level -> words, the natural one first; those alone that have places to draw."""
    offered = _scales(database, territory)
    drawn = {
        level: words
        for level, words in offered.items()
        if maps.units(database, Level(level), scope_of(database, territory, Level(level)))
    }
    return drawn or offered


def _scales(database: Database, territory: Territory) -> dict[str, str]:
    known = gazetteer.index(database)
    department = known.territories.get(("departement", territory.departement or territory.code))
    region = known.territories.get(("region", territory.region or territory.code))
    of_department = f"EPCI {french.of(department)}" if department else "EPCI"
    of_region = f"Départements {french.of(region)}" if region else "Départements"
    if territory.level is Level.FRANCE:
        return {"departement": "Départements", "region": "Régions", "epci": "EPCI"}
    if territory.level is Level.REGION:
        return {"departement": "Départements", "epci": "EPCI", "commune": "Communes"}
    if territory.level is Level.DEPARTEMENT:
        return {"epci": "EPCI", "commune": "Communes", "departement": of_region}
    return {"commune": "Communes", "epci": of_department, "departement": of_region}


def colours(database: Database, report: Report, id: str, level: Level) -> dict[str, str]:
    """What the colours of this map can say: the distance to the reference where it can be drawn, or classes of values."""
    found = view(database, report, id, level=level)
    against = {"ecart": "Écart à la référence"} if found is not None and found.by_distance else {}
    return against | {"classes": "Classes"}


def typed_example(database: Database, report: Report, id: str, level: Level) -> tuple[Indicator, str]:
    """The indicator of a map, and bounds that its values could have, as one types them: « 20 40 60 80 »."""
    found = view(database, report, id, level=level, shading=Shading("classes"))
    indicator = LOCAL_BY_ID[id].indicator if id in LOCAL_BY_ID else BY_ID[id]
    values = [reading.known_value(item) for item in found.findings.values()] if found else []
    cut = classes.classify(values, classes.Method.QUANTILES, 4)
    said = dict.fromkeys(f"{bound:.{indicator.decimals}f}".replace(".", ",") for bound in cut.bounds)
    return indicator, " ".join(said) if len(said) >= 3 else "20 40 60 80"


def facilities_among(shown: list[str]) -> list[str]:
    """The types of facilities among the layers shown."""
    return [name for name in shown if name in FACILITY_LABELS]


def communes_drawn(database: Database, scope: Territory, level: Level | Below) -> list[str]:
    """Codes of the communes whose facilities and districts a map can show: none where they would be dust."""
    if isinstance(level, Below):
        return [scope.code]
    if level not in (Level.COMMUNE, Level.EPCI) or scope.level is Level.FRANCE:
        return []
    return [item.code for item in maps.units(database, Level.COMMUNE, scope)]


@st.cache_data(max_entries=200, show_spinner=False)
def layers(version: str, scope_key: str, level_name: str) -> dict[str, str]:
    """What a map can show beside its colours, without what would draw nothing here: name -> words. The background
    map asks the outside network, and says so."""
    database = open_database()
    level = Below(level_name) if level_name in set(Below) else Level(level_name)
    codes = communes_drawn(database, territories.get(database, scope_key), level)
    rows = database.rows(
        "select distinct stat from facility where lon is not null and list_contains(?, commune) "
        "union all select 'qpv' from qpv_commune where list_contains(?, commune) limit 1000",
        codes,
        codes,
    )
    here = {row[0] for row in rows}
    quarters = {"qpv": "Quartiers prioritaires"} if "qpv" in here and level is not Below.QPV else {}
    placed = {
        stat: french.capitalised(plural) for stat, (_, plural) in FACILITY_LABELS.items() if stat in here
    }
    return {"noms": "Noms", **quarters, **placed, "ign": "Fond de carte IGN (en ligne)"}


def scope_of(database: Database, territory: Territory, level: Level) -> Territory:
    """The territory whose units of `level` are shown around `territory`."""
    known = gazetteer.index(database)

    def named(at: Level, code: str | None) -> Territory | None:
        return known.territories.get((at.value, code or ""))

    if level is Level.REGION or territory.level is Level.FRANCE:
        return known.territories.get((Level.FRANCE.value, FRANCE.code), FRANCE)
    if level is Level.DEPARTEMENT:
        code = territory.code if territory.level is Level.REGION else territory.region
        return named(Level.REGION, code) or FRANCE
    if level is Level.EPCI and territory.level in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        return named(Level.DEPARTEMENT, territory.departement) or FRANCE
    if territory.level is Level.COMMUNE:
        return (
            named(Level.EPCI, territory.epci) or named(Level.DEPARTEMENT, territory.departement) or territory
        )
    return territory


def view(
    database: Database, report: Report, id: str, *, level: Level | None = None, shading: Shading = BY_DISTANCE
) -> View | None:
    """The map of an indicator around the territory of the report; None when no outline is loaded."""
    territory = report.territory
    level = level or Level(next(iter(scales(database, territory))))
    scope = scope_of(database, territory, level)
    if id in LOCAL_BY_ID:
        return _local_view(database, report, id, level, scope, shading)
    return _view(database.key, scope.key, level.value, id, report.against(id), shading)


@st.cache_resource(max_entries=200, show_spinner=False)
def _view(
    version: str, scope_key: str, level_name: str, id: str, against: Against | None, shading: Shading
) -> View | None:
    database = open_database()
    level, scope, indicator = Level(level_name), territories.get(database, scope_key), BY_ID[id]
    units = maps.units(database, level, scope)
    frame = maps.bounds(database, level, maps.mainland(database, level, units))
    if not units or frame is None:
        return None
    by_key = measure.measure(database, units, [id], **_compared_with(against, id))
    findings = {item.code: by_key[item.key][id] for item in units if id in by_key.get(item.key, {})}
    against = _beside(findings, against)
    colouring, by_distance = _coloured(findings, indicator, against, shading)
    return View(
        level, scope, units, findings, indicator, colouring, frame, against, _people(database, level, units),
        by_distance=by_distance,
    )  # fmt: skip


def _coloured(
    findings: Mapping[str, Finding], indicator: Indicator, against: Against | None, shading: Shading
) -> tuple[maps.Colouring, bool]:
    """The classes of a map, and whether they are the distance to the reference: of a rate that has one, where it is asked."""
    wanted = shading.colour == "ecart" and not measure.is_count(indicator)
    if wanted and against is not None and against.value is not None:
        dated = _dated(findings, against)
        return maps.by_ratio(findings, indicator, against.value, dated, against.status), True
    # That of the start where the user types the bounds and has typed none yet.
    named = shading.method in set(classes.Method)
    method = classes.Method(shading.method) if named else classes.Method.QUANTILES
    return maps.by_class(findings, indicator, method, shading.count, shading.limits), False


def _people(database: Database, level: Level, units: Sequence[Territory]) -> dict[str, float]:
    """Inhabitants of the places drawn, by code."""
    known = gazetteer.index(database).population
    return {one.code: known[level.value, one.code] for one in units if (level.value, one.code) in known}


def _compared_with(against: Against | None, id: str) -> dict:
    """The reference as `measure` takes it: a territory, or the value that stands for one."""
    if against is None or against.territory is not None:
        return {"reference": against.territory if against is not None else None}
    return {
        "targets": {id: Comparator(against.key, against.name, against.value, against.year, against.status)}
    }


def _local_view(
    database: Database, report: Report, id: str, level: Level, scope: Territory, shading: Shading
) -> View | None:
    """The same for a figure of this session's files: made again at each run, kept by no shared cache."""
    item = LOCAL_BY_ID[id]
    settled = next((one for one in local_data.plans(database) if one.deposit.template == item.template), None)
    units = maps.units(database, level, scope)
    frame = maps.bounds(database, level, maps.mainland(database, level, units))
    if settled is None or not units or frame is None:
        return None
    open_ones = measure.measure(database, units, reckoned.resting_on(item.indicator))
    findings = reckoned.spread(
        settled, item.indicator, open_ones, units, lambda place: territories.communes(database, place)
    )
    own = next((one.finding for one in figures.own(report) if one.indicator.id == id), None)
    against = own.comparators if own is not None and not measure.is_count(item.indicator) else ()
    beside = report.against(id)
    base = next((c for c in against if beside is not None and c.key == beside.key), None)
    compared = (
        None if beside is None or base is None
        else replace(beside, value=base.value, year=base.year, status=base.status)
    )  # fmt: skip
    colouring, by_distance = _coloured(findings, item.indicator, compared, shading)
    if by_distance and compared is not None:
        words = {code: ratio_word(one.value, compared.value) for code, one in findings.items()}
        findings = {code: replace(one, word=words[code]) for code, one in findings.items()}
    return View(
        level, scope, units, findings, item.indicator, colouring, frame, compared, _people(database, level, units),
        source=settled.deposit.badge, by_distance=by_distance,
    )  # fmt: skip


def _beside(findings: Mapping[str, Finding], against: Against | None) -> Against | None:
    """The reference with the value that stands beside the places drawn, of their year where it has one; None when
    it has no value."""
    if against is None:
        return None
    for finding in findings.values():
        for one in finding.comparators:
            if (
                finding.value is not None
                and one.key == against.key
                and one.status.known
                and one.value is not None
            ):
                return replace(against, value=one.value, year=one.year, status=one.status)
    return against if against.value is not None else None


def _dated(findings: Mapping[str, Finding], against: Against) -> str:
    """ "la Gironde", "la Gironde (2019)" where no place drawn has a value of its year."""
    years = {one.year for one in findings.values() if one.value is not None}
    known = max(filter(None, years), default=None)
    return against.the + against.when(against.year if against.year in years else known)

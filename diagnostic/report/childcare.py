"""Under-threes: coverage by mode, why the gap, estimates for small communes, places within reach, outlook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from diagnostic import french, gaps, projection, reference, territories
from diagnostic.access import dependence
from diagnostic.indicators import CHILDREN, COMPUTED, CRECHES, FACILITY_LABELS, OFFICIAL, REACH
from diagnostic.measure import children_near, newest, rated
from diagnostic.measure import history as measured
from diagnostic.model import Level, Status, Territory
from diagnostic.report import data
from diagnostic.report.shape import (
    TREND,
    YOUNG,
    Accessibility,
    ChildrenAhead,
    Coverage,
    CoverageChange,
    Estimate,
    Mode,
    ModeBar,
    ModeGap,
    Nearest,
    NearestPlace,
    Outlook,
    OutlookError,
    PlacesAhead,
    Reach,
)
from diagnostic.report.subject import Subject
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

MODES: dict[str, str] = {
    "eaje": "Crèches",
    "am": "Assistantes maternelles",
    "ecole": "École à 2 ans",
    "gad": "Garde à domicile",
}
SCENARIO_LABELS = {"low": "Basse", "constant": "Stable", "trend": "Tendance"}
BAND_LABELS = {"moins_3": "Moins de 3 ans", "3_11": "3 à 11 ans", "12_17": "12 à 17 ans"}
HORIZON = 6
"""Years of the outlook: the longest that a CTG lasts."""
SINCE = 3
"""Years over which the estimates of Insee are compared: those since the census."""
COVERED = (90.0, 97.0)
"""Share (%) of held-out communes that an interval must hold to be shown: less is too sure, more says nothing."""
MOST_BORN_ABROAD = 0.05
"""Share of the children of communes whose births are partly abroad, from which the births of the whole tell nothing."""
MOST_COMMUNES = 600
"""Communes of the largest département with a margin; beyond, tables by commune are not drawn up."""


# Coverage


def coverage(subject: Subject) -> Coverage:
    """Modes of the territory and of what it is compared with, and why they differ."""
    official = official_bar(subject, subject.territory) is not None
    draw = official_bar if official else _computed_bar
    bars = tuple(bar for bar in (draw(subject, place) for place in subject.beside) if bar is not None)
    by_key = {bar.key: bar for bar in bars}
    estimates = _estimates(subject)
    against = subject.against("taux_couverture_eaje" if official else CRECHES)
    return Coverage(
        official=official,
        bars=bars,
        gap_by_mode=_gap_by_mode(
            by_key.get(subject.territory.key), by_key.get(against.key if against is not None else "")
        ),
        change=_change(subject),
        estimates=estimates,
        source_line=_source_line(official, by_key.get(subject.territory.key)),
        reading=" ".join(filter(None, (_coverage_reading(subject), _estimate_reading(subject, estimates)))),
    )


def official_bar(subject: Subject, place: Territory) -> ModeBar | None:
    """The rates by mode that the Cnaf publishes, for the newest year that has every mode."""
    history = subject.histories.get(place.key, {})
    total = {
        row.year: row for row in history.get(OFFICIAL, []) if row.value is not None and row.year is not None
    }
    rates = {
        mode: {
            row.year: row.value for row in history.get(f"taux_couverture_{mode}", []) if row.value is not None
        }
        for mode in MODES
    }
    years = [year for year in total if all(year in rates[mode] for mode in MODES)]
    if not years:
        return None
    year = max(years)
    counts = data.places_by_mode(subject.db, place).get(year, {})
    modes = tuple(
        Mode(mode, label, counts.get(f"places_{mode}"), rates[mode][year], total[year].status)
        for mode, label in MODES.items()
    )
    return ModeBar(place.key, place.name, year, total[year].value, modes)


def _computed_bar(subject: Subject, place: Territory) -> ModeBar | None:
    """Published places over resident children; a mode without a number stays unknown."""
    row = newest(subject.histories.get(place.key, {}).get(COMPUTED, []))
    if row is None or row.value is None or row.denominator is None:
        return None
    counts = data.places_by_mode(subject.db, place).get(row.year, {}) if row.year is not None else {}
    modes = []
    for mode, label in MODES.items():
        count = counts.get(f"places_{mode}")
        rate = _known(gaps.ratio(count, row.denominator, 100.0)) if count is not None else None
        modes.append(Mode(mode, label, count, rate, row.status if rate is not None else Status.MISSING.value))
    return ModeBar(place.key, place.name, row.year, row.value, tuple(modes))


def drawn_bars(bars: tuple[ModeBar, ...]) -> tuple[ModeBar, ...]:
    """The bars to draw: a mode that no bar knows is dropped, what the known ones leave of the total is a last mode.

    The parts of a bar then add up to its total, wherever every mode drawn is known.
    """
    known = {mode.mode for bar in bars for mode in bar.modes if mode.rate is not None}
    unknown = [mode.label.lower() for bar in bars[:1] for mode in bar.modes if mode.mode not in known]
    return tuple(_with_rest(bar, known, f"Autres modes ({', '.join(unknown)})") for bar in bars)


def share_of_places(bar: ModeBar, mode: str) -> float | None:
    """The share (%) of the places of a bar that one mode makes, which needs no count of children."""
    rate = next((one.rate for one in bar.modes if one.mode == mode), None)
    return None if rate is None or bar.total is None else _known(gaps.ratio(rate, bar.total, 100.0))


def _with_rest(bar: ModeBar, known: set[str], label: str) -> ModeBar:
    modes = tuple(mode for mode in bar.modes if mode.mode in known)
    whole = modes and bar.total is not None and all(mode.rate is not None for mode in modes)
    rates = [mode.rate for mode in modes if mode.rate is not None]
    left = bar.total - sum(rates) if whole and bar.total is not None and len(modes) < len(bar.modes) else 0.0
    if left < 0.05:
        return replace(bar, modes=modes)
    return replace(bar, modes=(*modes, Mode("autres", label, None, left, modes[0].status)))


def _gap_by_mode(own: ModeBar | None, reference: ModeBar | None) -> tuple[ModeGap, ...]:
    if own is None or reference is None or own.key == reference.key or own.year != reference.year:
        return ()
    local, theirs = (
        gaps.Supply(pd.Series({mode.mode: mode.rate for mode in bar.modes}, dtype=float), 100.0, bar.total)
        for bar in (own, reference)
    )
    frame = gaps.gap_by_mode(local, theirs)
    labels = MODES | {gaps.OTHER_MODES: "Autres modes"}
    rest = frame["mode"] == gaps.OTHER_MODES
    rows = frame[frame["contribution"].notna() & (~rest | (frame["contribution"].abs() >= 0.1))]
    return tuple(
        ModeGap(
            row["mode"],
            labels[row["mode"]],
            _known(row["local"]),
            _known(row["reference"]),
            float(row["contribution"]),
        )
        for row in rows.to_dict("records")
    )


def _change(subject: Subject) -> CoverageChange | None:
    """The last two vintages of the computed rate, counted the same way, split into places and children."""
    rows = [
        row for row in subject.histories[subject.territory.key].get(COMPUTED, []) if row.value is not None
    ]
    if len(rows) < 2:
        return None
    now = rows[0]
    before = next((row for row in rows[1:] if row.status == now.status), None)
    if before is None:
        return None
    parts = (before.numerator, before.denominator, now.numerator, now.denominator)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    change = gaps.das_gupta(*known)
    total, places, children = (_known(getattr(change, name)) for name in ("total", "places", "children"))
    if total is None or places is None or children is None:
        return None

    def points(value: float) -> str:
        return f"{french.signed(value, 1)} {french.plural(abs(value), 'point', 'points')}"

    reading = (
        f"De {before.year} à {now.year}, le nombre de places pour 100 enfants change de {points(total)} : "
        f"{points(places)} par le nombre de places, {points(children)} par le nombre d’enfants."
    )
    return CoverageChange(
        before.year,
        now.year,
        before.value,
        now.value,
        total,
        places,
        children,
        french.typographic(reading),
    )


def _estimates(subject: Subject) -> tuple[Estimate, ...]:
    """Places per 100 children of the communes without a published rate: their own crèche places and the other modes
    of their EPCI, with the interval measured on communes of as many children whose rate was held out.

    None where the EPCI has no rate, and for the sizes of commune that no interval holds.
    """
    if subject.territory.level in (Level.DEPARTEMENT, Level.REGION, Level.FRANCE) or subject.epci is None:
        return ()
    history = (
        subject.histories.get(subject.epci.key) or measured(subject.db, [subject.epci])[subject.epci.key]
    )
    rate = newest(history.get(OFFICIAL, []))
    creches = newest(history.get(CRECHES, []))
    if rate is None or rate.value is None or creches is None or creches.value is None:
        return ()
    wanted = [code for code in subject.codes if code not in data.with_official_rate(subject.db)]
    frame = data.communes(subject.db).reindex(wanted).assign(own=data.own_creches(subject.db).reindex(wanted))
    frame = frame[frame["city"].eq(True) & frame["own"].notna() & (frame["enfants_moins_3"] > 0)]
    children = frame["enfants_moins_3"].to_numpy(float)
    estimate = gaps.estimate_from_own_places(frame["own"], children, rate.value, creches.value)
    own = gaps.ratio(frame["own"], children, 100.0)
    rows = []
    for (code, fact), count, value, raw in zip(frame.iterrows(), children, estimate, own, strict=True):
        error = _estimate_error(count)
        if error is None:
            continue
        low, high = max(value + error.low, raw), value + error.high
        rows.append(
            Estimate(
                code=str(code),
                name=fact["name"],
                children=float(count),
                places=float(fact["own"]),
                rate=float(raw),
                estimate=float(value),
                low=float(low),
                high=float(high),
                group=rate.value,
                grade=str(gaps.reliability([count], [low], [high])[0]),
            )
        )
    return tuple(sorted(rows, key=lambda item: item.name))


def _estimate_error(children: float) -> reference.EstimateError | None:
    found = [row for row in reference.estimate_errors() if row.children_from <= children]
    best = max(found, key=lambda row: row.children_from, default=None)
    return best if best is not None and COVERED[0] <= best.covered <= COVERED[1] else None


def _estimate_reading(subject: Subject, estimates: tuple[Estimate, ...]) -> str:
    """What is estimated of a commune alone, with its interval."""
    if subject.territory.level is not Level.COMMUNE or len(estimates) != 1:
        return ""
    row = estimates[0]
    estimate, low, high = map(french.number, (row.estimate, row.low, row.high))
    return french.typographic(
        f"Estimation {french.of(subject.territory)}, ses crèches et les autres modes de son intercommunalité : environ "
        f"{estimate} places pour 100 enfants de moins de 3 ans (entre {low} et {high})."
    )


def _source_line(official: bool, bar: ModeBar | None) -> str:
    if bar is None:
        return "Ni taux ni places par mode dans les fichiers chargés pour ce territoire."
    if official:
        return f"Taux publiés par la Cnaf, {bar.year}."
    return french.typographic(
        f"Places publiées par la Cnaf ({bar.year}), rapportées aux enfants de moins de 3 ans : calcul du diagnostic, "
        "qui ne se compare pas au taux officiel d’une autre année."
    )


def _coverage_reading(subject: Subject) -> str:
    for name in (OFFICIAL, COMPUTED):
        if subject.findings[name].value is not None:
            return subject.findings[name].reading
    epci = subject.epci
    finding = subject.findings[OFFICIAL]
    above = next((item for item in finding.comparators if epci is not None and item.key == epci.key), None)
    if (
        epci is not None
        and above is not None
        and above.value is not None
        and epci.key != subject.territory.key
    ):
        of = french.of(subject.territory)
        told = {
            Status.NOT_PUBLISHED: f"La Cnaf ne publie pas le taux {of}",
            Status.NOT_LOADED: f"Le fichier qui donne le taux {of} n’est pas chargé",
        }.get(finding.status, f"Le taux {of} n’est pas connu")
        return french.typographic(
            f"{told} : {french.at(epci)}, il est de "
            f"{french.number(above.value, 1)} places pour 100 enfants de moins de 3 ans en {above.year}."
        )
    return finding.reading


# Accessibility


def accessibility(subject: Subject, reach_km: float = data.REACH_KM) -> Accessibility:
    """Places within `reach_km` of each commune, who serves it, and the nearest facility of each type."""
    few = len(subject.codes) <= MOST_COMMUNES
    found = data.reach(subject.db, subject.codes, reach_km) if few else None
    near = _nearest(subject)
    bands = found.result.bands if found is not None else ()
    if found is None:
        return Accessibility(bands, (), near, subject.findings[REACH].reading)
    asked = [found.rows[code] for code in subject.codes if code in found.rows]
    if not asked:
        return Accessibility(bands, (), near, subject.findings[REACH].reading)
    depends = dependence(found.result, found.children, found.links, asked).communes.to_dict("records")
    frame = data.communes(subject.db)
    names, inside = frame["name"], set(subject.codes)
    local = frame.loc[[found.codes[one["commune"]] for one in depends]]
    raw = gaps.ratio(local["eaje_places"], local["enfants_moins_3"], 100.0)
    facts = local[["name", "enfants_moins_3", "eaje_places"]].to_dict("records")
    rows = []
    for one, fact, rate in zip(depends, facts, raw, strict=True):
        number = one["commune"]
        value = _known(found.result.value[number] * 100)
        supplier = str(found.codes[one["main_supplier"]]) if one["main_supplier"] >= 0 else None
        rows.append(
            Reach(
                code=str(found.codes[number]),
                name=fact["name"],
                children=_known(fact["enfants_moins_3"]),
                places=_known(fact["eaje_places"]),
                raw=_known(rate),
                value=value,
                access=value,
                floor=_known(found.result.floor[number] * 100),
                covered=_known(found.result.covered[number]),
                own_share=_known(one["own_share"]),
                main_supplier=supplier,
                main_supplier_name=names[supplier] if supplier else None,
                main_share=_known(one["main_share"]),
                supplier_outside=supplier is not None and supplier not in inside,
                kept_share=_known(one["kept_share"]),
            )
        )
    rows.sort(key=lambda item: (item.value is None, item.value if item.value is not None else 0, item.name))
    return Accessibility(bands, tuple(rows), near, _access_reading(subject, rows, reach_km))


def _access_reading(subject: Subject, rows: list[Reach], reach_km: float) -> str:
    # The finding is declared at the usual distance: it says nothing of another one.
    told = [subject.findings[REACH].reading] if reach_km == data.REACH_KM else []
    shares = [row.own_share for row in rows if row.own_share is not None]
    depend = [share for share in shares if share < 0.5]
    if len(shares) > 1 and depend:
        count = french.in_words(len(depend), feminine=True, capital=True)
        told.append(
            f"{count} {french.plural(len(depend), 'commune', 'communes')} sur {len(shares)} "
            f"{french.verb(len(depend), 'tire', 'tirent')} plus de la moitié de ses places accessibles de communes voisines."
            if len(depend) == 1
            else f"{count} communes sur {len(shares)} tirent plus de la moitié de leurs places accessibles de communes voisines."
        )
    unlisted = sorted(
        (row for row in rows if row.code in data.unlisted_creches(subject.db)),
        key=lambda row: -(row.places or 0),
    )
    for row in unlisted[:1]:
        places = french.quantity(row.places, "place", "places")
        others = french.quantity(len(unlisted) - 1, "autre commune", "autres communes")
        more = f" ; {others} dans ce cas" if len(unlisted) > 1 else ""
        told.append(
            f"{row.name} : aucune crèche recensée, {places} selon la Cnaf, comptées ici ; à vérifier{more}."
        )
    return french.typographic(" ".join(filter(None, told)))


def _nearest(subject: Subject) -> tuple[Nearest, ...]:
    frame = data.communes(subject.db)
    if len(subject.codes) > MOST_COMMUNES:
        return ()
    where = frame.index.get_indexer(list(subject.codes))
    names = frame["name"].to_numpy()[where]
    known = territories.index(subject.db).territories
    rows = []
    for stat in data.SERVICES:
        found = data.near(subject.db, stat)
        if found is None:
            continue
        # A facility of the commune itself is near, wherever the centre of the commune lies.
        own = frame[stat].to_numpy(float)[where] > 0
        unlisted = data.unlisted_creches(subject.db) if stat == "eaje" else frozenset()
        km = np.where(own & np.isnan(found.km[where]), 0.0, found.km[where])
        # Some crèche is nearer than the nearest of the list, no one knows where.
        km[[code in unlisted for code in subject.codes]] = np.nan
        weights = frame["population"].to_numpy(float)[where]
        usable = ~np.isnan(km + weights)
        mean = (
            _known(gaps.ratio((km * weights)[usable].sum(), weights[usable].sum())) if usable.any() else None
        )
        counts = frame[stat].to_numpy(float)[where]
        columns = (subject.codes, names, km.tolist(), found.name[where], found.commune[where], counts)
        by_commune = tuple(
            NearestPlace(
                code=code,
                name=name,
                km=None if np.isnan(distance) else distance,
                place=place,
                commune=commune,
                where=_at(known, commune),
                count=None if np.isnan(count) else int(count),
            )
            for code, name, distance, place, commune, count in zip(*columns, strict=True)
        )
        distances = [(row.km, row.name) for row in by_commune if row.km is not None]
        last_km, last = max(distances, key=lambda one: one[0], default=(None, None))
        rows.append(Nearest(stat, facility_label(stat), mean, last, last_km, by_commune))
    return tuple(rows)


def _at(known: Mapping[tuple[Level, str], Territory], commune: object) -> str:
    """ "à Sauveterre-de-Guyenne"; empty for a facility whose commune is not known."""
    found = known.get((Level.COMMUNE, str(commune)))
    return french.at(found) if found is not None else ""


def facility_label(stat: str) -> str:
    """ "Relais petite enfance", "Crèches": the plural with a capital."""
    return french.capitalised(FACILITY_LABELS[stat][1])


# Outlook


def outlook(subject: Subject) -> Outlook:
    """Children to come under each scenario, and the places to keep or to reach the reference."""
    together = level_outlook(subject.db, subject.territory.level)
    found = together.of(subject.territory.code) if together is not None else None
    ahead = found if found is not None else _alone(subject)
    if ahead is None:
        reason = "Les naissances ne sont pas connues sur assez d’années pour une projection."
        return Outlook((), (), (), reason)
    children, size = ahead
    if _share_born_abroad(subject) > MOST_BORN_ABROAD:
        reason = french.typographic(
            f"{french.capitalised(french.at(subject.territory))}, une partie des naissances a lieu hors de France et n’est "
            "pas comptée : rien n’est projeté."
        )
        return Outlook((), (), (), reason)
    if size < projection.FEWEST_BIRTHS:
        reason = french.typographic(
            f"Moins de {projection.FEWEST_BIRTHS} naissances par an {french.at(subject.territory)} : le hasard y pèse plus "
            "que toute tendance, rien n’est projeté."
        )
        return Outlook((), (), (), reason)
    error = _errors_of(subject.territory.level, size)
    children = _with_band(children, error)
    places = _places_needed(subject, children)
    return Outlook(children, places, error, _outlook_reading(subject, children, error), _anchor(subject))


def _anchor(subject: Subject) -> str:
    """ "En Gironde, l’Insee estime 81 200 enfants de moins de 5 ans au 1er janvier 2026 : −4 % depuis 2023…": what came
    since the census, of the département for what is smaller."""
    place: Territory | None = subject.territory
    if subject.territory.level in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        index = territories.index(subject.db).territories
        place = index.get((Level.DEPARTEMENT, subject.territory.departement or ""))
    if place is None:
        return ""
    rows = measured(subject.db, [place])[place.key].get("enfants_moins_5_estimes", [])
    told = {row.year: row.value for row in rows if row.value and row.year}
    if len(told) < 2:
        return ""
    last = max(told)
    then = max((year for year in told if year <= last - SINCE), default=min(told))
    change = french.rounded(100 * (told[last] / told[then] - 1), 0)
    moved = f"{french.signed(change)} % depuis" if change else "autant qu’en"
    return french.typographic(
        f"{french.capitalised(french.at(place))}, l’Insee estime {french.number(french.two_figures(told[last]))} enfants de "
        f"moins de 5 ans au 1er janvier {last}, {moved} {then}, déménagements compris (estimations de population, provisoires)."
    )


def _share_born_abroad(subject: Subject) -> float:
    """Share of the children under 3 who live in the communes whose births do not tell them."""
    children = subject.communes[CHILDREN]
    abroad = children[children.index.isin(data.born_abroad(subject.db))].sum()
    return float(abroad / children.sum()) if abroad > 0 else 0.0


def _errors_of(level: Level, size: float) -> tuple[OutlookError, ...]:
    """How wrong the trend was, year by year ahead, for the territories of that size."""
    name = Level.COMMUNE.value if level is Level.COMMUNE else Level.EPCI.value
    rows = [row for row in reference.outlook_errors() if row.level == name and row.size_from <= size]
    largest = max((row.size_from for row in rows), default=None)
    return tuple(
        OutlookError(
            scenario=TREND,
            label=SCENARIO_LABELS[TREND],
            horizon=row.horizon,
            error=row.error,
            low=row.low,
            high=row.high,
            held=row.held,
            cases=row.cases,
        )
        for row in sorted(rows, key=lambda row: row.horizon)
        if row.size_from == largest
    )


def _with_band(
    children: tuple[ChildrenAhead, ...], error: tuple[OutlookError, ...]
) -> tuple[ChildrenAhead, ...]:
    """The rows with `low` and `high`: where those who came lay around the trend of the under-threes, at that horizon."""
    first = min(row.year for row in children)
    bounds = {0: (0.0, 0.0)} | {row.horizon: (row.low, row.high) for row in error}
    rows = []
    for row in children:
        off = bounds.get(row.year - first)
        if row.scenario == TREND and row.band == YOUNG and row.children is not None and off is not None:
            low, high = (row.children * (1 + side / 100) for side in off)
            row = replace(row, low=low, high=high)
        rows.append(row)
    return tuple(rows)


Ahead = tuple[tuple[ChildrenAhead, ...], float]
"""Children to come, as `Outlook` holds them, and births a year."""

_LEVEL_WIDE = {Level.EPCI: "departement", Level.DEPARTEMENT: "region", Level.REGION: "level"}


@dataclass(frozen=True, eq=False)
class LevelOutlook:
    """The territories of a level projected at once: `rows` of `projection.project_children`, sorted."""

    numbers: dict[str, int]
    rows: pd.DataFrame
    sizes: np.ndarray

    def of(self, code: str) -> Ahead | None:
        """The outlook of one of them; None when its births or ages lack."""
        number = self.numbers.get(code)
        if number is None:
            return None
        first, last = np.searchsorted(self.rows["territory"].to_numpy(), [number, number + 1])
        return _rows_ahead(self.rows.iloc[first:last]), float(self.sizes[number])


@shared(8)
def level_outlook(db: Database, level: Level) -> LevelOutlook | None:
    """Every EPCI, département or région; None for the levels whose territories are projected alone.

    The trend of a small territory is that of its group: the département of an EPCI, the région of a
    département.
    """
    if level not in _LEVEL_WIDE:
        return None
    names, born = _level_births(db, level)
    if born is None:
        return None
    places = [territories.index(db).territories[level, code] for code in names]
    groups = [getattr(place, _LEVEL_WIDE[level]) for place in places]
    censuses = _usable(data.level_ages(db, level.value), names, born)
    rows = _projected(born, groups, censuses).sort_values("territory", kind="stable")
    sizes = projection.births_a_year(born)
    return LevelOutlook({code: number for number, code in enumerate(names)}, rows, sizes)


def _level_births(db: Database, level: Level) -> tuple[list[str], projection.Births | None]:
    """Births of a level over the last years that nine territories out of ten know; the others are left out."""
    frame = db.frame(
        "select code, year, value from total where level = ? and stat = 'naissances' and year is not null",
        level.value,
    )
    wide = frame.pivot(index="code", columns="year", values="value").astype(float)
    known = wide.columns[wide.notna().mean() >= 0.9]
    years = _last_run([int(year) for year in known])
    if len(years) < projection.TREND_YEARS:
        return [], None
    wide = wide[years].dropna()
    present = territories.index(db).territories
    wide = wide[[(level, code) in present for code in wide.index]]
    return list(wide.index), projection.births(wide, years[0])


def _usable(
    ages: dict[int, pd.DataFrame], names: list[str], born: projection.Births
) -> tuple[projection.Census, projection.Census] | None:
    years = [year for year in sorted(ages) if year <= born.last + 1]
    if len(years) < 2 or not born.first <= years[-1] - 1 <= born.last:
        return None
    counts = [ages[year].reindex(names).to_numpy(float) for year in years[-2:]]
    if any(np.isnan(table).any() for table in counts):
        return None
    return projection.Census(years[-2], counts[0]), projection.Census(years[-1], counts[1])


def _projected(
    born: projection.Births, groups: list, censuses: tuple[projection.Census, projection.Census] | None
) -> pd.DataFrame:
    """Children to come over the years of the outlook, as `projection.project_children` gives them."""
    start = max([born.last + 1, *([censuses[1].year] if censuses else [])])
    options = {"earlier": censuses[0], "later": censuses[1]} if censuses else {}
    return projection.project_children(
        born, list(range(start, start + HORIZON + 1)), groups=groups, **options
    )


def _rows_ahead(frame: pd.DataFrame) -> tuple[ChildrenAhead, ...]:
    """The rows of `Outlook.children` for one territory."""
    columns = (frame[name].tolist() for name in ("scenario", "year", "band", "children", "method"))
    return tuple(
        ChildrenAhead(
            scenario=scenario,
            label=SCENARIO_LABELS[scenario],
            year=year,
            band=band,
            band_label=BAND_LABELS[band],
            children=_known(children),
            method=method,
        )
        for scenario, year, band, children, method in zip(*columns, strict=True)
    )


def _alone(subject: Subject) -> Ahead | None:
    known = _births(subject)
    if known is None:
        return None
    born, groups = known
    frame = _projected(born, groups, _censuses(subject, born))
    return _rows_ahead(frame[frame["territory"] == 0]), float(projection.births_a_year(born)[0])


def _births(subject: Subject) -> tuple[projection.Births, list[int]] | None:
    """Births of the territory (row 0) and of the rest of the larger one, over the years that both know."""
    own = {
        year: value for year, value in data.births(subject.db, subject.territory).items() if value is not None
    }
    larger = subject.larger
    theirs = data.births(subject.db, larger) if larger is not None else {}
    years = _last_run([year for year in own if larger is None or theirs.get(year) is not None]) or _last_run(
        list(own)
    )
    if len(years) < projection.TREND_YEARS:
        return None
    rows = [[own[year] for year in years]]
    around = [(theirs.get(year), own[year]) for year in years]
    if larger is not None and all(whole is not None for whole, _ in around):
        rows.append([max(whole - part, 0.0) for whole, part in around if whole is not None])
    return projection.births(np.array(rows, dtype=float), years[0]), [0] * len(rows)


def _last_run(years: list[int]) -> list[int]:
    """The last years without a hole."""
    run: list[int] = []
    for year in sorted(years):
        run = [*run, year] if run and year == run[-1] + 1 else [year]
    return run


def _censuses(
    subject: Subject, born: projection.Births
) -> tuple[projection.Census, projection.Census] | None:
    own = data.ages(subject.db, subject.territory)
    others = (
        data.ages(subject.db, subject.larger) if len(born.counts) > 1 and subject.larger is not None else None
    )
    years = sorted(year for year in own if others is None or year in others)
    years = [year for year in years if year <= born.last + 1]
    if len(years) < 2 or not born.first <= years[-1] - 1 <= born.last:
        return None

    def census(year: int) -> projection.Census:
        rows = [own[year]] if others is None else [own[year], np.maximum(others[year] - own[year], 0.0)]
        return projection.Census(year, np.array(rows))

    return census(years[-2]), census(years[-1])


def _places_needed(subject: Subject, children: tuple[ChildrenAhead, ...]) -> tuple[PlacesAhead, ...]:
    """Places to add to keep the official rate, and to reach the reference: those missing today, and what the
    children who come or do not come change. Nothing without an official rate."""
    finding = subject.findings[OFFICIAL]
    if finding.value is None:
        return ()
    counted = rated(subject.db, subject.territory.level).get(subject.territory.code, {}).get(finding.year)
    now = counted.children if counted is not None else None
    if now is None:
        now = children_near(subject.histories[subject.territory.key].get(CHILDREN, []), finding.year)
    if now is None:
        return ()
    goal = finding.value - finding.gap if finding.gap is not None else None
    rows = []
    for row in children:
        if row.band != YOUNG or row.children is None:
            continue
        more = row.children - now
        reach = None
        if goal is not None and finding.missing is not None:
            reach = gaps.missing_later(finding.missing, goal, finding.value, now, row.children)
        rows.append(
            PlacesAhead(
                scenario=row.scenario,
                label=row.label,
                year=row.year,
                children=row.children,
                keep=finding.value / 100 * more,
                reach=reach,
            )
        )
    return tuple(rows)


def _outlook_reading(
    subject: Subject, children: tuple[ChildrenAhead, ...], error: tuple[OutlookError, ...]
) -> str:
    under = Outlook(children, (), error, "").curves(YOUNG).get(TREND, [])
    if len(under) < 2:
        return "Les données chargées ne permettent pas de projeter le nombre d’enfants."
    (since, now), (until, then) = under[0], under[-1]
    text = (
        f"{french.capitalised(french.at(subject.territory))}, si les naissances suivent leur tendance, on compterait "
        f"environ {_about(then)} enfants de moins de 3 ans en {until}, contre {_about(now)} "
        f"en {since}"
    )
    for row in children:
        if row.year == until and row.low is not None and row.high is not None:
            text += f" : entre {_about(row.low)} et {_about(row.high)}"
    told = [text + "."]
    far = next((row for row in error if row.horizon == until - since), None)
    if far is not None:
        told.append(
            f"Rejouée sur le passé à {far.horizon} ans, pour les territoires de cette taille, la projection se trompe en "
            f"moyenne de {french.percent(far.error)} ; cette marge contient {french.percent(far.held)} des "
            f"{french.number(far.cases)} cas."
        )
    return french.typographic(" ".join(told))


def _about(count: float) -> str:
    """To the ten under 1,000, to the hundred from there on: no more is known of children to come."""
    step = 100 if count >= 1_000 else 10
    whole = french.rounded(count / step)
    return french.number(None if whole is None else whole * step)


def _known(value) -> float | None:
    """A float, or None when it is unknown."""
    number = float(value)
    return number if np.isfinite(number) else None

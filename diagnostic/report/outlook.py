"""Children to come under each scenario, the places they ask for, and how wrong the trend was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from diagnostic import french, gaps, gazetteer, projection, reference
from diagnostic.indicators import CHILDREN, OFFICIAL
from diagnostic.measure import children_near, rated
from diagnostic.measure import history as measured
from diagnostic.model import Level, Territory
from diagnostic.report import data
from diagnostic.report.shape import (
    TREND,
    YOUNG,
    ChildrenAhead,
    Outlook,
    OutlookError,
    PlacesAhead,
)
from diagnostic.report.subject import Subject
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

SCENARIO_LABELS = {"low": "Basse", "constant": "Stable", "trend": "Tendance"}
BAND_LABELS = {"moins_3": "Moins de 3 ans", "3_11": "3 à 11 ans", "12_17": "12 à 17 ans"}
HORIZON = 6
"""Years of the outlook: the longest that a CTG lasts."""
SINCE = 3
"""Years over which the estimates of Insee are compared: those since the census."""
MOST_BORN_ABROAD = 0.05
"""Share of the children of communes whose births are partly abroad, from which the births of the whole tell nothing."""


def outlook(subject: Subject) -> Outlook:
    """Children to come under each scenario, and the places to keep or to reach the reference."""
    together = level_outlook(subject.db, subject.territory.level)
    found = together.of(subject.territory.code) if together is not None else None
    ahead = found if found is not None else _alone(subject)
    if ahead is None:
        reason = "Les naissances ne sont pas connues sur assez d’années pour une projection."
        return Outlook((), (), (), reason)
    children, size = ahead
    abroad = _share_born_abroad(subject)
    if abroad > MOST_BORN_ABROAD:
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
    children = _with_band(_from_today(subject, children) if abroad else children, error)
    places = _places_needed(subject, children)
    return Outlook(children, places, error, _outlook_reading(subject, children, error), _anchor(subject))


def _anchor(subject: Subject) -> str:
    """ "En Gironde, l’Insee estime 81 200 enfants de moins de 5 ans au 1er janvier 2026 : −4 % depuis 2023…": what came
    since the census, of the département for what is smaller."""
    place: Territory | None = subject.territory
    if subject.territory.level in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        index = gazetteer.index(subject.db).territories
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


def _from_today(subject: Subject, children: tuple[ChildrenAhead, ...]) -> tuple[ChildrenAhead, ...]:
    """The curves of the under-threes from the children that every page says, those of the communes whose births do not
    tell them among them."""
    today = subject.findings[CHILDREN]
    first = min(row.year for row in children)
    born = next(
        (row.children for row in children if (row.year, row.band, row.scenario) == (first, YOUNG, TREND)),
        None,
    )
    if not born or today.value is None or today.year != first:
        return children
    return tuple(
        replace(row, children=row.children * today.value / born)
        if row.band == YOUNG and row.children is not None
        else row
        for row in children
    )


def _share_born_abroad(subject: Subject) -> float:
    """Share of the children under 3 who live in the communes whose births do not tell them."""
    children = subject.communes[CHILDREN].astype(float)
    abroad = np.nansum(children[subject.communes["born_abroad"].astype(bool)])
    return float(abroad / np.nansum(children)) if abroad > 0 else 0.0


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
    """The territories of a level projected at once."""

    numbers: dict[str, int]
    ahead: projection.Projected
    sizes: np.ndarray

    def of(self, code: str) -> Ahead | None:
        """The outlook of one of them; None when its births or ages lack."""
        number = self.numbers.get(code)
        if number is None:
            return None
        return _rows_ahead(self.ahead, number), float(self.sizes[number])


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
    places = [gazetteer.index(db).territories[level, code] for code in names]
    groups = [getattr(place, _LEVEL_WIDE[level]) for place in places]
    censuses = _usable(data.level_ages(db, level.value), names, born)
    ahead, sizes = _projected(born, groups, censuses), projection.births_a_year(born)
    return LevelOutlook({code: number for number, code in enumerate(names)}, ahead, sizes)


def _level_births(db: Database, level: Level) -> tuple[list[str], projection.Births | None]:
    """Births of a level over the last years that nine territories out of ten know; the others are left out."""
    rows = db.columns(
        "select code, year, value from total where level = ? and stat = 'naissances' and year is not null",
        level.value,
    )
    codes = np.array(sorted(set(rows["code"].tolist())), dtype=object)
    numbered = {code: number for number, code in enumerate(codes.tolist())}
    row = [numbered[code] for code in rows["code"].tolist()]
    told, column = np.unique(rows["year"], return_inverse=True)
    table = np.full((len(codes), len(told)), np.nan)
    table[row, column] = rows["value"]
    common = (~np.isnan(table)).mean(axis=0) >= 0.9 if len(codes) else np.zeros(0, bool)
    years = _last_run([int(year) for year in told[common]])
    if len(years) < projection.TREND_YEARS:
        return [], None
    table = table[:, np.isin(told, years)]
    present = gazetteer.index(db).territories
    present.want((level, code) for code in codes.tolist())
    kept = ~np.isnan(table).any(axis=1) & [(level, code) in present for code in codes.tolist()]
    # Year after year in memory: the last digit of a mean depends on it.
    return codes[kept].tolist(), projection.births(np.asfortranarray(table[kept]), years[0])


def _usable(
    ages: dict[int, dict[str, np.ndarray]], names: list[str], born: projection.Births
) -> tuple[projection.Census, projection.Census] | None:
    years = [year for year in sorted(ages) if year <= born.last + 1]
    if len(years) < 2 or not born.first <= years[-1] - 1 <= born.last:
        return None
    if any(name not in ages[year] for year in years[-2:] for name in names):
        return None
    counts = [np.array([ages[year][name] for name in names]) for year in years[-2:]]
    return projection.Census(years[-2], counts[0]), projection.Census(years[-1], counts[1])


def _projected(
    born: projection.Births, groups: list, censuses: tuple[projection.Census, projection.Census] | None
) -> projection.Projected:
    """Children to come over the years of the outlook, as `projection.project_children` gives them."""
    start = max([born.last + 1, *([censuses[1].year] if censuses else [])])
    options = {"earlier": censuses[0], "later": censuses[1]} if censuses else {}
    return projection.project_children(
        born, list(range(start, start + HORIZON + 1)), groups=groups, **options
    )


def _rows_ahead(ahead: projection.Projected, number: int) -> tuple[ChildrenAhead, ...]:
    """The rows of `Outlook.children` for one territory."""
    return tuple(
        ChildrenAhead(
            scenario=scenario,
            label=SCENARIO_LABELS[scenario],
            year=year,
            band=band,
            band_label=BAND_LABELS[band],
            children=data.known(children),
            method=ahead.method,
        )
        for (scenario, year, band), children in zip(ahead.told, ahead.children[:, number], strict=True)
    )


def _alone(subject: Subject) -> Ahead | None:
    known = _births(subject)
    if known is None:
        return None
    born, groups = known
    ahead = _projected(born, groups, _censuses(subject, born))
    return _rows_ahead(ahead, 0), float(projection.births_a_year(born)[0])


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
        f"environ {children_said(then)} enfants de moins de 3 ans en {until}, {than(then, now)} {since}"
    )
    for row in children:
        if row.year == until and row.low is not None and row.high is not None:
            text += f" : entre {children_said(row.low)} et {children_said(row.high)}"
    told = [text + "."]
    far = next((row for row in error if row.horizon == until - since), None)
    if far is not None:
        told.append(
            f"Rejouée sur le passé à {far.horizon} ans, pour les territoires de cette taille, la projection se trompe en "
            f"moyenne de {french.percent(far.error)} ; cette marge contient {french.percent(far.held)} des "
            f"{french.number(far.cases)} cas."
        )
    return french.typographic(" ".join(told))


def than(then: float, now: float) -> str:
    """ "contre 28 000 en", "autant qu’en" where the two are said alike: the words before the year of `now`."""
    said = children_said(now)
    return "autant qu’en" if said == children_said(then) else f"contre {said} en"


def children_said(count: float) -> str:
    """As children reckoned from births are said on every page: to two significant figures."""
    return french.number(french.two_figures(count))

"""Under-threes: coverage by mode, why the gap, estimates for small communes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnostic import french, gaps, reference
from diagnostic.indicators import COMPUTED, CRECHES, OFFICIAL
from diagnostic.measure import history as measured
from diagnostic.measure import newest
from diagnostic.model import Level, Status, Territory
from diagnostic.report import data
from diagnostic.report.shape import (
    Coverage,
    CoverageChange,
    Estimate,
    Mode,
    ModeBar,
    ModeGap,
)
from diagnostic.report.subject import Subject

MODES: dict[str, str] = {
    "eaje": "Crèches",
    "am": "Assistantes maternelles",
    "ecole": "École à 2 ans",
    "gad": "Garde à domicile",
}
COVERED = (90.0, 97.0)
"""Share (%) of held-out communes that an interval must hold to be shown: less is too sure, more says nothing."""


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
        rate = data.known(gaps.ratio(count, row.denominator, 100.0)) if count is not None else None
        modes.append(Mode(mode, label, count, rate, row.status if rate is not None else Status.MISSING.value))
    return ModeBar(place.key, place.name, row.year, row.value, tuple(modes))


def drawn_bars(bars: tuple[ModeBar, ...]) -> tuple[ModeBar, ...]:
    """The bars to draw: a mode that no bar knows is dropped, what the known ones leave of the total is a last mode.

    The parts of a bar then add up to its total, wherever every mode drawn is known.
    """
    # La Réunion is a département and a région of the same communes: one bar.
    bars = tuple({(bar.title, bar.year, bar.total): bar for bar in reversed(bars)}.values())[::-1]
    known = {mode.mode for bar in bars for mode in bar.modes if mode.rate is not None}
    unknown = [mode.label.lower() for bar in bars[:1] for mode in bar.modes if mode.mode not in known]
    return tuple(_with_rest(bar, known, f"Autres modes ({', '.join(unknown)})") for bar in bars)


def share_of_places(bar: ModeBar, mode: str) -> float | None:
    """The share (%) of the places of a bar that one mode makes, which needs no count of children."""
    rate = next((one.rate for one in bar.modes if one.mode == mode), None)
    return None if rate is None or bar.total is None else data.known(gaps.ratio(rate, bar.total, 100.0))


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
        gaps.Supply({mode.mode: mode.rate for mode in bar.modes}, 100.0, bar.total)
        for bar in (own, reference)
    )
    labels = MODES | {gaps.OTHER_MODES: "Autres modes"}
    return tuple(
        ModeGap(
            row.mode, labels[row.mode], data.known(row.local), data.known(row.reference), row.contribution
        )
        for row in gaps.gap_by_mode(local, theirs)
        if abs(row.contribution) >= (0.1 if row.mode == gaps.OTHER_MODES else 0.0)
    )


def _change(subject: Subject) -> CoverageChange | None:
    """The newest computed rate and the last before it made of another count of children, counted the same way, split into
    places and children: one count for both would say that the children had not changed."""
    rows = [
        row for row in subject.histories[subject.territory.key].get(COMPUTED, []) if row.value is not None
    ]
    if len(rows) < 2:
        return None
    now = rows[0]
    before = next(
        (
            row
            for row in rows[1:]
            if row.status == now.status and row.denominator_year != now.denominator_year
        ),
        None,
    )
    if before is None:
        return None
    parts = (before.numerator, before.denominator, now.numerator, now.denominator)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    change = gaps.das_gupta(*known)
    total, places, children = (data.known(getattr(change, name)) for name in ("total", "places", "children"))
    if total is None or places is None or children is None:
        return None

    def points(value: float) -> str:
        return f"{french.signed(value, 1)} {french.plural(abs(value), 'point', 'points')}"

    counted = (
        ""
        if (before.denominator_year, now.denominator_year) == (before.year, now.year)
        else f" (comptés en {before.denominator_year} et en {now.denominator_year})"
    )
    reading = (
        f"De {before.year} à {now.year}, le nombre de places pour 100 enfants change de {points(total)} : "
        f"{points(places)} par le nombre de places, {points(children)} par le nombre d’enfants{counted}."
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
    frame = subject.communes.take(~subject.communes["official"].astype(bool))
    places = data.own_creches(frame)
    kept = frame["city"].astype(bool) & ~np.isnan(places) & (frame["enfants_moins_3"].astype(float) > 0)
    frame, places = frame.take(kept), places[kept]
    children = frame["enfants_moins_3"].astype(float)
    estimate = gaps.estimate_from_own_places(places, children, rate.value, creches.value)
    own = gaps.ratio(places, children, 100.0)
    named = frame.rows("code", "name")
    rows = []
    for (code, name), held, count, value, raw in zip(named, places, children, estimate, own, strict=True):
        error = _estimate_error(count)
        if error is None:
            continue
        low, high = max(value + error.low, raw), value + error.high
        rows.append(
            Estimate(
                code=code,
                name=name,
                children=float(count),
                places=float(held),
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

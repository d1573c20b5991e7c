"""Maps: outlines served as GeoJSON, and a folium map that colours them by classes of a figure.

Geometry travels by a route and is kept by the browser; figures travel with the map. No tile is asked of
the outside unless a background is chosen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import folium
from branca.element import MacroElement
from folium.template import Template
from xstatic.pkg import leaflet

from diagnostic import design, french, reading
from diagnostic.indicators import FACILITY_LABELS
from diagnostic.maps.colouring import (
    MOST_CLASSES,
    SMALL,
    UNKNOWN,
    Colouring,
    by_class,
    by_ratio,
    typed_limits,
)
from diagnostic.maps.outlines import (
    Area,
    Country,
    Quarter,
    areas,
    bounds,
    country,
    mainland,
    outlines_json,
    quarters,
    units,
)
from diagnostic.model import Against, Below, Finding, Indicator, Level, Territory
from diagnostic.warehouse.database import Database

MOST_POINTS = 3000
"""Facilities drawn at once."""


TILES = {
    "ign": (
        "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal&TILEMATRIXSET=PM"
        "&FORMAT=image/png&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
        "© IGN",
    ),
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© contributeurs OpenStreetMap"),
}
_SCRIPT = (Path(__file__).with_name("map.js")).read_text("utf-8")


@dataclass(frozen=True)
class Point:
    """A facility: where it is, what it is called, its type and the rank of that type in the legend."""

    lon: float
    lat: float
    name: str
    label: str = ""
    look: int = 0


@dataclass(frozen=True)
class Away:
    """A facility outside the outlines of a map, under the name of its commune."""

    point: Point
    commune: str


@dataclass(frozen=True)
class Look:
    """How a type of facility is drawn: colour of its disc and of its ring."""

    disc: str
    ring: str


LOOK_COUNT = 4
"""Types of facilities told apart on one map."""


def _looks(theme: str) -> tuple[Look, ...]:
    palette = design.palette(theme)
    ink, paper, gold = palette["facility"], palette["bg"], palette.modes["assistantes_maternelles"]
    return Look(ink, paper), Look(paper, ink), Look(gold, ink), Look(paper, palette["qpv"])


LOOKS = {theme: _looks(theme) for theme in design.THEMES}


class Layer(MacroElement):
    """The coloured outlines with their labels and tooltips, written by map.js from one JSON."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "var {{ this.get_name() }} = (" + _SCRIPT + ")({{ this._parent.get_name() }}, {{ this.payload }});\n"
        "{% endmacro %}"
    )

    def __init__(self, payload: dict) -> None:
        super().__init__()
        self._name = "Layer"
        # A name could hold "</script>".
        self.payload = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@dataclass(frozen=True)
class Sheet:
    """A map ready to draw: the units of a level inside `scope`, their findings by code, classes, frame, populations."""

    level: Level | Below
    scope: Territory
    units: tuple[Territory, ...]
    findings: Mapping[str, Finding]
    indicator: Indicator
    colouring: Colouring
    frame: tuple[float, float, float, float]
    against: Against | None = None
    """What the words of the map compare with; None where nothing is compared."""
    populations: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Above:
    """What stands above the colours: names, facilities, districts; the background that they then let through."""

    labels: bool = True
    points: Sequence[Point] = ()
    quarters: Sequence[Quarter] = ()
    background: str = ""
    away: Sequence[Away] = ()


@dataclass(frozen=True)
class Words:
    """What is said of a map: its title, the note under it, and the alternative that a screen reader speaks."""

    title: str = ""
    note: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Frame:
    """The page that holds a map: path of the application, version of the database, theme, whether a panel beside
    speaks of the place that a click chose (a double click then goes on to its page)."""

    base: str
    version: str
    theme: str
    panel: bool = False


def draw(sheet: Sheet, frame: Frame, words: Words, above: Above, selected: str = "") -> folium.Map:
    """The folium map; the place of the code `selected` is outlined."""
    base = f"{frame.base}/leaflet/{leaflet.VERSION}"
    folium.Map.default_js = [("leaflet", f"{base}/leaflet.js")]
    folium.Map.default_css = [("leaflet_css", f"{base}/leaflet.css")]
    west, south, east, north = sheet.frame
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], zoom_start=8, tiles=None, zoom_snap=0.1,
        zoom_delta=0.5, attributionControl=True, control_scale=False,
    )  # fmt: skip
    tags = _tags(above.quarters)
    Layer(
        {
            "url": f"{frame.base}/geo/{frame.version}/{sheet.level}/{quote(sheet.scope.key)}.json",
            "font": f"{frame.base}/police/texte.woff2",
            "roles": design.palette(frame.theme).roles,
            "colours": [getattr(one, frame.theme) for one in sheet.colouring.classes],
            "units": {item.code: _unit(item, sheet, tags.get(item.code, 0)) for item in sheet.units},
            "selected": selected,
            "labels": above.labels,
            "points": [
                [one.lon, one.lat, french.typographic(one.name), french.capitalised(one.label), one.look]
                for one in (*above.points, *(one.point for one in above.away))
            ],
            "away": _named(above.away),
            "looks": [[look.disc, look.ring] for look in LOOKS[frame.theme]],
            "quarters": [
                {"nom": french.typographic(one.name), "g": one.geometry}
                for one in above.quarters
                if one.geometry
            ],
            "bounds": [[south, west], [north, east]],
            "tiles": TILES.get(above.background),
            "alt": words.alt,
            "title": words.title,
            "note": words.note,
            "panel": frame.panel,
        }
    ).add_to(drawn)
    return drawn


def _named(away: Sequence[Away]) -> list[list]:
    """[longitude, latitude, lines of the name], once a commune."""
    first = {one.commune: one.point for one in reversed(away)}
    return [[point.lon, point.lat, _lines(name)] for name, point in first.items()]


def _tags(found: Sequence[Quarter]) -> dict[str, int]:
    """How many districts of unknown outline each commune has."""
    counts: dict[str, int] = {}
    for one in found:
        if one.geometry is None:
            for commune in one.communes:
                counts[commune] = counts.get(commune, 0) + 1
    return counts


def _unit(item: Territory, sheet: Sheet, tag: int) -> list:
    """[class, lines of the name, value, second and third lines of the tooltip, order of the label, tag]."""
    finding, indicator, colouring = sheet.findings.get(item.code), sheet.indicator, sheet.colouring
    population = sheet.populations.get(item.code)
    name = french.name(item)
    value = reading.known_value(finding) if finding else None
    if finding is None or value is None:
        why = reading.reason(finding, indicator, item) if finding else ""
        return [
            UNKNOWN,
            _lines(name),
            "",
            f"{indicator.short} : non disponible",
            why,
            2 - _share(population),
            tag,
        ]
    # A rate of too few people is kept for who asks: beside the others it would speak as loud.
    small = colouring.index.get(item.code) == SMALL
    printed = "" if small else reading.printed(finding, indicator)
    said = reading.figure(finding, indicator)
    third = finding.caution if small else ""
    if finding.word and sheet.against is not None:
        word = french.capitalised(finding.word)
        third = f"{word} par rapport {french.to_text(sheet.against.the)}{_distance(finding, value)}"
    bad = reading.is_attention(finding.word, indicator.direction)
    order = (0 if bad else 1) - _share(population)
    return [colouring.index.get(item.code, UNKNOWN), _lines(name), printed, said, third, order, tag]


def _distance(finding: Finding, value: float) -> str:
    """« (+25 %) », « (+25 % en 2019) »: the value against its reference, both of the year of the gap."""
    if finding.gap is None or value == finding.gap:
        return ""
    when = f" en {finding.gap_year}" if finding.gap_year not in (None, finding.year) else ""
    return f" ({french.signed(finding.gap / (value - finding.gap) * 100)}{french.THIN}%{when})"


def _share(population: float | None) -> float:
    """Between 0 and 1: the larger the place, the earlier its label."""
    return 0.0 if population is None else population / (population + 20_000)


def _lines(name: str) -> list[str]:
    """A long name over two lines, cut near its middle after a hyphen or at a space."""
    if len(name) <= 12:
        return [name]
    cuts = [place for place, letter in enumerate(name) if letter in " -" and 2 < place < len(name) - 3]
    if not cuts:
        return [name]
    cut = min(cuts, key=lambda place: abs(place - len(name) / 2))
    return [name[: cut + 1].rstrip(), name[cut + 1 :]]


def points(db: Database, codes: Sequence[str], stats: Sequence[str]) -> list[Point]:
    """Located facilities of these types in these communes, `MOST_POINTS` at most."""
    rows = db.rows(
        # Those of a city stand under its arrondissements.
        "select lon, lat, coalesce(name, type), stat from facility where lon is not null and lat is not null "
        "and commune in (select unnest($1::varchar[]) union all select code from territory where list_contains($1, parent)) "
        "and stat in (select unnest($2::varchar[])) order by stat, commune, lon, lat limit $3",
        list(codes),
        list(stats),
        MOST_POINTS,
    )
    return [_point(lon, lat, name, stat, stats) for lon, lat, name, stat in rows]


def _point(lon: float, lat: float, name: str | None, stat: str, stats: Sequence[str]) -> Point:
    look = list(stats).index(stat) % LOOK_COUNT
    return Point(lon, lat, french.structure_name(name or ""), FACILITY_LABELS[stat][0], look)


def away(
    db: Database,
    seen_from: Territory,
    drawn: Sequence[str],
    places: Sequence[tuple[str, str]],
    stats: Sequence[str],
) -> list[Away]:
    """Of these `places`, a type and its commune, those outside the communes `drawn`: for each the facility nearest to the
    centre of the territory that they are seen from."""
    wanted = [(stat, commune) for stat, commune in places if commune not in drawn]
    if not wanted:
        return []
    rows = db.rows(
        "select f.stat, any_value(t.name), arg_min((f.lon, f.lat, coalesce(f.name, f.type)), "
        "pow((f.lon - own.lon) * cos(radians(own.lat)), 2) + pow(f.lat - own.lat, 2)) "
        "from (select unnest($1::varchar[]) as stat, unnest($2::varchar[]) as commune) w join facility f using (stat, commune) "
        "join territory t on t.level = 'commune' and t.code = f.commune "
        "join territory own on own.level = $3 and own.code = $4 "
        "where f.lon is not null and f.lat is not null group by f.stat order by f.stat",
        [stat for stat, _ in wanted],
        [commune for _, commune in wanted],
        seen_from.level.value,
        seen_from.code,
    )
    return [
        Away(_point(lon, lat, name, stat, stats), french.typographic(commune))
        for stat, commune, (lon, lat, name) in rows
    ]


def holding(
    frame: tuple[float, float, float, float], points: Sequence[Point]
) -> tuple[float, float, float, float]:
    """West, south, east, north of a frame grown as far as it takes to hold these points."""
    west, south, east, north = frame
    across, up = [one.lon for one in points], [one.lat for one in points]
    return min([west, *across]), min([south, *up]), max([east, *across]), max([north, *up])

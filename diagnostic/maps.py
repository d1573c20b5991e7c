"""Maps: outlines served as GeoJSON, and a folium map that colours them by classes of a figure.

Geometry travels by a route and is kept by the browser; figures travel with the map. No tile is asked of
the outside unless a background is chosen.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import folium
import shapely
from branca.element import MacroElement
from folium.template import Template
from xstatic.pkg import leaflet

from diagnostic import classes, design, french, reading, territories
from diagnostic.indicators import FACILITY_LABELS
from diagnostic.model import (
    FRANCE,
    RATIO_CUTS,
    RATIO_WORDS,
    Against,
    Below,
    DiagnosticError,
    Direction,
    Finding,
    Indicator,
    Level,
    Territory,
)
from diagnostic.warehouse import shapes
from diagnostic.warehouse.database import Database

SCALES = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION)
AROUND = 0.6
"""How far around the territory its neighbours are drawn, in widths of it."""

NEIGHBOURS = 300
"""Past that many, they are left out: a part of them would look like the whole."""
MOST_FINE = 1500
"""Units drawn again with finer outlines when a visitor zooms in; more would be a file of many megabytes."""
FINER = 10
"""How many times closer to the outline supplied than what is drawn at first."""
MOST_CLASSES = 5
"""Shades of the sequential palette: more are not told apart on a screen."""
MOST_POINTS = 3000
"""Facilities drawn at once."""
UNKNOWN = classes.UNKNOWN
SMALL = UNKNOWN - 1
"""Place in the legend of a unit whose rate is of too few people to be held against anything."""


def typed_limits(text: str) -> tuple[float, ...]:
    """Bounds of classes as typed, « 20 ; 40 ; 62,5 » or with spaces; DiagnosticError says what is wrong."""
    words = [word for word in re.split(r"[;\s]+", text.strip()) if word]
    try:
        found = tuple(float(word.replace(",", ".")) for word in words)
    except ValueError:
        found = ()
    rising = all(low < high for low, high in zip(found, found[1:], strict=False))
    if not (3 <= len(found) <= MOST_CLASSES + 1 and rising and all(map(math.isfinite, found))):
        raise DiagnosticError(
            f"Donnez de 3 à {MOST_CLASSES + 1} bornes, de la plus petite à la plus grande, séparées par des espaces : "
            "20 40 60 80.",
            code=2,
        )
    return found


TILES = {
    "ign": (
        "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal&TILEMATRIXSET=PM"
        "&FORMAT=image/png&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
        "© IGN",
    ),
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© contributeurs OpenStreetMap"),
}
_SCRIPT = (Path(__file__).with_name("map.js")).read_text("utf-8")


# --- Outlines ---------------------------------------------------------------------------------------


def units(db: Database, level: Level, scope: Territory) -> tuple[Territory, ...]:
    """The territories of `level` inside `scope`, arrondissements left out, by name; looked for once."""
    name = f"units {level} {scope.key}"
    kept = db.shelf.get(name)
    return kept if kept is not None else db.shelf.keep(name, _units(db, level, scope))


def _units(db: Database, level: Level, scope: Territory) -> tuple[Territory, ...]:
    known = territories.index(db)
    if level is Level.COMMUNE:
        found = [known.territories[Level.COMMUNE, code] for code in territories.communes(db, scope)]
    else:
        found = [item for (at, _), item in known.territories.items() if at == level and _inside(item, scope)]
    return tuple(sorted(found, key=lambda item: (territories.fold(item.name), item.code)))


def _inside(item: Territory, scope: Territory) -> bool:
    if scope.level is Level.FRANCE:
        return True
    if scope.level is Level.REGION:
        return scope.code in (item.region, item.code if item.level is Level.REGION else None)
    if scope.level is Level.DEPARTEMENT:
        return scope.code in (item.departement, item.code if item.level is Level.DEPARTEMENT else None)
    return item.key == scope.key


def outlines_json(db: Database, level: str, scope: str, *, fine: bool = False) -> bytes:
    """GeoJSON of the units of `level` inside the territory `scope`, its outline, and the units around it; `fine`
    for who zooms in.

    Each feature has `code`, `nom` and `ou`: "in", "out" or "outline". DiagnosticError when unknown.
    """
    if level in set(Below):
        return _areas_json(db, Below(level), scope)
    if level not in SCALES:
        raise DiagnosticError("Cette échelle n’a pas de contours.", code=2)
    return _outlines(db, Level(level), scope, fine)


@dataclass(frozen=True)
class Area:
    """An IRIS or a priority district of a commune: its outline as GeoJSON, and the box around it."""

    code: str
    name: str
    geojson: str
    box: tuple[float, float, float, float]


def areas(db: Database, kind: Below, commune: str) -> tuple[Area, ...]:
    """What a commune is cut into, where outlines are loaded; those of the arrondissements of a city too."""
    name = f"areas {kind} {commune}"
    kept = db.shelf.get(name)
    return kept if kept is not None else db.shelf.keep(name, tuple(_areas(db, kind, commune)))


def _areas(db: Database, kind: Below, commune: str) -> Iterator[Area]:
    parts = [
        code
        for (code,) in db.rows("select code from territory where level = 'commune' and parent = ?", commune)
    ]
    if kind is Below.QPV:
        for one in quarters(db, [commune, *parts]):
            if one.geometry is not None:
                box = shapely.geometry.shape(one.geometry).bounds
                yield Area(one.code, one.name, json.dumps(one.geometry, separators=(",", ":")), box)
    elif db.holds("iris_place", "code"):
        rows = db.rows(
            "select code, name, geojson, west, south, east, north from iris_place join geometry using (code) "
            "where geometry.level = 'iris' and list_contains(?, commune) order by code",
            [commune, *parts],
        )
        yield from (Area(code, name, shape, tuple(box)) for code, name, shape, *box in rows)


@lru_cache(maxsize=48)
def _areas_json(db: Database, kind: Below, scope: str) -> bytes:
    territory = territories.get(db, scope)
    if territory.level is not Level.COMMUNE:
        raise DiagnosticError("Cette échelle n’a de contours que dans une commune.", code=2)
    features = [_feature(one.code, one.name, "in", one.geojson) for one in areas(db, kind, territory.code)]
    features += [
        _feature(code, territory.name, "outline", shape)
        for code, shape, *_ in _shapes(db, Level.COMMUNE, [territory.code])
    ]
    return _collection(features)


def _collection(features: list[str]) -> bytes:
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


@lru_cache(maxsize=48)
def _outlines(db: Database, level: Level, scope: str, fine: bool) -> bytes:
    territory = territories.get(db, scope)
    inside = {item.code: item for item in units(db, level, territory)}
    features, box = [], None
    finer = _finer(db, level, list(inside)) if fine else {}
    for code, shape, west, south, east, north in _shapes(db, level, list(inside)):
        features.append(_feature(code, inside[code].name, "in", finer.get(code, shape)))
        one = (west, south, east, north)
        box = one if box is None else _union(box, one)
    if box is not None and territory.level is not Level.FRANCE:
        features[:0] = [
            _feature(code, name, "out", shape) for code, name, shape in _around(db, level, set(inside), box)
        ]
    for code, shape, *_ in _shapes(db, territory.level, [territory.code]):
        if territory.level is not level and territory.level is not Level.FRANCE:
            features.append(_feature(code, territory.name, "outline", shape))
    return _collection(features)


def _shapes(db: Database, level: Level, codes: list[str]) -> list[tuple]:
    return db.rows(
        "select code, geojson, west, south, east, north from geometry "
        "where level = ? and list_contains(?, code) and geojson is not null and west is not null",
        level.value,
        codes,
    )


def _finer(db: Database, level: Level, codes: list[str]) -> dict[str, str]:
    """GeoJSON of the outlines as they were supplied, a few metres aside; past `MOST_FINE` there is none."""
    if len(codes) > MOST_FINE:
        return {}
    rows = db.rows(
        "select code, wkb from geometry where level = ? and list_contains(?, code) and wkb is not null",
        level.value,
        codes,
    )
    if not rows:
        return {}
    simple = shapes.simplify(
        shapely.from_wkb([bytes(wkb) for _, wkb in rows]), shapes.TOLERANCE[level] / FINER
    )
    return {code: shapely.to_geojson(one) for (code, _), one in zip(rows, simple, strict=True)}


def _around(db: Database, level: Level, inside: set[str], box: tuple) -> list[tuple[str, str, str]]:
    west, south, east, north = box
    wide, high = (east - west) * AROUND, (north - south) * AROUND
    found = db.rows(
        "select code, name, geojson from geometry join territory using (level, code) where level = ? "
        "and east > ? and west < ? and north > ? and south < ? and geojson is not null and parent is null",
        level.value, west - wide, east + wide, south - high, north + high,
    )  # fmt: skip
    outside = [row for row in found if row[0] not in inside]
    return outside if len(outside) <= NEIGHBOURS else []


def _feature(code: str, name: str, where: str, shape: str) -> str:
    # A click is told from the properties that the browser gives back.
    properties = {"code": code, "nom": french.typographic(name), "ou": where}
    return (
        f'{{"type":"Feature","properties":{json.dumps(properties, ensure_ascii=False)},"geometry":{shape}}}'
    )


def _union(one: tuple, two: tuple) -> tuple:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])


def bounds(db: Database, level: Level, codes: Sequence[str]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the units named; None when none has an outline."""
    row = db.rows(
        "select min(west), min(south), max(east), max(north) from geometry "
        "where level = ? and list_contains(?, code)",
        level.value,
        list(codes),
    )[0]
    return None if row[0] is None else row


def mainland(db: Database, level: Level, found: Sequence[Territory]) -> list[str]:
    """Codes of the units whose frame the map opens on: without the overseas ones when there are others."""
    near = [item.code for item in found if not (item.departement or item.code).startswith("97")]
    near = [code for code in near if not (level is Level.REGION and code.startswith("0"))]
    return near or [item.code for item in found]


# --- The country as one small drawing -----------------------------------------------------------------

_SVG_WIDTH = 400
_SVG_STEP = 0.03
"""Degrees below which a bend of a département is not drawn at that size."""


@dataclass(frozen=True)
class Country:
    """The départements of the mainland as paths of one drawing, by code; `overseas` are the others."""

    width: int
    height: int
    paths: dict[str, str]
    overseas: tuple[Territory, ...]


@lru_cache(maxsize=2)
def country(db: Database) -> Country | None:
    """The départements as a drawing of a few kilobytes; None without the outlines of a whole country."""
    found = units(db, Level.DEPARTEMENT, FRANCE)
    near = dict.fromkeys(mainland(db, Level.DEPARTEMENT, found))
    rows = db.rows(
        "select code, geojson from geometry where level = 'departement' and list_contains(?, code) and geojson is not null",
        list(near),
    )
    if len(rows) < 20:
        return None
    outlines = {code: shapely.simplify(shapely.from_geojson(geojson), _SVG_STEP) for code, geojson in rows}
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    # At the latitude of the middle, a degree of longitude is shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = _SVG_WIDTH / ((east - west) * shrink)
    paths = {
        code: "".join(
            "M"
            + "L".join(
                f"{(x - west) * shrink * scale:.1f},{(north - y) * scale:.1f}" for x, y in ring.coords[:-1]
            )
            + "Z"
            for part in shapely.get_parts(shape)
            for ring in (part.exterior, *part.interiors)
        )
        for code, shape in outlines.items()
    }
    return Country(
        _SVG_WIDTH,
        round((north - south) * scale),
        paths,
        tuple(item for item in found if item.code not in near),
    )


# --- Classes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """One class of the legend: its colour in each theme, a word (may be empty), its range in the unit."""

    light: str
    dark: str
    word: str
    bounds: str


@dataclass(frozen=True)
class Colouring:
    """The class of each unit by code (`UNKNOWN` where there is no value, `SMALL` where it is of too few people to be
    compared, or held against nothing for another cause: `apart` says which), and the legend in its order."""

    index: dict[str, int]
    classes: tuple[Class, ...]
    title: str
    apart: str = "effectif trop petit"


def by_ratio(
    findings: Mapping[str, Finding], indicator: Indicator, reference: float, reference_name: str
) -> Colouring:
    """Classes of value ÷ reference: the same words and colours on every map. Brown is the bad side; a figure of too few
    people has no class."""
    index = {}
    for code, finding in findings.items():
        word = reading.ratio_word(reading.known_value(finding), reference)
        index[code] = UNKNOWN if word is None else SMALL if finding.stands_apart else RATIO_WORDS.index(word)
    number = [french.number(cut * reference, indicator.decimals) for cut in RATIO_CUTS]
    ranges = (
        f"moins de {number[0]}",
        *(f"{low} à {high}" for low, high in zip(number, number[1:], strict=False)),
        f"{number[-1]} et plus",
    )
    scale = "sequential" if indicator.direction is Direction.NEUTRAL else "ratio"
    light, dark = (list(getattr(design.palette(theme), scale)) for theme in design.THEMES)
    if indicator.direction is Direction.LESS_IS_BETTER:
        light.reverse()
        dark.reverse()
    found = tuple(map(Class, light, dark, RATIO_WORDS, ranges))
    said = french.number(reference, indicator.decimals)
    few = all(findings[code].of_too_few for code, number in index.items() if number == SMALL)
    apart = "effectif trop petit" if few else "sans comparaison"
    return Colouring(index, found, f"{indicator.short}, par rapport à {reference_name} ({said})", apart)


def by_class(
    findings: Mapping[str, Finding], indicator: Indicator, method: classes.Method, count: int,
    limits: Sequence[float] = (),
) -> Colouring:  # fmt: skip
    """Classes of the value itself, from light (low) to dark (high); at `limits`, those of the user, when given."""
    codes = list(findings)
    values = [reading.known_value(findings[code]) for code in codes]
    cut = (
        classes.typed(values, limits)
        if limits
        else classes.classify(values, method, min(count, MOST_CLASSES))
    )
    index = dict(zip(codes, (int(one) for one in cut.index), strict=True))
    said = [french.number(bound, indicator.decimals) for bound in cut.bounds]
    ranges = [low if low == high else f"{low} à {high}" for low, high in zip(said, said[1:], strict=False)]
    known = [value for value in values if value is not None]
    # A value beyond the outer bounds that the user typed is in the end class: its words must hold it.
    if limits and known and min(known) < limits[0]:
        ranges[0] = f"{said[1]} et moins"
    if limits and known and max(known) > limits[-1]:
        ranges[-1] = f"plus de {said[-2]}"
    light, dark = (design.palette(theme).sequential for theme in design.THEMES)
    picked = _spread(cut.count, len(light))
    found = tuple(
        Class(light[shade], dark[shade], "", words) for shade, words in zip(picked, ranges, strict=True)
    )
    return Colouring(index, found, f"{indicator.short} ({indicator.unit})")


def _spread(count: int, of: int) -> list[int]:
    if count <= 1:
        return [of // 2] * count
    return [round(number * (of - 1) / (count - 1)) for number in range(count)]


# --- The map ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A facility: where it is, what it is called, its type and the rank of that type in the legend."""

    lon: float
    lat: float
    name: str
    label: str = ""
    look: int = 0


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


@dataclass(frozen=True)
class Quarter:
    """A priority district: its outline as GeoJSON geometry where known, its name, its communes."""

    code: str
    name: str
    geometry: dict | None
    communes: tuple[str, ...]


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
                for one in above.points
            ],
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


def _tags(quarters: Sequence[Quarter]) -> dict[str, int]:
    """How many districts of unknown outline each commune has."""
    counts: dict[str, int] = {}
    for one in quarters:
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
    printed = "" if small else french.number(value, indicator.decimals)
    said = reading.figure(finding, indicator)
    third = finding.caution if small else ""
    if finding.word and sheet.against is not None:
        word = french.capitalised(finding.word)
        third = f"{word} par rapport à {sheet.against.the}{_distance(finding, value)}"
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
        "select lon, lat, coalesce(name, type), stat from facility where lon is not null and lat is not null "
        "and commune in (select unnest(?::varchar[])) and stat in (select unnest(?::varchar[])) "
        "order by stat, commune, lon, lat limit ?",
        list(codes),
        list(stats),
        MOST_POINTS,
    )
    return [
        Point(lon, lat, name or "", FACILITY_LABELS[stat][0], list(stats).index(stat) % LOOK_COUNT)
        for lon, lat, name, stat in rows
    ]


def quarters(db: Database, codes: Sequence[str]) -> list[Quarter]:
    """Priority districts of these communes, once each."""
    rows = db.rows(
        "select q.code, any_value(q.name), any_value(g.wkb), list(distinct c.commune order by c.commune) "
        "from qpv q join qpv_commune c on c.qpv = q.code left join qpv_geometry g on g.code = q.code "
        "where list_contains(?, c.commune) group by q.code order by q.code",
        list(codes),
    )
    return [Quarter(code, name, _geometry(wkb), tuple(communes)) for code, name, wkb, communes in rows]


def _geometry(wkb: bytes | None) -> dict | None:
    if wkb is None:
        return None
    shape = shapely.set_precision(shapely.from_wkb(bytes(wkb)).simplify(0.0002), 0.00001)
    return shapely.geometry.mapping(shape)

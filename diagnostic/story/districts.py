"""Priority districts and inequalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading, territories
from diagnostic.indicators import BY_ID, DISTRICT_COUNT, DISTRICTS, FACILITY_LABELS, QPV_FACILITIES
from diagnostic.model import Level, Territory
from diagnostic.report import Quarter, Report
from diagnostic.story.blocks import MOST_ROWS, Data, Facts, Grid, KeyFigures, Printed, Section, Table, Text
from diagnostic.story.figures import notes_of, said, source_line, statuses, value_of
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once
from diagnostic.story.words import known
from diagnostic.warehouse import Database

MOST_NAMED = 4
"""Districts of a commune that a slide names before it counts the others."""
FEW, FEWEST_LINES = 3, 3
"""Districts that stand as columns, and lines that such a table is worth."""
MOST_ON_SLIDE = 60
"""Districts beyond which the first ones of a list say nothing of the others."""
LOCATED = {
    "polygon": "Les équipements sont situés par le périmètre des quartiers.",
    "producer": "Les périmètres ne sont pas chargés : les équipements sont situés par la colonne du producteur, qui ne dit pas dans quel quartier. Ce qui manque n’est su que là où la commune entière n’en a pas.",
    "communes": "Les périmètres ne sont pas chargés : seule la commune de chaque quartier est connue, ni ses équipements, ni ce qui lui manque.",
}


@once
def districts_section(report: Report, db: Database | None = None) -> Section | None:
    """The districts one by one; of a territory without any, the nearest one where `db` is given."""
    count = value_of(report.findings.get(DISTRICT_COUNT))
    districts = report.qpv.districts
    if not districts:
        return _none(report, nearest(db, report.territory) if db is not None else "") if count == 0 else None
    table, every = _district_table(districts), _every(report)
    few = _upright(every) if len(districts) <= FEW else ()
    number = french.quantity(
        count if count is not None else len(districts), "quartier prioritaire", "quartiers prioritaires"
    )
    here = french.typographic(f"{number} {french.at(report.territory)}")
    title = reading.held((reading.title(report.qpv.reading), here)) if report.qpv.reading else here
    return Section(
        "quartiers",
        "Quartiers prioritaires et inégalités",
        title,
        ((1.0, (table,)),),
        source_line(report, DISTRICTS, members=True),
        (report.qpv.reading, *map(french.typographic, _people(report)), *notes_of(report, DISTRICTS)),
        on_slides=len(districts) <= MOST_ON_SLIDE and (len(districts) > FEW or bool(few)),
        subtitle="Géographie 2024 ; un quartier à cheval sur deux communes compte une fois",
        caution=LOCATED.get(report.qpv.located_by, ""),
        statuses=statuses(report, DISTRICT_COUNT),
        indicators=DISTRICTS,
        data=every,
        on_screen=(
            Facts(tuple(_counted(report, name) for name in (DISTRICT_COUNT, "equipements_en_qpv"))),
            KeyFigures(of_indicators(report, ("part_population_qpv",))),
            Grid("Les équipements aux familles, quartier par quartier", every),
        ),
        on_slide=few or (_by_commune(districts) if report.qpv.located_by != "polygon" else ()),
        spoken=report.qpv.reading,
    )


_NEAREST = """
    select
        qpv.name, place.name, epci.name, own.code,
        2 * 6371 * asin(sqrt(
            pow(sin(radians(coalesce(qpv.lat, place.lat) - own.lat) / 2), 2)
            + cos(radians(own.lat)) * cos(radians(coalesce(qpv.lat, place.lat)))
            * pow(sin(radians(coalesce(qpv.lon, place.lon) - own.lon) / 2), 2)
        )) as km
    from qpv
    join qpv_commune on qpv_commune.qpv = qpv.code
    join territory as place on place.level = 'commune' and place.code = qpv_commune.commune
    left join territory as epci on epci.level = 'epci' and epci.code = place.epci
    cross join (select code, lon, lat from territory where level = 'commune' and code in (select unnest(?))) as own
    where km is not null
    order by km, qpv.code, own.code
    limit 1
"""


def nearest(db: Database, place: Territory) -> str:
    """Which priority district is nearest to a territory that has none, from which of its communes, and whose it is; ""
    where it is not known."""
    found = db.rows(_NEAREST, list(territories.communes(db, place)))
    if not found:
        return ""
    [(name, commune, epci, own, km)] = found
    where = f"{commune}, {epci}" if epci else commune
    of = (
        "" if place.level is Level.COMMUNE else f" {french.of(territories.get(db, f'{Level.COMMUNE}:{own}'))}"
    )
    return f"Le quartier prioritaire le plus proche est {name} ({where}), à {french.number(km, 0)} km à vol d’oiseau{of}."


def _none(report: Report, near: str) -> Section:
    """A territory without any district: that is known, and said, with what the nearest one is."""
    return Section(
        "quartiers",
        "Quartiers prioritaires et inégalités",
        f"Aucun quartier prioritaire {french.at(report.territory)}",
        (),
        source_line(report, (DISTRICT_COUNT,)),
        (),
        on_slides=False,
        subtitle="Géographie 2024",
        statuses=statuses(report, DISTRICT_COUNT),
        indicators=(DISTRICT_COUNT,),
        on_screen=(Text((("", near, False),)),) if near else (),
    )


def _counted(report: Report, name: str) -> tuple[str, str, str]:
    finding, indicator = report.findings.get(name), BY_ID[name]
    value = value_of(finding)
    year = f" ({finding.year})" if finding and finding.year and value is not None else ""
    return f"{indicator.short}{year}", said(value), statuses(report, name)[0]


def _every(report: Report) -> Data:
    """One row a district: communes, then « inside, near » for each type, unknown said."""
    # Without outlines a district's own facilities are unknown: columns of « inconnu » would say it forty times.
    stats = tuple(QPV_FACILITIES) if report.qpv.located_by == "polygon" else ()
    names = tuple(french.capitalised(FACILITY_LABELS[stat][1]) for stat in stats)
    people = people_label(report.qpv.districts)
    # What is known of some districts comes before the list of those of which nothing is.
    districts = sorted(report.qpv.districts, key=lambda row: _lacking(row) == "inconnu")
    lacks = [_lacking(row) for row in districts]
    told = any(lack != "inconnu" for lack in lacks)
    return Data(
        (
            "Quartier",
            "Code",
            "Communes",
            *((people,) if people else ()),
            *names,
            *(("Manque",) if told else ()),
        ),
        tuple(
            (
                french.typographic(row.name),
                row.code,
                french.listing(list(row.communes)),
                *((said(row.population),) if people else ()),
                *(_inside(row, stat) for stat in stats),
                *((lack,) if told else ()),
            )
            for row, lack in zip(districts, lacks, strict=True)
        ),
    )


def people_label(districts: Sequence[Quarter]) -> str:
    """« Habitants (2021) », empty where nobody counts those of any district."""
    years = {d.population_year for d in districts if d.population is not None}
    if not years:
        return ""
    return f"Habitants ({french.listing([str(year) for year in sorted(filter(None, years))])})"


def _people(report: Report) -> tuple[str, ...]:
    """How many live in the most populous district, and in all of them where each is counted."""
    districts = [(d.population, d.name) for d in report.qpv.districts if d.population is not None]
    years = {d.population_year for d in report.qpv.districts if d.population is not None}
    if len(districts) < 2 or len(years) > 1:
        return ()
    most, largest = max(districts, key=lambda one: one[0])
    people = french.quantity(most, "habitant", "habitants")
    first = f"{french.typographic(largest)} est le plus peuplé, avec {people} en {years.pop()}."
    if len(districts) < len(report.qpv.districts):
        return (first,)
    everyone = french.quantity(sum(count for count, _ in districts), "personne vit", "personnes vivent")
    return (f"{everyone} dans les {french.number(len(districts))} quartiers ; {first}",)


def _inside(row: Quarter, stat: str) -> str:
    inside, near = row.inside.get(stat), row.near.get(stat)
    if inside is None:
        return "inconnu"
    return french.number(inside) + (f" (+ {french.number(near)} à 500 m)" if near else "")


def _lacking(row: Quarter) -> str:
    """Types with none inside nor within 500 m, in words; « inconnu » where nothing can be said."""
    if all(row.inside.get(stat) is None for stat in QPV_FACILITIES):
        return "inconnu"
    names = [FACILITY_LABELS[stat][0] for stat in row.missing]
    return french.listing(names) if names else "rien de connu"


@once
def lacking_section(report: Report) -> Section | None:
    """By type: districts without any, facilities outside every district; None where nothing of it is known, which the
    chapter of the districts says."""
    if not report.qpv.districts or not any(
        count is not None for count in (*report.qpv.missing_by_type.values(), *report.qpv.outside.values())
    ):
        return None
    located = all(row.located for row in report.qpv.districts)
    without = "Quartiers sans, ni à 500 m" if located else "Quartiers sans, au moins"
    header = ("Équipement", without, "Hors des quartiers")
    rows = tuple(
        (
            french.capitalised(FACILITY_LABELS[stat][1]),
            _floor(report, stat) if located else said(report.qpv.missing_by_type.get(stat)),
            said(report.qpv.outside.get(stat)),
        )
        for stat in QPV_FACILITIES
    )
    known_rows = tuple(row for row in rows if row[1:] != ("inconnu", "inconnu")) or rows
    silent = [row[0].lower() for row in rows if row not in known_rows]
    left = f"Non connu : {french.listing(silent)}." if silent else ""
    table = Table("Ce qui manque aux quartiers", header, known_rows, (0.5, 0.25, 0.25), (1, 2))
    return Section(
        "manques_quartiers",
        "Quartiers prioritaires · ce qui manque",
        _missing(report),
        ((1.0, (table,)),),
        source_line(report, DISTRICTS),
        (),
        on_slides=False,
        subtitle="Nombre de quartiers sans équipement, et équipements hors des quartiers",
        caution=" ".join(filter(None, (left, LOCATED.get(report.qpv.located_by, "")))),
        statuses=("calculé",),
        indicators=DISTRICTS,
        data=Data(header, rows),
        on_screen=(Table("", table.header, table.rows, table.widths, table.numeric),),
    )


def _missing(report: Report) -> str:
    """The type that most districts lack."""
    found = {stat: n for stat, n in report.qpv.missing_by_type.items() if n is not None and n > 0}
    if not found:
        unknown = all(n is None for n in report.qpv.missing_by_type.values())
        return (
            "Ce qui manque n’est pas connu, faute de périmètres"
            if unknown
            else "Aucun type d’équipement ne manque partout"
        )
    stat = max(found, key=found.__getitem__)
    if report.qpv.located_by != "polygon":
        least = french.quantity(found[stat], "quartier est", "quartiers sont")
        return f"Au moins {least} dans une commune sans équipement « {FACILITY_LABELS[stat][0]} »"
    count = french.quantity(found[stat], "quartier n’a", "quartiers n’ont")
    count = f"Au moins {count}" if _unsaid(report, stat) else count
    return f"{count} aucun équipement « {FACILITY_LABELS[stat][0]} », ni à moins de 500 m"


def _district_table(districts: Sequence[Quarter]) -> Table:
    """The first districts; the two counts are there only when one of them is known."""
    counts = [(_count_of(d.inside), _count_of(d.near)) for d in districts]
    counted = any(count != french.UNKNOWN for pair in counts for count in pair)
    rows = [
        (
            french.typographic(d.name),
            french.typographic(", ".join(d.communes)),
            *(pair if counted else ()),
        )
        for d, pair in zip(districts, counts, strict=True)
    ]
    more = len(rows) - MOST_ROWS + 1 if len(rows) > MOST_ROWS else 0
    if more:
        rows = [
            *rows[: MOST_ROWS - 1],
            (
                french.quantity(more, "autre", "autres"),
                "voir le classeur Excel",
                *(("", "") if counted else ()),
            ),
        ]
    header = ("Quartier", "Commune", *(("Services dedans", "À 500 m") if counted else ()))
    widths = (0.4, 0.28, 0.18, 0.14) if counted else (0.55, 0.45)
    return Table(
        "Quartiers prioritaires et équipements aux familles",
        header,
        tuple(rows),
        widths,
        (2, 3) if counted else (),
        left=more,
    )


def _by_commune(districts: Sequence[Quarter]) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """More districts than a slide has rows, of which only the commune is known: how many each has, and which; those of
    a commune alone are named in two columns."""
    if len(districts) <= MOST_ROWS:
        return ()
    found: dict[str, list[str]] = {}
    for one in districts:
        found.setdefault(", ".join(one.communes), []).append(french.typographic(one.name))
    if len(found) == 1:
        names = [(name,) for name in sorted(*found.values())]
        half = (len(names) + 1) // 2
        return tuple(
            (0.5, (Table("", ("Quartier",), tuple(part), (1.0,)),)) for part in (names[:half], names[half:])
        )
    rows = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    shown, rest = (rows, []) if len(rows) <= MOST_ROWS else (rows[: MOST_ROWS - 1], rows[MOST_ROWS - 1 :])
    lines = [(french.typographic(where), french.number(len(names)), _named(names)) for where, names in shown]
    if rest:
        count = sum(len(names) for _, names in rest)
        lines.append((f"{len(rest)} autres communes", french.number(count), "voir le classeur Excel"))
    head = ("Commune", "Quartiers", "Lesquels")
    return (
        (
            1.0,
            (
                Table(
                    "Quartiers prioritaires, par commune",
                    head,
                    tuple(lines),
                    (0.26, 0.12, 0.62),
                    (1,),
                    left=len(rest),
                ),
            ),
        ),
    )


def _upright(every: Data) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """A few districts as columns, a line for each thing known of one: as rows they would leave a slide empty. Nothing where
    only their names are known."""
    names, *columns = (
        (head, *(str(row[at]) for row in every.rows))
        for at, head in enumerate(every.header)
        if head != "Code"
    )
    lines = tuple(line for line in columns if any(said not in ("inconnu", "") for said in line[1:]))
    if len(lines) < FEWEST_LINES:
        return ()
    wide = 0.6 / len(every.rows)
    return ((1.0, (Table("", ("", *names[1:]), lines, (0.4, *(wide for _ in every.rows))),)),)


def _named(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - MOST_NAMED
    if more < 2:
        return " ; ".join(names)
    return french.typographic(f"{' ; '.join(names[:MOST_NAMED])} ; et {french.number(more)} autres")


def _count_of(found: Mapping | None) -> str:
    """The sum over the types of facilities; a floor where one of them is unknown, unknown where all are."""
    values = [known(value) for value in (found or {}).values()]
    told = [value for value in values if value is not None]
    if not told:
        return french.UNKNOWN
    total = french.number(sum(told))
    if len(told) == len(values):
        return total
    return f"au moins {total}" if sum(told) else french.UNKNOWN


def _unsaid(report: Report, stat: str) -> bool:
    """Whether some district may lack that type, or not: those that lack it are a floor."""
    return any(row.inside.get(stat) is None for row in report.qpv.districts)


def _floor(report: Report, stat: str) -> str:
    """ "3", "au moins 3", "inconnu": how many districts have none."""
    count = report.qpv.missing_by_type.get(stat)
    if count is None or not _unsaid(report, stat):
        return said(count)
    return f"au moins {said(count)}" if count else "inconnu"

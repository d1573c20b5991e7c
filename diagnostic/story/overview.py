"""The key messages and the portrait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.indicators import BRIEF, BY_ID, CHILDREN, FACILITY_LABELS, INHABITANTS, OFFICIAL, PORTRAIT
from diagnostic.measure import history
from diagnostic.model import Finding, Indicator, Level, Status
from diagnostic.reading import held
from diagnostic.report import Message, NearestPlace, Report, data
from diagnostic.report.distances import place_of, whereabouts
from diagnostic.story.blocks import Card, Cards, Clustered, Facts, Messages, Section, Text
from diagnostic.story.figures import amount, figures_table, notes_of, printed, source_line, statuses, value_of
from diagnostic.story.keyfigures import MOST_CARDS, is_small_commune, of_the_epci, silent, told_above
from diagnostic.story.once import once
from diagnostic.story.words import called, missing_said
from diagnostic.warehouse import Database

YEARS_APART, FEWEST_YEARS, MOST_YEARS = 2, 3, 6
"""Years between two bars of the children, and how many bars."""
BAND, LAST_BAND, ADULT = 5, 85, 18
"""Years of a bar of the pyramid, the age that opens its last one, that from which one is no child."""

BESIDE = {"Loisirs": "alsh", "Crèche et relais": "rpe"}
"""Kind of message on a service of a small commune -> the service of its EPCI that stands beside it."""


@once
def essentiel_section(report: Report) -> Section | None:
    # Why the supply differs has its own slide.
    spoken = [message for message in report.messages if message.kind != "Pourquoi"]
    title = reading.title(report.headline)
    cards = tuple(_once(_message_card(report, message), message, title) for message in spoken[:MOST_CARDS])
    if not cards:
        return None
    names = [message.indicator for message in report.messages if message.indicator]
    return Section(
        "essentiel",
        "L’essentiel",
        title,
        ((1.0, (Cards(cards),)),),
        # A message may say what is known of the intercommunalité alone.
        source_line(
            report,
            names,
            beside=[one for one in names if one != OFFICIAL and value_of(report.findings.get(one)) is None],
            files=_borrowed(report, names),
        ),
        notes_of(report, names),
        on_screen=(Messages(tuple(_on_screen(report, one) for one in told_above(report))),),
    )


def _borrowed(report: Report, names: Sequence[str]) -> tuple[str, ...]:
    """The files of the rate of the EPCI, or of the members, where it is said in the place of that of the whole."""
    if OFFICIAL not in names or value_of(report.findings[OFFICIAL]) is not None:
        return ()
    known_to = (report.epci,) if report.epci is not None else report.members
    found = [one.findings[OFFICIAL] for one in known_to]
    return tuple(
        dict.fromkeys(source for one in found if value_of(one) is not None for source in one.sources)
    )


def _once(card: Card, message: Message, title: str) -> Card:
    """The card that the title says already names what it counts."""
    indicator = BY_ID.get(message.indicator or "")
    if card.sentence != title or indicator is None:
        return card
    return replace(card, sentence=indicator.label)


def _on_screen(report: Report, message: Message) -> tuple[str, str, str, str]:
    """Kind, sentence, detail, status word: under the name of the territory, a sentence need not say it again."""
    where = f"{french.capitalised(french.at(report.territory))}, "
    sentence = french.capitalised(message.sentence.removeprefix(where).removeprefix("on compte "))
    first, _, rest = sentence.partition(". ")
    said, _, word = message.detail.rpartition(" · ")
    below = ". ".join(filter(None, (rest.rstrip("."), *(part for part in said.split(" · ") if part))))
    below = ". ".join(french.capitalised(part) for part in below.split(". "))
    beside = (
        of_the_epci(report, BESIDE[message.kind])
        if message.kind in BESIDE and is_small_commune(report)
        else ""
    )
    if beside:
        return message.kind, f"{first.rstrip('.')}.", f"{beside} {below}.".replace("..", "."), word
    return message.kind, f"{first.rstrip('.')}.", f"{below}." if below else "", word


def signing(report: Report) -> tuple[str, str] | None:
    """Of a commune: at which scale the convention is signed first, and the key of its EPCI; None elsewhere."""
    if report.epci is None or not is_small_commune(report):
        return None
    holder = report.epci.territory
    said = f"La convention se signe d’abord à l’échelle de l’intercommunalité : {french.name(holder)}"
    indicator = BY_ID[CHILDREN]
    whole, own = (findings.get(indicator.id) for findings in (report.epci.findings, report.findings))
    if whole is not None and value_of(whole) is not None:
        said += f", {reading.figure(whole, indicator)} de moins de 3 ans"
        said += f" en {whole.year}" if whole.year else ""
        if own is not None and value_of(own) is not None:
            said += f", dont {reading.figure(own, indicator).partition(french.NBSP)[0]} {french.at(report.territory)}"
    return french.typographic(f"{said}."), holder.key


def services_around(report: Report) -> str:
    """Where the nearest services of a commune are: "Crèche à Targon, relais petite enfance dans la commune"."""
    places: dict[str, list[str]] = {}
    for stat, found in _placed(report):
        where = "dans la commune" if found.count else found.where
        places.setdefault(where, []).append(FACILITY_LABELS[stat][0])
    if not places:
        return "Les services ne sont pas situés par les fichiers chargés"
    said = [french.typographic(f"{french.listing(nouns)} {where}") for where, nouns in places.items()]
    return held(french.capitalised(" ; ".join(said[:many])) for many in range(len(said), 0, -1))


SERVICES = ("eaje", "rpe", "alsh", "france_services")


def _placed(report: Report) -> list[tuple[str, NearestPlace]]:
    found = ((stat, place_of(report.access.nearest, stat, report.territory.code)) for stat in SERVICES)
    return [(stat, place) for stat, place in found if place is not None]


def service_places(report: Report) -> list[tuple[str, str]]:
    """Type and commune of the services that `services_around` names elsewhere than in the commune."""
    return [(stat, one.commune) for stat, one in _placed(report) if not one.count and one.commune]


def services_of(report: Report) -> list[tuple[str, str]]:
    """Crèches, relais, leisure centres, France services: how many there are, or where the nearest of a commune is."""
    found = []
    for stat in SERVICES:
        near = place_of(report.access.nearest, stat, report.territory.code)
        count = next((row.count for row in report.services if row.stat == stat), None)
        label = french.capitalised(FACILITY_LABELS[stat][1])
        if near is not None and not near.count and near.km is not None:
            found.append((label, french.typographic(french.capitalised(whereabouts(near)))))
        elif near is not None or count is not None:
            held = french.number(near.count if near is not None else count)
            alone = report.territory.level is Level.COMMUNE and held != "0"
            found.append((label, f"{held} dans la commune" if alone else held))
    return found


@once
def silent_section(report: Report) -> Section | None:
    """What is known neither here nor at the EPCI, on a line for each who knows it."""
    found = silent(report)
    if not found:
        return None
    items = tuple(
        (french.listing([BY_ID[name].short for name in names]), f"{whom}.", False)
        for whom, names in found.items()
    )
    count = sum(len(names) for names in found.values())
    return Section(
        "indisponible",
        "Non disponible ici",
        " : ".join(missing_said(count)),
        ((1.0, (Text(items),)),),
        "",
        (),
        on_slides=False,
    )


def _message_card(report: Report, message) -> Card:
    indicator = BY_ID.get(message.indicator or "")
    finding = report.findings.get(message.indicator or "")
    figure, unit = message.figure or french.UNKNOWN, message.unit
    if indicator is not None and finding is not None and not message.figure:
        figure, unit = amount(finding, indicator), reading.unit(finding, indicator)
        if unit[:1] in "%€" and figure != french.UNKNOWN:
            figure, unit = amount(finding, indicator, unit[0]), unit[2:]
        if figure == french.UNKNOWN:
            unit = french.uncapitalised(indicator.short)
    return Card(
        figure, unit, _said(report, message, indicator, finding), message.detail, alert=message.good is False
    )


def _said(report: Report, message, indicator: Indicator | None, finding: Finding | None) -> str:
    """The figure stands beside: only the comparison is left to say, else the whole sentence."""
    against = report.against(indicator.id) if indicator is not None else None
    if indicator is None or finding is None or value_of(finding) is None or against is None or message.figure:
        return reading.title(message.sentence)
    compared_ = reading.comparison(finding, indicator, against)
    if not compared_ or "impossible" in compared_ or " : " not in compared_.replace(french.NBSP, " "):
        return reading.title(message.sentence)
    return french.typographic(
        f"{indicator.short} : {compared_.replace(french.NBSP + ':', ',')}".removesuffix(".")
    )


@once
def portrait_section(report: Report, db: Database | None = None) -> Section | None:
    """Who lives here; with `db`, the ages of all."""
    every = [name for name in PORTRAIT if name in report.findings]
    names = [name for name in every if value_of(report.findings[name]) is not None]
    if not names:
        return None
    unknown = [BY_ID[name].short for name in every if name not in names]
    people, pyramid = _people_of(report), _pyramid(report, db) or _children_by_year(report, db)
    table = figures_table(report, names, "Portrait et repères")
    return Section(
        "portrait",
        "Portrait",
        people,
        ((1.0, (table,)),),
        source_line(report, names),
        notes_of(report, names),
        subtitle="En bref",
        caution=f"Non connus ici : {' ; '.join(unknown)}." if unknown else "",
        statuses=statuses(report, INHABITANTS),
        indicators=tuple(names),
        on_screen=(
            Facts(tuple(_brief(report, name) for name in dict.fromkeys((*BRIEF, *names)) if name in names)),
        ),
        on_slide=((0.42, (pyramid,)), (0.58, (table,))) if pyramid is not None else (),
    )


def _people_of(report: Report) -> str:
    """Inhabitants, then the children whom a Ctg is for."""
    place, verb = report.territory, "comptent" if french.is_plural(report.territory) else "compte"
    if value_of(report.findings.get(INHABITANTS)) is None:
        return held(f"{french.subject(place, long=long)} : portrait" for long in (True, False))
    named = (f"{french.subject(place, long=long)} {verb} " for long in (True, False))
    # Where the years do not hold in the title, they stand in the table under it.
    return held((*(_peopled(report, who) for who in named), _peopled(report), _peopled(report, years=False)))


def _peopled(report: Report, who: str = "", *, years: bool = True) -> str:
    people, year = value_of(report.findings[INHABITANTS]), report.findings[INHABITANTS].year
    said = f"{who}{french.quantity(people, 'habitant', 'habitants')}"
    said += f" en {year}" if year and years else ""
    young = [
        f"{french.number(value)} {ages}"
        for name, ages in (
            ("enfants_moins_3", "enfants de moins de 3 ans"),
            ("enfants_3_11", "de 3 à 11 ans"),
        )
        if (value := printed(report, name)) is not None and value >= 2
    ]
    reckoned = report.findings.get(CHILDREN)
    about = "environ " * (reckoned is not None and reckoned.status is Status.ESTIMATED)
    if reckoned is None or len(young) < 2:
        return said
    # Of two years, one is not a part of the other.
    when = f" en {reckoned.year}" if reckoned.year and years else ""
    if reckoned.year == year:
        return f"{said}, dont {about}{french.listing(young)}"
    return f"{said} ; {about}{french.listing(young)}{when}"


def _pyramid(report: Report, db: Database | None) -> Clustered | None:
    """Residents by five years of age, the eldest at the top, those under 18 apart; None where ages are not loaded."""
    found = data.by_age(db, report.territory) if db is not None else None
    if found is None:
        return None
    year, ages = found
    rows = []
    for first in range(0, LAST_BAND + 1, BAND):
        last = first + BAND - 1 if first < LAST_BAND else len(ages) - 1
        young = sum(ages[first : min(last, ADULT - 1) + 1])
        older = sum(ages[max(first, ADULT) : last + 1])
        label = f"{first} à {last} ans" if first < LAST_BAND else f"{first} ans et plus"
        rows.append((label, (young or None, older or None)))
    return Clustered(
        f"Habitants par âge, {year}",
        ("moins de 18 ans", "18 ans et plus"),
        ("territory", "other"),
        tuple(reversed(rows)),
        decimals=0,
        merged=True,
    )


def _children_by_year(report: Report, db: Database | None) -> Clustered | None:
    """Children under three year by year, where the ages of all are not loaded; None under three years."""
    if db is None or value_of(report.findings.get(CHILDREN)) is None:
        return None
    rows = history(db, [report.territory]).get(report.territory.key, {}).get(CHILDREN, [])
    known = {
        row.year: row.value
        for row in rows
        if row.year and row.value is not None and row.status in ("ok", "estimated")
    }
    years = sorted(known)[-1::-YEARS_APART][:MOST_YEARS]
    if len(years) < FEWEST_YEARS:
        return None
    bars = tuple((str(year), (french.two_figures(known[year]),)) for year in sorted(years))
    caption = "Enfants de moins de 3 ans au 1er janvier, estimés"
    return Clustered(
        caption, (french.capitalised(called(report.territory)),), ("territory",), bars, decimals=0
    )


def _brief(report: Report, name: str) -> tuple[str, str, str]:
    """A count with its year and its status."""
    finding, indicator = report.findings[name], BY_ID[name]
    value = value_of(finding)
    year = f" ({finding.year})" if finding.year and value is not None else ""
    sign = indicator.unit[:1] if indicator.unit[:1] in "%€" else ""
    printed = reading.NOT_AVAILABLE if value is None else amount(finding, indicator, sign)
    return f"{indicator.short}{year}", printed, reading.status_word(finding, indicator)

"""The figures of every territory of the real files held to the rules that no figure may break.

`python -m benchmarks sweep`: findings of all territories, whole reports of a sample of each level. Every row is a
number of faults; the note names the first territories at fault.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from benchmarks import databases
from benchmarks.harness import Result
from diagnostic import gazetteer, measure, story, territories
from diagnostic.indicators import BY_ID, CHILDREN, FACILITY_LABELS
from diagnostic.model import RATIO_WORDS, Finding, Level, Status, Territory
from diagnostic.report import Report, build
from diagnostic.report.messages import ORDER
from diagnostic.simulation import ground as ground_of
from diagnostic.story import afom, siting
from diagnostic.story import projects as acting
from diagnostic.warehouse import Database, open_database

LEVELS = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION, Level.FRANCE)
SAMPLE = 25
"""Territories of each level whose whole report is read."""
AT_ONCE = 500
MANY_PLACES = 2000


def results() -> Iterator[Result]:
    path = databases.real()
    if path is None:
        return
    db = open_database(path)
    places = every(db)
    for name, faults in {"places under those of its communes": short_totals(db), **swept(db, places)}.items():
        yield Result(name, len(faults), "faults", "0", _first(faults, f"{len(places):,} territories"))
    sample = sampled(places)
    told: dict[str, list[tuple[str, str]]] = {
        "reports that contradict themselves": [],
        "places proposed that nobody can fill, or that nobody lacks": [],
        "sentences badly said": [],
        "figures without their source or their year": [],
    }
    sentences = 0
    for place in sample:
        report = build(db, place.key)
        said = every_text(db, report)
        sentences += len(said)
        told["reports that contradict themselves"] += [(place.key, fault) for fault in contradictions(report)]
        told["places proposed that nobody can fill, or that nobody lacks"] += [
            (place.key, fault) for fault in proposals(db, report)
        ]
        told["figures without their source or their year"] += [
            (place.key, fault) for fault in unsourced(db, report)
        ]
        told["sentences badly said"] += [(place.key, text) for text in said if badly_said(text)]
    for name, found in told.items():
        known = f"{len(sample)} reports, {sentences:,} sentences"
        yield Result(name, len(found), "faults", "0", _first(found, known))


def _first(faults: Sequence, known: str) -> str:
    return f"{known}; {', '.join(str(fault) for fault in faults[:3])}" if faults else known


def every(db: Database) -> list[Territory]:
    """All territories, arrondissements included."""
    found = gazetteer.index(db).territories.values()
    return [place for level in LEVELS for place in found if place.level is level]


def sampled(places: Sequence[Territory], most: int = SAMPLE) -> list[Territory]:
    """Territories of each level, evenly over their codes."""
    chosen = []
    for level in LEVELS:
        group = sorted((place for place in places if place.level is level), key=lambda place: place.code)
        chosen += group[:: max(1, len(group) // most)][:most]
    return chosen


def short_totals(db: Database) -> list[tuple[str, str, str]]:
    """Totals of places under 80 % of the sum of those of their communes."""
    return db.rows(
        """
        with parts as (
            select membership.level, membership.code, total.stat, total.year, sum(total.value) as value
            from total
            join membership on membership.commune = total.code and membership.level <> 'commune'
            join territory on territory.level = 'commune' and territory.code = total.code and territory.parent is null
            where total.level = 'commune' and starts_with(total.stat, 'places_') and total.value is not null
            group by all
        )
        select total.level, total.code, total.stat
        from total join parts using (level, code, stat, year)
        where total.value < 0.8 * parts.value
        """
    )


def swept(db: Database, places: Sequence[Territory]) -> dict[str, list[tuple[str, str]]]:
    """Faults of the findings of all `places`, by rule: pairs of territory and indicator."""
    faults: dict[str, list[tuple[str, str]]] = {rule: [] for rule in RULES}
    loaded = {name for (name,) in db.rows("select distinct id from source")}
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        found = measure.measure(db, some)
        for place in some:
            findings = found[place.key]
            for name, finding in findings.items():
                for rule, broken in RULES.items():
                    if broken(db, place, findings, finding, loaded):
                        faults[rule].append((place.key, name))
    return faults


def _two_years(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """A gap whose year is neither that of the value nor said."""
    base = next((item for item in finding.comparators if item.key == finding.reference), None)
    if finding.gap is None or base is None or base.year in (None, finding.year):
        return False
    return finding.gap_year in (None, finding.year)


def _few_people(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    indicator = BY_ID[finding.indicator]
    people = finding.numerator if indicator.denominator in FACILITY_LABELS else finding.denominator
    if finding.indicator.startswith(measure.OFFICIAL):
        known = measure.rated(db, place.level).get(place.code, {}).get(finding.year)
        people = known.children if known is not None else None
    return finding.word is not None and people is not None and people < measure.FEW


def _two_verdicts(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    official = findings[measure.OFFICIAL].value is not None
    return official and finding.indicator in (measure.COMPUTED, *measure.MODES) and finding.word is not None


def _two_numbers(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """Places missing said of something else than the whole supply, or that the members do not add up to."""
    noun = BY_ID[finding.indicator].missing_noun
    if noun is None or noun[0] != "place" or finding.missing is None:
        return False
    if finding.indicator not in (measure.OFFICIAL, measure.COMPUTED):
        return True
    if finding.indicator == measure.COMPUTED:
        return findings[measure.OFFICIAL].missing is not None
    year = finding.gap_year if finding.gap_year is not None else finding.year
    found = measure.shortage(db, place, finding.value - finding.gap, year)
    parts = sum(short.missing for short in found.below) if found.below else found.total
    return abs(found.total - finding.missing) > 1e-6 or abs(parts - finding.missing) > 1e-6


def _under_its_gap(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """Fewer missing places than the territory's own gap asks of its children."""
    if finding.indicator != measure.OFFICIAL or None in (finding.missing, finding.gap, finding.people):
        return False
    year = finding.gap_year if finding.gap_year is not None else finding.year
    return year == finding.year and finding.missing < -finding.gap / 100 * finding.people - 1e-6


def _unloaded(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """ "Non publié" of a source that is not loaded."""
    return finding.status is Status.NOT_PUBLISHED and not loaded & set(BY_ID[finding.indicator].sources)


def _turned_over(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """A verdict on children counted by births that their error makes the contrary."""
    supply = finding.indicator in (measure.COMPUTED, *measure.MODES) and finding.status is Status.ESTIMATED
    if not supply or finding.gap is None or finding.word in (None, measure.NEAR):
        return False
    low, high = measure.births_error(place.level, CHILDREN, finding.denominator)
    base = finding.value - finding.gap
    return finding.value / (1 + high / 100) < base <= finding.value / (1 + low / 100)


def _wrong_reason(db: Database, place: Territory, findings, finding: Finding, loaded) -> bool:
    """ "10 000 habitants ou moins" said of a larger town."""
    people = territories.population(db, place)[0]
    return "10\u202f000" in finding.reason and (people is None or people > measure.SMALL_COMMUNE)


RULES = {
    "comparisons of two years without both": _two_years,
    "comparisons under twenty people": _few_people,
    "two verdicts on one supply": _two_verdicts,
    "two numbers of missing places": _two_numbers,
    "fewer places missing than the gap asks": _under_its_gap,
    "verdicts that the error of births turns over": _turned_over,
    "not published, of a source not loaded": _unloaded,
    "reasons that the data deny": _wrong_reason,
}


def contradictions(report: Report) -> list[str]:
    """What the headline, the priorities, the messages and the outlook of one report say against each other."""
    found = []
    rate = report.findings[measure.OFFICIAL]
    first = {item.indicator for item in report.priorities}
    short = rate.word in RATIO_WORDS[:2]
    if short and measure.OFFICIAL not in first:
        found.append("below its reference, and no priority")
    if rate.word is not None and f"est {rate.word} d" not in report.headline:
        found.append("a headline that is not the verdict of the rate")
    if first & set(measure.MODES):
        found.append("a mode as a priority")
    good = {message.indicator for message in report.messages if message.good}
    if good & first:
        found.append("good news that is a priority")
    if rate.missing is not None and rate.missing >= 0.5:
        whole = [row for row in report.outlook.places if row.reach is not None]
        if any(row.reach < rate.missing - 1e-6 for row in whole if row.keep >= 0):
            found.append("fewer places to reach than are missing today, for more children")
    called = [
        lever for lever in report.levers if lever.need == "gap" and measure.OFFICIAL in lever.indicators
    ]
    if called and rate.apart is not None:
        found.append("a gap to act on, of a figure that is compared with nothing")
    if report.outlook.children and not report.outlook.error:
        found.append("an outlook without its error")
    return found + disordered(report)


def disordered(report: Report) -> list[str]:
    """What the key messages say out of their order, or beside the whole so that a reader would add it."""
    found, kinds = [], [ORDER.index(message.kind) for message in report.messages]
    if kinds != sorted(kinds):
        found.append("messages out of their order")
    rest = [message for message in report.messages if message.kind not in ORDER[:2]]
    reckoned = [message.status == Status.ESTIMATED for message in rest]
    if reckoned != sorted(reckoned):
        found.append("an estimate before what is counted")
    for why in (message for message in report.messages if message.kind == ORDER[1]):
        gap = report.findings[measure.OFFICIAL].gap
        parts = sum(row.contribution for row in report.coverage.gap_by_mode)
        if not report.coverage.official and "ne s’additionnent pas" not in why.detail:
            found.append("parts that a reader would add")
        if report.coverage.official and gap is not None and abs(parts - gap) > 0.3:
            found.append("official parts that are not the whole")
    return found


def proposals(db: Database, report: Report) -> list[str]:
    """What the page Agir would propose there that no children can fill, that no commune lacks, or on too few communes."""
    target = acting.coverage_target(report)
    if target is None or ground_of.too_large(db, report.territory):
        return []
    ground = ground_of.cached_ground(db, report.territory)
    if not ground_of.rankable(ground):
        return []
    wanted = siting.where_target(ground, report, target)
    given = ground_of.first(ground, MANY_PLACES, wanted)
    rows, found = ground.communes.reindex(list(given.by_commune)), []
    filled = rows["places"].fillna(0.0) + pd.Series(given.by_commune, dtype=float)
    if (filled > rows["children"] + 1e-6).any():
        found.append("more places than children")
    rate = report.findings[measure.OFFICIAL]
    lacked = measure.shortage(db, report.territory, target, rate.year) if rate.missing is not None else None
    made_up = lacked is not None and lacked.below and lacked.below[0].level == Level.COMMUNE
    if made_up and not ground_of.access_known(ground) and given.before > lacked.total + 1e-6:
        found.append("more places than are missing")
    sure = ground_of.access_known(ground) or ground_of.rated_share(ground) >= ground_of.RANKED_SHARE
    if not sure and " sur " not in siting.where_sentence(ground).partition(" : ")[0]:
        found.append("an order that does not say of how many")
    return found


_PLURALS = "communes|quartiers|naissances|habitants|places|enfants|fiches|crèches|intercommunalités|départements|autres|écarts"
_COUNTED = r"(?:\d|\b(?:[Uu]ne|[Dd]eux|[Tt]rois|[Qq]uatre|[Cc]inq|[Ss]ix|[Ss]ept|[Hh]uit|[Nn]euf))"
_SHORT = "nettement en dessous :|restent? en dessous|sans accueil de loisirs|n’(?:a|ont) pas d’accueil|(?:a|ont) une école"
_ALIKE = r"(?:bis|fois|mois|relais|accès|cas|temps|repas|avis|dans|sans|vers|plus|moins|puis|sous|très|ans)\b"
"""Words in s that are no plural of what is counted."""
NEVER = re.compile(
    rf"(?<![\d\s,=÷×→])\s1\s(?:{_PLURALS})\b"
    r"|environ (?:0|zéro|100\s%)(?![\d,])|\b(?:à|dans|sur|de) 1 commune\b|\b0 communes? [a-zà]"
    r"|n[’'](?:a|ont) (?:pas|aucune?) (?:de )?crèche"
    r"|(?<![\d ,])0,\d+ (?:places?|enfants?)\b(?! (?:pour|par|en))"
    r"|\b(?:nan|None|NaT|inf)\b|\b(?:departement|epci|region|commune):[0-9F]"
    r"|\b(?:sur|de|à|dans|et|pour|environ) (?!(?:19|20)\d\d\b)\d{4,}(?![\d-]| ?[A-ZÉ])\b"
    rf"|{_COUNTED} (?:communes?|intercommunalités?|départements?|régions?) (?:{_SHORT})"
    r"|(?<!cf)\. (?:environ|il manque|moins de|une place|soit|dont) "
    rf"|(?<![\d,./-])(?<!\d )[01] (?!{_ALIKE})[a-zà-ÿ]+s\b"
    r"|\w'\w|\b(?:insee|cnaf|urssaf|dgcl|anct)\b"
    r"|environ \d+(?: \d{3})*,0\b"
    r"|\d,\d+ (?:enfants?|habitants?|foyers?|familles?|naissances?|jeunes?)\b(?![^.;]* (?:pour|par) )"
    r"|\b(?:de le|de les|à le|à les) |\bà Les? [A-ZÉÈ]|\b[dl]’[b-df-gj-np-tv-xzç]|[Ii]l manque (?:environ )?[\d ]+ (?:enfant|habitant|jeune|famille)|\(\)|\[\]"
)
"""What no sentence holds: members that are short, without of how many; a thousand that no space parts, a plural of one, « environ » of all or nothing, less than a place, a programmer's word, a key, a plural of none, a
straight apostrophe, a producer without its capital, decimals of what is rounded or of people."""
_REFERENCES_OF_LAW = re.compile(r"permettent pas de le |en mesure de le ")


def badly_said(text: str) -> str:
    """What a sentence says that none may; empty when it is well said."""
    plain = _REFERENCES_OF_LAW.sub("", re.sub("[\u00a0\u202f]", " ", text))
    found = NEVER.search(plain)
    return found[0] if found else ""


def unsourced(db: Database, report: Report) -> list[str]:
    """Figures of a chapter that its source line does not name the files of, and lines of the four lists that give a figure
    without its year."""
    titles = {line.id: line.title for line in report.sources}
    found = []
    for section in story.sections(report, db=db):
        if not section.source or section.id in _OF_TABLES:
            continue
        for name in section.indicators:
            finding = report.findings.get(name)
            if finding is None or not finding.status.known or finding.value is None:
                continue
            missing = [titles[one] for one in finding.sources if titles.get(one, "") not in section.source]
            found += [f"{section.id}: {name} without {title}" for title in missing]
    lines = afom.proposed(report)
    said = next((one.source for one in story.sections(report, db=db) if one.id == "enjeux"), "")
    for line in lines:
        for name in line.indicators:
            sources = report.findings[name].sources if report.findings[name].status.known else ()
            found += [
                f"enjeux: {line.text} without {titles[one]}" for one in sources if titles[one] not in said
            ]
    told = [(line.text, line.indicators) for line in lines]
    told += [(one.figure, (one.indicator,)) for one in story.stakes(report)]
    for text, names in told:
        # A list may be undated: then no year is known to say.
        if any(report.findings[name].year for name in names) and not _YEAR.search(text):
            found.append(f"enjeux: {text} without a year")
    return found


_OF_TABLES = ("leviers",)
"""Chapters whose figures stand in tables of aids, each with its scale."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def every_text(db: Database, report: Report) -> list[str]:
    """Every text of the chapters of a report, of its messages, and of its figures as the terminal reads them."""
    sections = story.sections(report, db=db)
    readings = [f"{one.reading} {one.reason} {one.caution}" for one in report.findings.values()]
    return [report.headline, *readings, *_texts(sections), *_texts(report.messages), *_texts(report.unknown)]


_NAMES = frozenset({"id", "key", "code", "indicator", "indicators", "stat", "kind", "role", "territory"})
"""Fields that name something for the program, not for a reader."""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if " " in value or "\u00a0" in value else []
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [
            getattr(value, field.name) for field in dataclasses.fields(value) if field.name not in _NAMES
        ]
    elif isinstance(value, Mapping):
        parts = [part for name, part in value.items() if name not in _NAMES]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return []
    return [text for part in parts for text in _texts(part)]

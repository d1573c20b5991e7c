"""Report: all findings of a territory as plain data, shared by pages and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnostic import french
from diagnostic.indicators import INHABITANTS
from diagnostic.model import Against, Finding, Indicator, Reference, Territory


@dataclass(frozen=True)
class Context:
    """Who we are: parents, size, geography, and which data speak. `within` names what stands above, France apart: the
    départements of an EPCI that spans several stand together, the most populated part first."""

    parents: tuple[Territory, ...]
    within: tuple[str, ...]
    communes: int
    population: float | None
    population_year: int | None
    density: str
    qpv: int | None
    geography: str
    fictional: bool
    date: str
    database: str


@dataclass(frozen=True)
class Member:
    """One member (commune of an EPCI, EPCI of a département) with its finding for each indicator."""

    territory: Territory
    findings: Mapping[str, Finding]


@dataclass(frozen=True)
class Mode:
    """One mode of care in one territory: places, rate per 100 children under 3, its status."""

    mode: str
    label: str
    places: float | None
    rate: float | None
    status: str


@dataclass(frozen=True)
class ModeBar:
    """The modes of one territory, official or computed, with the total; `title` names the territory."""

    key: str
    title: str
    year: int | None
    total: float | None
    modes: tuple[Mode, ...]


@dataclass(frozen=True)
class ModeGap:
    """What a mode brings to the gap with the reference: the rate here, the one beside and the points between them, which
    add up to the gap over the modes."""

    mode: str
    label: str
    local: float | None
    beside: float | None
    contribution: float


@dataclass(frozen=True)
class CoverageChange:
    """What moved the places for 100 children between two vintages counted the same way; the effects are in points."""

    from_year: int | None
    to_year: int | None
    from_rate: float | None
    to_rate: float | None
    total: float
    places: float
    children: float
    reading: str


@dataclass(frozen=True)
class Estimate:
    """A commune without a published rate: the places and the rate of its crèches, what all modes are estimated to give
    between `low` and `high`, the rate of its EPCI (`group`), how sure it is (`grade`)."""

    code: str
    name: str
    children: float
    places: float
    rate: float
    estimate: float
    low: float
    high: float
    group: float
    grade: str


@dataclass(frozen=True)
class Coverage:
    """Under-threes: modes against the references, why the gap, what changed, communes estimated."""

    official: bool
    bars: tuple[ModeBar, ...]
    gap_by_mode: tuple[ModeGap, ...]
    change: CoverageChange | None
    estimates: tuple[Estimate, ...]
    source_line: str
    reading: str


@dataclass(frozen=True)
class Series:
    """A yearly series of one indicator in one territory."""

    key: str
    name: str
    years: tuple[int, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class WithoutLeisure:
    """A commune without a leisure centre: the commune of the nearest one, and whether it is beyond the radius."""

    code: str
    name: str
    children: float | None
    nearest_km: float | None
    nearest: str | None
    beyond: bool | None


@dataclass(frozen=True)
class SchoolsAlone:
    """A commune that has schools and no leisure centre."""

    code: str
    name: str
    schools: float
    children: float | None


@dataclass(frozen=True)
class LeisurePlaces:
    """Places of the leisure centres, `value` for 100 children."""

    places: float
    children: float
    value: float | None
    year: int | None


@dataclass(frozen=True)
class Alsh:
    """Access to leisure centres: in the commune, within the radius, and who is left out.

    `children`, `with_access` (in their commune) and `within_radius` count children aged 3 to 11.
    `without` and `schools_without` list the communes with most children first and may stop before the last:
    `communes_without`, `children_without`, `communes_with_school` and `schools_alone` count them all.
    `places` is None where a capacity is not known.
    """

    radius_km: float
    children: float | None
    with_access: float | None
    within_radius: float | None
    without: tuple[WithoutLeisure, ...]
    schools_without: tuple[SchoolsAlone, ...]
    places: LeisurePlaces | None
    reading: str
    communes_known: int = 0
    communes_without: int = 0
    children_without: float | None = None
    communes_with_school: int = 0
    schools_alone: float = 0.0


@dataclass(frozen=True)
class Quarter:
    """A priority district: the names of its communes, its people, and how many facilities of each type (`stat`) stand
    inside, and outside at most 500 m away; None is unknown. `missing` has none of them inside nor near."""

    code: str
    name: str
    communes: tuple[str, ...]
    population: float | None
    population_year: int | None
    located: bool
    located_by: str
    inside: dict[str, int | None]
    near: dict[str, int | None]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Qpv:
    """Priority districts one by one, and how many lack each type of facility (`missing_by_type`).

    `located_by` says how: polygon, producer, communes, or empty.
    """

    districts: tuple[Quarter, ...]
    located_by: str
    missing_by_type: dict[str, int | None]
    outside: dict[str, int | None]
    reading: str


@dataclass(frozen=True)
class Reach:
    """Crèche places that a commune reaches: `raw` and `value` are places for 100 children, of the commune and within
    reach (`access` is the same as value), `main_supplier` is the code of the commune that serves it most."""

    code: str
    name: str
    children: float | None
    places: float | None
    raw: float | None
    value: float | None
    access: float | None
    floor: float | None
    covered: float | None
    own_share: float | None
    main_supplier: str | None
    main_supplier_name: str | None
    main_share: float | None
    supplier_outside: bool
    kept_share: float | None


@dataclass(frozen=True)
class NearestPlace:
    """The nearest facility of one commune: its name, its commune, `where` ("à Targon"), how many the commune has."""

    code: str
    name: str
    km: float | None
    place: str | None
    commune: str | None = None
    where: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Nearest:
    """How far the facilities of one type (`stat`) are: the mean of the inhabitants, the farthest commune, each commune."""

    stat: str
    label: str
    mean_km: float | None
    farthest: str | None
    farthest_km: float | None
    by_commune: tuple[NearestPlace, ...]


@dataclass(frozen=True)
class Accessibility:
    """Places within reach beside the raw rate, communes that depend on neighbours, who serves them."""

    bands: tuple[tuple[float, float], ...]
    communes: tuple[Reach, ...]
    nearest: tuple[Nearest, ...]
    reading: str


YOUNG, TEENAGERS = "moins_3", "12_17"
TREND = "trend"
"""Age bands and the scenario of an outlook that are read by name."""


@dataclass(frozen=True)
class ChildrenAhead:
    """Children of an age band in a year to come; those who came lay between `low` and `high` (the trend of the
    under-threes)."""

    scenario: str
    label: str
    year: int
    band: str
    band_label: str
    children: float | None
    method: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class PlacesAhead:
    """Places to add in a year to come, to keep the rate and to reach the reference."""

    scenario: str
    label: str
    year: int
    children: float
    keep: float
    reach: float | None


@dataclass(frozen=True)
class OutlookError:
    """How wrong the trend was so many years ahead, for territories of this size: the mean (%), the band (% to add),
    the share of the past cases in it (%)."""

    scenario: str
    label: str
    horizon: int
    error: float
    low: float
    high: float
    held: float
    cases: int


@dataclass(frozen=True)
class Outlook:
    """Children to come by scenario, places to keep and to reach the reference, back-test error.

    All are empty under `projection.FEWEST_BIRTHS`, and `reading` says so. `anchor` is what Insee estimates of the
    children under 5 of the département, removals included, since the last scenario cannot tell them; empty where its
    file is not loaded.
    """

    children: tuple[ChildrenAhead, ...]
    places: tuple[PlacesAhead, ...]
    error: tuple[OutlookError, ...]
    reading: str
    anchor: str = ""

    def curves(self, band: str) -> dict[str, list[tuple[int, float]]]:
        """The children of that age under each scenario: (year, count), the years whose count is known."""
        found: dict[str, list[tuple[int, float]]] = {}
        for row in self.children:
            if row.band == band and row.children is not None:
                found.setdefault(row.scenario, []).append((row.year, row.children))
        return {scenario: sorted(points) for scenario, points in found.items()}


@dataclass(frozen=True)
class Priority:
    """A gap worth a debate: why it stands here, in order."""

    order: int
    indicator: str
    children: float | None
    grade: str | None
    sentence: str
    reason: str


@dataclass(frozen=True)
class Message:
    """A key message: the sentence, one line of detail, the indicator and the status behind it.

    `kind` is its subject in a word; `figure` and `unit` are what stands in large type where the value of the
    indicator does not.
    """

    sentence: str
    detail: str
    indicator: str | None
    status: str
    good: bool | None
    kind: str = ""
    figure: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Peer:
    """A territory like this one, with what makes it one."""

    territory: Territory
    distance: float
    why: str
    added: bool = False


@dataclass(frozen=True)
class SourceLine:
    """A source that speaks in this report: producer, title, vintage, geography, licence."""

    id: str
    title: str
    producer: str
    vintage: str
    geography: str
    licence: str
    page: str


@dataclass(frozen=True)
class DutyHere:
    """A duty of the law, whether it binds this territory, and what the data say of it (None: unknown)."""

    id: str
    duty: str
    summary: str
    article: str
    source: str
    threshold: int | None
    in_force_on: str
    binds: bool | None
    in_force: bool
    met: bool | None
    sentence: str
    proof: str


@dataclass(frozen=True)
class Service:
    """A type of facility (`stat`) for families: how many, for how many people, beside its reference; `reason` says why
    the count is unknown."""

    stat: str
    label: str
    theme: str
    count: float | None
    year: int | None
    status: str
    ratio: float | None
    ratio_unit: str
    indicator: str | None
    reference: float | None
    missing: float | None
    members_without: int | None
    nearest_km: float | None
    reason: str
    reading: str


@dataclass(frozen=True)
class LeverHere:
    """A lever of the vademecum: why it is shown here, the indicators that call it, and what it may bring (`amounts`)."""

    id: str
    dispositif: str
    theme: str
    themes: tuple[str, ...]
    need: str
    reason: str
    indicators: tuple[str, ...]
    amounts: tuple[str, ...]
    description: str
    beneficiaires: str
    condition: str
    besoin: str
    evolution: str
    evolution_source: str
    contact: str
    source: str


@dataclass(frozen=True)
class Unknown:
    """An indicator without a value, why, and whom to ask."""

    indicator: str
    label: str
    reason: str
    whom: str


@dataclass(frozen=True)
class LocalFigure:
    """A figure made of a file of the session, beside the open one; hidden values are gone already.

    `origin` is the file, `received` its day in words. `open_value` and `open_year` are the open figure of the
    same territory, `difference` says in words how far apart they are.
    """

    territory: Territory
    indicator: Indicator
    finding: Finding
    origin: str
    received: str
    open_value: float | None
    open_year: int | None
    difference: str


@dataclass(frozen=True)
class LocalStructure:
    """A structure that a file of the session names; `template` says of which type, `badge` from which file."""

    template: str
    name: str
    commune: str
    places: float | None
    year: int
    badge: str


@dataclass(frozen=True)
class Report:
    """Everything that is said of one territory against one reference. JSON-serialisable by `as_dict`.

    `epci` holds the commune, with its own figures. `local`, `local_notes` (what secrecy hides of them) and
    `local_structures` are filled on a copy that belongs to one session, never on a report that visitors share. `asked` is what the report was built
    from, as text: `exports.digest` tells two reports apart by it.
    """

    territory: Territory
    reference: Reference | None
    context: Context
    findings: Mapping[str, Finding]
    headline: str
    messages: tuple[Message, ...]
    members: tuple[Member, ...]
    epci: Member | None
    member_level: str
    siblings_label: str
    coverage: Coverage
    births: tuple[Series, ...]
    alsh: Alsh
    qpv: Qpv
    access: Accessibility
    outlook: Outlook
    peers: tuple[Peer, ...]
    peers_variables: tuple[str, ...]
    duties: tuple[DutyHere, ...]
    duties_reading: str
    services: tuple[Service, ...]
    priorities: tuple[Priority, ...]
    levers: tuple[LeverHere, ...]
    sources: tuple[SourceLine, ...]
    notes: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    local: tuple[LocalFigure, ...] = ()
    local_notes: tuple[str, ...] = ()
    local_structures: tuple[LocalStructure, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def born(self) -> dict[int, float]:
        """The births of the territory, year by year, where they are known."""
        own = next((one for one in self.births if one.key == self.territory.key), None)
        pairs = zip(own.years, own.values, strict=True) if own is not None else ()
        return {year: value for year, value in pairs if value is not None}

    @property
    def of_one_visit(self) -> bool:
        """Whether it holds figures or structures of a visitor's own files: nothing made of it outlives the visit."""
        return bool(self.local or self.local_notes or self.local_structures)

    def against(self, indicator: str) -> Against | None:
        """What the indicator is compared with: its names, value, year and status. None without a reference.

        The one way to name or to value a reference: a goal measures some indicators, and the others are
        compared with a territory, under its own name.
        """
        return None if self.reference is None else self.reference.against(indicator)

    @property
    def compared_with(self) -> str:
        """ "la Gironde", "l’objectif de 70 places pour 100 enfants", "—" without a reference."""
        return self.reference.the if self.reference is not None else french.UNKNOWN

    @property
    def beside(self) -> Territory | None:
        """The territory that stands beside this one where a line, a bar or a count needs a territory."""
        found = self.against(INHABITANTS)
        return found.territory if found is not None else None

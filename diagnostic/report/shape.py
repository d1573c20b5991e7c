"""Report: all findings of a territory as plain data, shared by pages and exports."""

from __future__ import annotations

from dataclasses import dataclass, field

from diagnostic import french
from diagnostic.indicators import INHABITANTS
from diagnostic.model import Against, Finding, Indicator, Reference, Territory


@dataclass(frozen=True)
class Parent:
    """A territory that contains this one, or stands beside it as a reference."""

    territory: Territory
    label: str


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
    findings: dict[str, Finding]


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
class Coverage:
    """Under-threes: modes against the references, why the gap, what changed, communes estimated.

    `estimates`: code, name, children, places and rate (its crèches), estimate, low, high (all modes), grade, group
    (the EPCI's rate).
    """

    official: bool
    bars: tuple[ModeBar, ...]
    gap_by_mode: tuple[ModeGap, ...]
    change: CoverageChange | None
    estimates: tuple[dict, ...]
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
class Alsh:
    """Access to leisure centres: in the commune, within the radius, and who is left out.

    `children`, `with_access` (in their commune) and `within_radius` count children aged 3 to 11.
    `without`: code, name, children, nearest_km, nearest (commune), beyond (the radius; None unknown).
    `schools_without`: code, name, schools, children. Both list the communes with most children first and may stop
    before the last: `communes_without`, `children_without`, `communes_with_school` and `schools_alone` count them all.
    `places` (where capacities are known): places, value (per 100 children), children, year.
    """

    radius_km: float
    children: float | None
    with_access: float | None
    within_radius: float | None
    without: tuple[dict, ...]
    schools_without: tuple[dict, ...]
    places: dict | None
    reading: str
    communes_known: int = 0
    communes_without: int = 0
    children_without: float | None = None
    communes_with_school: int = 0
    schools_alone: float = 0.0


@dataclass(frozen=True)
class Qpv:
    """Priority districts one by one: communes, and facilities inside, within 500 m, by type.

    `districts`: code, name, communes (names), population and population_year (None unknown), located, inside and near
    ({stat: count}, None unknown; near counts those outside at most 500 m away), missing (stats with none inside nor near).
    `located_by` says how: polygon, producer, communes, or empty. `missing_by_type`: districts without any.
    """

    districts: tuple[dict, ...]
    located_by: str
    missing_by_type: dict[str, int | None]
    outside: dict[str, int | None]
    reading: str


@dataclass(frozen=True)
class Accessibility:
    """Places within reach beside the raw rate, communes that depend on neighbours, who serves them.

    `communes`: code, name, children, places, raw and value (places per 100 children, of the commune and
    within reach; `access` is the same as value), floor, covered, own_share, main_supplier (code),
    main_supplier_name, main_share, supplier_outside, kept_share. `nearest`: stat, label, mean_km (mean of
    the inhabitants), farthest (commune), farthest_km, by_commune (code, name, km, place, commune, where ("à Targon"),
    count of its own).
    """

    bands: tuple[tuple[float, float], ...]
    communes: tuple[dict, ...]
    nearest: tuple[dict, ...]
    reading: str


@dataclass(frozen=True)
class Outlook:
    """Children to come by scenario, places to keep and to reach the reference, back-test error.

    `children`: scenario, label, year, band, band_label, children, low, high (between which those who came lay, for the
    trend of the under-threes), method. `places`: scenario, label, year, children, keep, reach. `error`: scenario, label, horizon,
    error (mean, %, of territories of this size), low and high (the band, % to add), held (% of the past cases in it),
    cases. All are empty under
    `projection.FEWEST_BIRTHS`, and `reading` says so. `anchor` is what Insee estimates of the children under 5 of the
    département, removals included, since the last scenario cannot tell them; empty where its file is not loaded.
    """

    children: tuple[dict, ...]
    places: tuple[dict, ...]
    error: tuple[dict, ...]
    reading: str
    anchor: str = ""


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
class Report:
    """Everything that is said of one territory against one reference. JSON-serialisable by `as_dict`.

    `duties`: id, duty, summary, article, source, threshold, binds, in_force, met, sentence.
    `services`: stat, label, theme, count, year, status, ratio, ratio_unit, indicator, reference, missing,
    members_without, nearest_km, reason. `levers`: id, dispositif, theme, themes, need, reason, indicators,
    amounts (lines), description, beneficiaires, condition, evolution, contact, source.
    `epci` holds the commune, with its own figures. `unknown`: indicator, label, reason, whom (whom to ask). `local` and `local_notes` (what secrecy hides of
    them) are filled on a copy that belongs to one session, never on a report that visitors share. `asked` is what
    the report was built from, as text: `exports.digest` tells two reports apart by it.
    """

    territory: Territory
    reference: Reference | None
    context: Context
    findings: dict[str, Finding]
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
    duties: tuple[dict, ...]
    duties_reading: str
    services: tuple[dict, ...]
    priorities: tuple[Priority, ...]
    levers: tuple[dict, ...]
    sources: tuple[SourceLine, ...]
    notes: tuple[str, ...] = ()
    unknown: tuple[dict, ...] = field(default=())
    local: tuple[LocalFigure, ...] = ()
    local_notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

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

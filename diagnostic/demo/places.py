"""Who is where: communes, EPCI, départements and régions of the invented island, and its merged communes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from diagnostic.demo import names, shapes

COMMUNES_PER_DEPARTEMENT = 350
DEPARTEMENTS_PER_REGION = 8
COMMUNES_PER_EPCI = 29
CITY = 90_000
MERGED_SHARE = 0.38
RESTORED_ON = 2025
ARRONDISSEMENTS = 3

URBAN, SUBURBAN, RURAL = 0, 1, 2
# From this number of communes on, a set holds each odd case of the real files.
ALL_CASES_FROM = 100

DENSITY = (
    "Grands centres urbains",
    "Centres urbains intermédiaires",
    "Petites villes",
    "Ceintures urbaines",
    "Bourgs ruraux",
    "Rural à habitat dispersé",
    "Rural à habitat très dispersé",
)


@dataclass(frozen=True)
class Area:
    """An EPCI, a département or a région: its members as positions of communes, its seat among them."""

    code: str
    name: str
    tncc: int
    seat: int
    members: np.ndarray
    parent: int


@dataclass(frozen=True)
class Former:
    """A commune that merged into another: `code` is in use in files of an older geography only."""

    code: str
    name: str
    tncc: int
    into: int
    kept_name: str
    kept_tncc: int


@dataclass(frozen=True)
class Arrondissement:
    """A part of a large town, with a code of its own in the files that count by arrondissement."""

    code: str
    name: str
    share: float


@dataclass(frozen=True)
class Restored:
    """A commune that exists again since RESTORED_ON, and the one that held it before."""

    commune: int
    held_by: int


def split(total: int, parts: list[Arrondissement]) -> list[int]:
    """Whole counts of the parts, which add up to `total`."""
    counts = [int(total * part.share) for part in parts]
    return [*counts[:-1], total - sum(counts[:-1])] if parts else []


@dataclass(frozen=True)
class Places:
    """Communes are positions 0…n-1; arrays are aligned on them.

    `epci` is -1 for a commune outside any EPCI. `size` is the number of inhabitants aimed at. `wealth` is
    a score around 0, higher where living standards are.
    `units` are the communes of the older geography: `unit_of` gives the commune of today.
    `arrondissements` are those of the towns that have some.
    """

    mosaic: shapes.Mosaic
    codes: list[str]
    names: list[str]
    tncc: list[int]
    departement: np.ndarray
    region: np.ndarray
    epci: np.ndarray
    kind: np.ndarray
    size: np.ndarray
    wealth: np.ndarray
    density: np.ndarray
    epcis: list[Area]
    departements: list[Area]
    regions: list[Area]
    former: list[Former]
    unit_codes: list[str]
    unit_names: list[str]
    unit_of: np.ndarray
    unit_share: np.ndarray
    arrondissements: dict[int, list[Arrondissement]]
    restored: Restored | None

    def __len__(self) -> int:
        return len(self.codes)

    def levels(self) -> Iterator[tuple[str, str, np.ndarray]]:
        """(Melodi GEO_OBJECT, code, members) of every area above the commune."""
        for kind, areas in (("EPCI", self.epcis), ("DEP", self.departements), ("REG", self.regions)):
            for area in areas:
                yield kind, area.code, area.members
        yield "FRANCE", "F", np.arange(len(self))

    def today(self, by_unit: np.ndarray) -> np.ndarray:
        """Sum an array of the older geography into the communes of today, along its first axis."""
        total = np.zeros((len(self), *by_unit.shape[1:]), dtype=by_unit.dtype)
        np.add.at(total, self.unit_of, by_unit)
        return total


def settle(count: int, rng: np.random.Generator) -> Places:
    """Draw the island, cut it into areas, name and people them."""
    mosaic, named, ranges = _lay_out(count, rng)
    departement = np.repeat(np.arange(len(ranges)), [len(r) for r in ranges])
    letters = area_codes(len(ranges) + 1)
    codes = [f"{letters[d]}{i + 1:03d}" for d, r in enumerate(ranges) for i in range(len(r))]
    epci_groups, kinds = _epci_groups(mosaic, ranges, rng)
    size, seats = _sizes(mosaic, epci_groups, kinds, rng)
    kind = np.full(count, RURAL)
    epci = np.full(count, -1)
    for e, members in enumerate(epci_groups):
        kind[members], epci[members] = kinds[e], e
    libelles, tncc = [n for n, _ in named], [t for _, t in named]
    outside = _outsider(count, epci_groups, seats)
    if outside is not None:
        epci[outside] = -1
        epci_groups = [members[members != outside] for members in epci_groups]
    wealth = _wealth(kind, size, rng)
    former = _former(ranges, letters, size, rng)
    area_names = names.roots(800, rng)
    unit_codes, unit_names, unit_of, unit_share = _units(codes, libelles, former)
    if len(ranges) == 1 and count >= ALL_CASES_FROM:
        moved = _second_departement(mosaic, epci, outside, seats, former)
        ranges = [np.setdiff1d(ranges[0], moved), moved]
        departement[moved] = 1
        renumbered = {codes[c]: f"{letters[1]}{k + 1:03d}" for k, c in enumerate(moved.tolist())}
        codes, unit_codes = ([renumbered.get(code, code) for code in some] for some in (codes, unit_codes))
    else:
        _straddle(mosaic, epci, epci_groups, departement, seats)
    regions_wanted = max(1, round(len(ranges) / DEPARTEMENTS_PER_REGION))
    region_of_block = np.arange(len(ranges)) * regions_wanted // len(ranges)
    return Places(
        mosaic=mosaic,
        codes=codes,
        names=libelles,
        tncc=tncc,
        departement=departement,
        region=region_of_block[departement],
        epci=epci,
        kind=kind,
        size=size,
        wealth=wealth,
        density=_density(size, kind),
        epcis=_epcis(zip(epci_groups, kinds, seats, strict=True), departement, libelles, size, area_names),
        departements=_departements(ranges, letters, size, region_of_block, area_names),
        regions=_regions(region_of_block, departement, size, area_names, regions_wanted),
        former=former,
        unit_codes=unit_codes,
        unit_names=unit_names,
        unit_of=unit_of,
        unit_share=unit_share,
        arrondissements=_arrondissements(codes, libelles, size, seats, former),
        restored=_restored(mosaic, kind, epci, departement, seats, former),
    )


def area_codes(count: int) -> list[str]:
    """`F1`, `F2`, … `F9`, `G1`, …: two characters, the first a letter, as no real département or région."""
    return [f"{letter}{digit}" for letter in "FGHJKLMNPQRSTUVWXYZ" for digit in range(1, 10)][:count]


def _lay_out(count: int, rng) -> tuple[shapes.Mosaic, list[tuple[str, int]], list[np.ndarray]]:
    """The island, its names, and the positions of each département's communes."""
    mosaic = shapes.island(count, rng)
    how_many = max(1, round(count / COMMUNES_PER_DEPARTEMENT))
    blocks = shapes.partition(
        mosaic.centres,
        np.arange(count),
        [count // how_many + (i < count % how_many) for i in range(how_many)],
    )
    return _in_code_order(mosaic, names.commune_names(count, rng), blocks)


def _in_code_order(mosaic, named, blocks):
    """Reorder so that communes follow one another by département, then by name, as codes do."""
    order = np.concatenate(
        [sorted(b.tolist(), key=lambda i: names.plain(names.bare(*named[i]))) for b in blocks]
    )
    order = order.astype(int)
    place = np.empty(len(order), dtype=int)
    place[order] = np.arange(len(order))
    moved = shapes.Mosaic(
        mosaic.centres[order],
        [mosaic.rings[i] for i in order],
        [(int(place[a]), int(place[b]), *rest) for a, b, *rest in mosaic.neighbours],
    )
    ends = np.cumsum([len(b) for b in blocks])
    ranges = [np.arange(end - len(b), end) for end, b in zip(ends, blocks, strict=True)]
    return moved, [named[i] for i in order], ranges


def _epci_groups(mosaic, ranges, rng) -> tuple[list[np.ndarray], list[int]]:
    groups, kinds = [], []
    for members in ranges:
        wanted = max(1, round(len(members) / COMMUNES_PER_EPCI))
        weights = rng.uniform(0.8, 1.2, wanted)
        cuts = np.round(np.cumsum(weights) / weights.sum() * len(members)).astype(int)
        sizes = np.diff(np.concatenate([[0], cuts])).tolist()
        groups += shapes.partition(mosaic.centres, members, sizes)
        if wanted == 1:
            kinds.append(URBAN if len(members) >= 8 else RURAL)
        else:
            suburban = 1 + (wanted >= 8) if wanted >= 3 else 0
            kinds += [URBAN] + [SUBURBAN] * suburban + [RURAL] * (wanted - 1 - suburban)
    return groups, kinds


def _sizes(mosaic, groups, kinds, rng) -> tuple[np.ndarray, list[int]]:
    """Inhabitants aimed at in each commune, and the seat of each EPCI (its largest commune)."""
    size = np.zeros(len(mosaic.centres))
    seats = []
    for number, (members, kind) in enumerate(zip(groups, kinds, strict=True)):
        centres = mosaic.centres[members]
        away = np.hypot(*(centres - centres.mean(axis=0)).T) * 90
        seat = int(members[np.argmin(away)])
        draw = rng.standard_normal(len(members))
        city = 1.0 if number == 0 else float(np.exp(rng.normal(0, 0.5)))
        if kind == URBAN:
            size[members] = np.clip(7_500 * np.exp(0.75 * draw - away / 14), 300, 26_000)
            size[seat] = CITY * city if len(members) > 8 else 24_000
        elif kind == SUBURBAN:
            size[members] = np.clip(2_300 * np.exp(0.85 * draw), 150, 19_000)
            size[seat] = 13_500 * city**0.3
        else:
            size[members] = np.clip(430 * np.exp(0.85 * draw), 32, 3_800)
            size[seat] = 640 if len(members) == 1 else 5_200 * city**0.5
        seats.append(seat)
    return size, seats


def _outsider(count: int, groups: list[np.ndarray], seats: list[int]) -> int | None:
    """One commune that belongs to no EPCI, as four real ones do; a hamlet-sized set has none."""
    if count < ALL_CASES_FROM:
        return None
    return int(next(c for c in groups[-1] if c != seats[-1]))


def _second_departement(mosaic, epci, outside, seats, former) -> np.ndarray:
    """A set of one département cedes its last EPCI to a second, and the communes of another EPCI that touch it: that
    other lies over both. Seats and merged communes of the latter stay."""
    last = len(seats) - 1
    ceded = {*np.flatnonzero(epci == last).tolist()} | ({outside} if outside is not None else set())
    stay = {*seats, *(f.into for f in former)} - ceded
    touching: dict[int, set[int]] = {}
    for a, b, *_ in mosaic.neighbours:
        for own, other in ((a, b), (b, a)):
            if own in ceded and other not in ceded | stay and epci[other] >= 0:
                touching.setdefault(int(epci[other]), set()).add(other)
    # The least populous kind of neighbour: the last of the others.
    return np.array(sorted(ceded | touching[max(touching)]))


def _straddle(mosaic, epci, groups, departement, seats) -> None:
    """One EPCI lies over two départements, where there are two: it takes a neighbour across the border."""
    for a, b, *_ in mosaic.neighbours:
        apart = departement[a] != departement[b] and epci[a] >= 0 and epci[b] >= 0
        if apart and b not in seats and len(groups[epci[b]]) > 2:
            groups[epci[b]] = groups[epci[b]][groups[epci[b]] != b]
            groups[epci[a]] = np.sort(np.append(groups[epci[a]], b))
            epci[b] = epci[a]
            return


def _arrondissements(codes, libelles, size, seats, former) -> dict[int, list[Arrondissement]]:
    """The largest town that is no seat, in three arrondissements, as Paris, Lyon and Marseille have theirs."""
    towns = [
        i
        for i in np.argsort(-size, kind="stable").tolist()
        if size[i] > 12_000 and i not in seats and i not in {f.into for f in former}
    ]
    if not towns or len(codes) < ALL_CASES_FROM:
        return {}
    town = towns[0]
    ranks = ("1er", "2e", "3e")
    return {
        town: [
            Arrondissement(
                f"{codes[town][:2]}9{k + 1:02d}",
                f"{libelles[town]} {ranks[k]} Arrondissement",
                (0.45, 0.35, 0.20)[k],
            )
            for k in range(ARRONDISSEMENTS)
        ]
    }


def _restored(mosaic, kind, epci, departement, seats, former) -> Restored | None:
    """Two rural neighbours of one EPCI and département, one of which the other held until RESTORED_ON."""
    if len(kind) < ALL_CASES_FROM:
        return None
    taken = {*seats, *(f.into for f in former)}
    for a, b, *_ in mosaic.neighbours:
        alike = kind[a] == kind[b] == RURAL and epci[a] == epci[b] >= 0 and departement[a] == departement[b]
        if alike and not taken & {a, b}:
            return Restored(commune=a, held_by=b)
    return None


def _wealth(kind: np.ndarray, size: np.ndarray, rng) -> np.ndarray:
    base = np.array([0.15, 0.75, -0.15])[kind]
    base = base - 0.9 * (size > 40_000) - 0.35 * ((size > 10_000) & (size <= 40_000)) - 0.35 * (size < 250)
    return base + rng.normal(0, 0.5, len(size))


def _density(size: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Level 0 to 6 of the density grid, by size and kind of surroundings."""
    ring = np.where(kind == RURAL, np.where(size > 1_500, 4, 5), 3)
    level = np.where(size < 250, 6, np.where(size < 700, 5, ring))
    level = np.where(size > 5_000, 2, level)
    level = np.where(size > 12_000, 1, level)
    return np.where(size > 40_000, 0, level)


def _former(ranges, letters, size, rng) -> list[Former]:
    """One merger for each département of three communes or more, in a commune of modest size."""
    old = names.roots(800, np.random.default_rng(int(rng.integers(1 << 31))))[::-1]
    mergers = []
    for d, members in enumerate(ranges):
        if len(members) < 3:
            continue
        modest = members[np.argsort(np.abs(size[members] - 1_400), kind="stable")]
        mergers.append(
            Former(
                code=f"{letters[d]}{len(members) + 1:03d}",
                name=f"{old[2 * d]}-le-Vieux",
                tncc=int(names.starts_with_vowel(old[2 * d])),
                into=int(modest[0]),
                kept_name=f"{old[2 * d + 1]}-la-Neuve",
                kept_tncc=int(names.starts_with_vowel(old[2 * d + 1])),
            )
        )
    return mergers


def _units(codes, libelles, former):
    """The older geography: today's communes, the merged ones split in two, sorted by code."""
    merged = {f.into: f for f in former}
    rows = [
        (
            code,
            merged[i].kept_name if i in merged else libelles[i],
            i,
            1 - MERGED_SHARE if i in merged else 1.0,
        )
        for i, code in enumerate(codes)
    ]
    rows += [(f.code, f.name, f.into, MERGED_SHARE) for f in former]
    rows.sort(key=lambda row: row[0])
    unit_codes, unit_names, owners, shares = zip(*rows, strict=True)
    return list(unit_codes), list(unit_names), np.array(owners), np.array(shares)


def _epcis(groups, departement, libelles, size, roots) -> list[Area]:
    """The intercommunalités: `groups` are the members, the kind and the seat of each."""
    areas: list[Area] = []
    in_departement: dict[int, int] = {}
    used: set = set()
    for e, (members, kind, seat) in enumerate(groups):
        d = int(departement[seat])
        in_departement[d] = in_departement.get(d, 0) + 1
        name = _epci_name(kind, float(size[members].sum()), roots[e % 800], libelles[seat], e)
        if name in used:
            name = f"{name} et de {libelles[seat]}"
        used.add(name)
        areas.append(Area(f"999{d + 1:03d}{in_departement[d]:03d}", name, 0, seat, members, d))
    return areas


def _epci_name(kind: int, people: float, root: str, seat: str, number: int) -> str:
    if kind == URBAN and people > 400_000:
        return f"{seat} Métropole"
    if kind == URBAN and people > 50_000:
        return f"CA du Val-{names.of(root).replace(' ', '-')}"
    if kind == SUBURBAN:
        return f"{'CA' if people > 50_000 else 'CC'} des Portes {names.of(root)}"
    return (
        f"CC du Pays {names.of(root)}",
        f"CC des Monts {names.of(root)} et {names.of_river(names.RIVERS[number % 5])}",
        f"CC Terres {names.of(root)}",
    )[number % 3]


def _departements(ranges, letters, size, region_of_block, roots) -> list[Area]:
    return [
        Area(letters[d], f"{roots[-1 - d]}-Maritime", 1 if names.starts_with_vowel(roots[-1 - d]) else 3,
             int(members[np.argmax(size[members])]), members, int(region_of_block[d]))
        for d, members in enumerate(ranges)
    ]  # fmt: skip


def _regions(region_of_block, departement, size, roots, wanted) -> list[Area]:
    areas = []
    for r, code in enumerate(area_codes(wanted)):
        members = np.flatnonzero(region_of_block[departement] == r)
        name = f"Grand-{roots[-400 - r]}"
        areas.append(Area(code, name, 2, int(members[np.argmax(size[members])]), members, -1))
    return areas

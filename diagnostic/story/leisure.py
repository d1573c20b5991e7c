"""Leisure centres: who has one in the commune or within the radius."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import (
    BY_ID,
    DISTRICT_COUNT,
    FACILITY_LABELS,
    LEISURE,
    LEISURE_IN_COMMUNE,
    LEISURE_NEAR,
    OLDER_CHILDREN,
)
from diagnostic.model import Finding, Level, Status
from diagnostic.report import Report
from diagnostic.report.compared import counted
from diagnostic.report.distances import kilometres, place_of
from diagnostic.story.blocks import Card, Cards, Data, Facts, Map, Ranked, Section, Table, Text
from diagnostic.story.figures import notes_of, said, source_line, status_text, statuses, value_of, whole
from diagnostic.story.once import once
from diagnostic.story.words import known, listed, percent_of

MOST_ON_SLIDE = 12
MOST_BARS = 25
"""Communes drawn or listed in a document: the data have all."""

UNPUBLISHED = Card(
    french.UNKNOWN,
    "places et horaires",
    "Places, tarifs et fréquentation ne sont pas publiés",
    "À demander à la Caf et aux gestionnaires",
)


@once
def leisure_section(report: Report) -> Section | None:
    alsh, finding = report.alsh, report.findings.get(LEISURE_IN_COMMUNE)
    if finding is None:
        return None
    # Children alone are told elsewhere: without a centre known anywhere, the page says who knows.
    if value_of(finding) is None and (known(alsh.children) is None or not alsh.communes_known):
        return None
    indicator = BY_ID[LEISURE_IN_COMMUNE]
    share = value_of(finding)
    without = [french.typographic(str(c.name)) for c in alsh.without]
    cards = _rates(report, finding)
    if share is not None and report.context.communes > 1:
        cards.append(
            Card(
                french.number(alsh.communes_without) if alsh.communes_without else "Aucune",
                french.plural(alsh.communes_without, "commune", "communes")
                + (f" sur {french.number(alsh.communes_known)}" if alsh.communes_without else ""),
                "Sans accueil de loisirs recensé",
                listed(without, 6, of=alsh.communes_without),
                alert=bool(without),
            )
        )
    if not alsh.places:
        cards.append(UNPUBLISHED)
    alone = _alone(report)
    if alone is not None:
        cards[:2] = [alone]
    columns = (
        _beside_map(report, Cards(tuple(cards))) if share is not None else ((1.0, (Cards(tuple(cards)),)),)
    )
    return Section(
        "alsh",
        "Enfance · accueils de loisirs",
        _alsh_title(report, share) if alone is None else _title_alone(report, alone),
        columns,
        source_line(
            report, (LEISURE_IN_COMMUNE, DISTRICT_COUNT) if share is not None else (LEISURE_IN_COMMUNE,)
        ),
        (indicator.definition, indicator.caveat, *notes_of(report, (LEISURE_IN_COMMUNE, LEISURE_NEAR))),
        subtitle="Accueils de loisirs sans hébergement, enfants de 3 à 11 ans",
        caution="Distances à vol d’oiseau depuis le centre des communes ; ni les places, ni les horaires, ni les tarifs.",
        statuses=tuple(dict.fromkeys(word for _, _, word in _facts(report))),
        indicators=LEISURE,
        # Where a commune has none, its services and the nearest ones are told together.
        on_slides=share is not None and not (is_alone(report) and alsh.without),
        on_screen=(Facts(_facts(report)),)
        if alone is not None
        else (Facts(_facts(report)), Text((("", alsh.reading, False),))),
        on_slide=_on_one_slide(report, columns),
    )


def _rates(report: Report, finding: Finding) -> list[Card]:
    """Children with a leisure centre in their commune, and within the radius."""
    radius = _radius(report)
    near, children = known(report.alsh.within_radius), known(report.alsh.children)
    near_share = percent_of(near, children)
    return [
        Card(
            french.percent(value_of(finding), 1),
            "des 3-11 ans",
            "Vivent dans une commune qui a un accueil de loisirs",
            status_text(finding, BY_ID[LEISURE_IN_COMMUNE], report.territory),
        ),
        Card(
            french.percent(near_share, 1),
            "des 3-11 ans",
            f"Vivent à moins de {radius} km d’un accueil de loisirs",
            "À vol d’oiseau depuis le centre de la commune",
        ),
    ]


def _beside_map(report: Report, cards: Cards) -> tuple:
    alt = french.typographic(f"Carte des accueils de loisirs. {report.alsh.reading}")
    picture = Map("Accueils de loisirs (BPE)", "dots", alt, stat="alsh")
    return ((0.5, (cards,)), (0.5, (picture,)))


def is_alone(report: Report) -> bool:
    """Whether the territory is one commune: a rate over one place is a fact."""
    return report.territory.level is Level.COMMUNE


def _alone(report: Report) -> Card | None:
    """Of one commune: whether it has a leisure centre, else how far the nearest one is; None where no file tells."""
    near = place_of(report.access.nearest, "alsh", report.territory.code) if is_alone(report) else None
    if near is None:
        return None
    detail = "" if report.alsh.children is None else f"Pour {_children(report, report.alsh.children)}"
    if near.count:
        centres = french.plural(near.count, *FACILITY_LABELS["alsh"])
        return Card(french.number(near.count), centres, "Dans la commune", detail)
    where = french.typographic(f"L’accueil de loisirs le plus proche est {near.where}")
    return Card(kilometres(near), "à vol d’oiseau", where, detail, alert=True)


AGES = " de 3 à 11 ans"


def _children(report: Report, count: float) -> str:
    """ "environ 1 300 enfants de 3 à 11 ans": to two significant figures where births tell them."""
    return counted(count, f"enfants{AGES}", exact=not _by_births(report))


def _by_births(report: Report) -> bool:
    children = report.findings.get(OLDER_CHILDREN)
    return children is not None and children.status is Status.ESTIMATED


def _rounded(report: Report, count: float | None) -> float | None:
    """A number of children as a table prints it."""
    return french.two_figures(count) if count is not None and _by_births(report) else count


def _title_alone(report: Report, card: Card) -> str:
    """« Un accueil de loisirs à Targon, pour 73 enfants de 3 à 11 ans »."""
    below = f", {card.detail[:1].lower()}{card.detail[1:]}" if card.detail else ""
    if card.alert:
        return french.typographic(f"{card.sentence}, à {card.figure}{below}")
    return french.typographic(
        f"{french.capitalised(french.at(report.territory))}, {card.figure} {card.unit}{below}"
    )


def _on_one_slide(report: Report, columns: tuple) -> tuple:
    """The map beside the communes without a centre; the figures where no commune is named."""
    alsh = report.alsh
    drawn = [block for _, blocks in columns for block in blocks if isinstance(block, Map)]
    if not drawn:
        return ()
    if not alsh.without:
        return ((0.56, tuple(drawn)), (0.44, _known_and_asked(report)))
    rows = [
        (
            french.typographic(row.name),
            said(_rounded(report, row.children)),
            "inconnu" if row.nearest_km is None else f"{french.number(row.nearest_km, 1)}{french.NBSP}km",
        )
        for row in alsh.without[:MOST_ON_SLIDE]
    ]
    left = alsh.communes_without - len(rows)
    if left > 0:
        rows.append((french.quantity(left, "autre commune", "autres communes"), "", ""))
    table = Table(
        "Communes sans accueil de loisirs recensé",
        ("Commune", "3-11 ans", "Le plus proche"),
        tuple(rows),
        (0.5, 0.22, 0.28),
        (1, 2),
        left=max(left, 0),
    )
    return ((0.56, tuple(drawn)), (0.44, (table,)))


def _known_and_asked(report: Report) -> tuple:
    """How many children there are, and what no file tells of their places."""
    children = report.findings.get(OLDER_CHILDREN)
    found = value_of(children)
    cards: tuple[Cards, ...] = ()
    if found is not None and children is not None:
        near = known(report.alsh.within_radius)
        year = f" en {children.year}" if children.year else ""
        detail = (
            ""
            if near is None
            else f"{french.number(_rounded(report, near))} à moins de {_radius(report)} km d’un accueil, à vol d’oiseau"
        )
        shown = french.number(_rounded(report, found))
        card = Card(shown, "enfants", f"Ont de 3 à 11 ans{year}{_between(report)}", detail)
        cards = (Cards((card,)),)
    asked = (
        "Les places, les horaires, les tarifs et la fréquentation : à demander à la Caf et aux gestionnaires."
    )
    return (*cards, Text((("Ce que les fichiers ne disent pas", asked, False),)))


def _between(report: Report) -> str:
    """ " (entre 1 700 et 3 000)", of the children of 3 to 11 counted by births; empty where a census counts them."""
    children = report.findings.get(OLDER_CHILDREN)
    if (
        children is None
        or children.low is None
        or children.high is None
        or not french.rounded(children.value)
    ):
        return ""
    low, high = (french.number(french.two_figures(one)) for one in (children.low, children.high))
    return f" (entre {low} et {high})"


def _radius(report: Report) -> str:
    km = float(report.alsh.radius_km)
    return french.number(km, 0 if km.is_integer() else 1)


def _facts(report: Report) -> tuple[tuple[str, str, str], ...]:
    """Children aged 3 to 11: all, in a commune with a centre, within the radius, beyond."""
    alsh, finding = report.alsh, report.findings.get(OLDER_CHILDREN)
    word = "estimé" if finding and finding.status is Status.ESTIMATED else "calculé"
    beyond = None
    if alsh.children is not None and alsh.within_radius is not None:
        beyond = max(0.0, alsh.children - alsh.within_radius)
    pairs: tuple[tuple[str, float | None], ...] = (
        (f"Enfants de 3 à 11 ans{_between(report)}", alsh.children),
        ("Leur commune a un accueil", alsh.with_access),
        (f"À moins de {_radius(report)} km d’un accueil", alsh.within_radius),
        ("Au-delà", beyond),
    )
    if is_alone(report):
        pairs = (pairs[0], pairs[2], pairs[3]) if beyond else (pairs[0], pairs[2])
    return tuple(
        (label, said(_rounded(report, value)), word if value is not None else "inconnu")
        for label, value in pairs
    )


@once
def without_section(report: Report) -> Section | None:
    """Children of the communes that have no centre of their own; brown where the nearest is beyond the radius."""
    rows = sorted(
        report.alsh.without,
        key=lambda row: -1.0 if row.children is None else row.children,
        reverse=True,
    )
    if not rows or report.alsh.with_access is None or is_alone(report):
        return None
    bars = tuple(
        (french.typographic(row.name), shown, bool(row.beyond))
        for row in rows
        if (shown := _rounded(report, row.children)) is not None
    )[:MOST_BARS]
    alsh = report.alsh
    km = _radius(report)
    far = [row.beyond for row in rows]
    colours = f"en brun, celles qui sont à plus de {km} km d’un accueil"
    if not any(far):
        whole_list = len(rows) == alsh.communes_without and None not in far
        colours = f"aucune {'' if whole_list else 'connue '}n’est à plus de {km} km d’un accueil"
    children = "Un nombre inconnu d’enfants vit"
    if alsh.children_without is not None:
        exact = not _by_births(report)
        children = french.reckoned(alsh.children_without, "enfant vit", "enfants vivent", exact=exact)
    data = Data(
        ("Commune", "Enfants de 3 à 11 ans", "Accueil le plus proche", "Distance (km)", "Au-delà du rayon"),
        tuple(
            (
                french.typographic(row.name),
                whole(row.children),
                row.nearest or "inconnu",
                row.nearest_km,
                {None: "inconnu", True: "oui", False: "non"}[row.beyond],
            )
            for row in rows
        ),
    )
    drawn = Ranked("Enfants de 3 à 11 ans", bars, (), 0, unit="enfants de 3 à 11 ans")
    return Section(
        "alsh_sans",
        "Enfance · communes sans accueil de loisirs",
        (
            f"{french.capitalised(children)} dans {french.quantity(alsh.communes_without, 'commune', 'communes')} sur "
            f"{french.number(alsh.communes_known)} sans accueil de loisirs"
        ),
        ((1.0, (drawn,)),),
        source_line(report, (LEISURE_NEAR, OLDER_CHILDREN)),
        (BY_ID[LEISURE_IN_COMMUNE].caveat,),
        on_slides=False,
        subtitle=f"Enfants de 3 à 11 ans des communes sans accueil ; {colours}",
        caution=_cut(len(rows), alsh.communes_without),
        statuses=statuses(report, OLDER_CHILDREN),
        indicators=LEISURE,
        data=data,
        on_screen=(drawn,) if bars else (),
    )


@once
def schools_section(report: Report) -> Section | None:
    """Communes that have a school and no leisure centre."""
    rows = report.alsh.schools_without
    if report.alsh.with_access is None or is_alone(report):
        return None
    data = Data(
        ("Commune", "Écoles", "Enfants de 3 à 11 ans"),
        tuple(
            (french.typographic(row.name), row.schools, whole(_rounded(report, row.children))) for row in rows
        ),
    )
    table = Table(
        "Leurs écoles et leurs enfants de 3 à 11 ans",
        data.header,
        tuple(
            (row.name, french.number(row.schools), said(_rounded(report, row.children)))
            for row in rows[:MOST_BARS]
        ),
        (0.5, 0.2, 0.3),
        (1, 2),
    )
    schools = french.quantity(report.alsh.schools_alone, "école", "écoles")
    count = french.quantity(report.alsh.communes_with_school, "commune", "communes")
    verb = french.verb(report.alsh.communes_with_school, "a", "ont")
    title = f"{count} sur {french.number(report.alsh.communes_known)} {verb} une école mais pas d’accueil de loisirs : {schools} en tout"
    return Section(
        "ecoles",
        "Enfance · écoles",
        title if rows else "Aucune commune ayant une école n’est sans accueil de loisirs",
        ((1.0, (table,)),) if rows else (),
        source_line(report, (LEISURE_IN_COMMUNE,)),
        (),
        on_slides=False,
        subtitle=f"Communes ayant une école et aucun accueil de loisirs recensé{_first(len(rows))}",
        caution=_cut(len(rows), report.alsh.communes_with_school),
        statuses=("calculé",),
        data=data if rows else None,
    )


def _first(count: int) -> str:
    return f" ; les {MOST_BARS} premières, les autres dans les données" if count > MOST_BARS else ""


def _cut(listed_ones: int, of: int) -> str:
    """Which communes the list holds, where it does not hold them all."""
    if listed_ones >= of:
        return ""
    return french.typographic(
        f"Sont listées les {french.number(listed_ones)} communes qui ont le plus d’enfants, sur {french.number(of)}."
    )


def _alsh_title(report: Report, share: float | None) -> str:
    if share is None:
        return (
            reading.title(report.alsh.reading)
            if report.alsh.reading
            else "L’accès aux accueils de loisirs n’est pas connu"
        )
    alsh, where = report.alsh, french.capitalised(french.at(report.territory))
    if alsh.with_access is not None and report.context.communes > 1:
        if not alsh.communes_without:
            each = "chaque commune a un accueil de loisirs recensé"
            return reading.held(map(french.typographic, (f"{where}, {each}", french.capitalised(each))))
        if alsh.children_without:
            far = None
            if known(alsh.children) is not None and known(alsh.within_radius) is not None:
                far = french.rounded(max(0.0, (alsh.children or 0.0) - (alsh.within_radius or 0.0)))
            beyond = (
                f", dont {french.number(_rounded(report, float(far)))} à plus de {_radius(report)} km"
                if far
                else ""
            )
            said_ = french.verb(alsh.children_without, "n’a", "n’ont")
            children = french.capitalised(_children(report, alsh.children_without))
            few = children.removesuffix(AGES)
            return reading.held(
                french.typographic(title)
                for title in (
                    f"{children} {said_} pas d’accueil de loisirs recensé dans leur commune{beyond}",
                    f"{few} sans accueil de loisirs recensé dans leur commune{beyond}",
                    f"{few} sans accueil de loisirs recensé dans leur commune{beyond.replace('dont ', '')}",
                    f"{few} sans accueil de loisirs recensé dans leur commune",
                )
            )
    if report.territory.level is Level.COMMUNE and alsh.without:
        near = alsh.without[0]
        nearest_ = ""
        if near.nearest and near.nearest_km is not None:
            km = f"{french.number(near.nearest_km, 1)}{french.NBSP}km"
            nearest_ = f" ; le plus proche, à vol d’oiseau, est à {km} ({near.nearest})"
        return french.typographic(f"Aucun accueil de loisirs recensé {french.at(report.territory)}{nearest_}")
    return french.typographic(
        f"{where}, {french.percent(share, 1)} des 3-11 ans vivent dans une commune qui a un accueil de loisirs"
    )

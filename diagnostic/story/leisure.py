"""Leisure centres: who has one in the commune or within the radius."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story.blocks import Card, Cards, Map, Section
from diagnostic.story.figures import notes_of, source_line, status_text, value_of
from diagnostic.story.words import known, listed


def leisure_section(report: Report) -> Section | None:
    alsh, finding = report.alsh, report.findings.get("acces_alsh")
    if finding is None or (value_of(finding) is None and known(alsh.children) is None):
        return None
    indicator = BY_ID["acces_alsh"]
    share = value_of(finding)
    radius = french.number(alsh.radius_km, 0 if float(alsh.radius_km).is_integer() else 1)
    near, children = known(alsh.within_radius), known(alsh.children)
    near_share = 100 * near / children if near is not None and children else None
    without = [french.typographic(str(c.get("name", ""))) for c in alsh.without]
    cards = [
        Card(
            french.percent(share, 1),
            "des 3-11 ans",
            "Vivent dans une commune qui a un accueil de loisirs",
            status_text(finding, indicator, report.territory),
        ),
        Card(
            french.percent(near_share, 1),
            "des 3-11 ans",
            f"Vivent à moins de {radius} km d’un accueil de loisirs",
            "À vol d’oiseau depuis le centre de la commune",
        ),
    ]
    if share is not None and report.context.communes > 1:
        cards.append(
            Card(
                french.number(len(without)),
                french.plural(len(without), "commune", "communes"),
                "Sans accueil de loisirs recensé"
                if without
                else "Chaque commune connue a un accueil de loisirs",
                listed(without, 6),
                alert=bool(without),
            )
        )
    if not alsh.places:
        cards.append(
            Card(
                french.UNKNOWN,
                "places et horaires",
                "Places, tarifs et fréquentation ne sont pas publiés",
                "À demander à la Caf et aux gestionnaires",
            )
        )
    columns: tuple = ((1.0, (Cards(tuple(cards)),)),)
    if share is not None:
        alt = french.typographic(f"Carte des accueils de loisirs. {alsh.reading}")
        picture = Map("Accueils de loisirs (BPE)", "dots", alt, stat="alsh")
        columns = ((0.5, (Cards(tuple(cards)),)), (0.5, (picture,)))
    return Section(
        "alsh",
        "Enfance · accueils de loisirs",
        _alsh_title(report, share),
        columns,
        source_line(report, ("acces_alsh", "nombre_qpv") if share is not None else ("acces_alsh",)),
        (indicator.definition, indicator.caveat, *notes_of(report, ("acces_alsh", "acces_alsh_5km"))),
    )


def _alsh_title(report: Report, share: float | None) -> str:
    if share is None:
        return (
            reading.title(report.alsh.reading)
            if report.alsh.reading
            else "L’accès aux accueils de loisirs n’est pas connu"
        )
    where = french.capitalised(french.at(report.territory))
    return french.typographic(
        f"{where}, {french.percent(share, 1)} des 3-11 ans vivent dans une commune qui a un accueil de loisirs"
    )

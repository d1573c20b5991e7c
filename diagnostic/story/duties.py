"""What the law asks of the authority that organises the care of under-threes."""

from __future__ import annotations

from diagnostic import french
from diagnostic.report import Report
from diagnostic.story.blocks import Section, Table

PROOF = {
    True: "Oui, d’après les données",
    False: "Rien dans les données : à vérifier",
    None: "À vérifier localement",
}


def duties_section(report: Report) -> Section | None:
    """One row a duty, those that bind first; nothing for a level that no duty addresses."""
    if not report.duties:
        return None
    order = {True: 0, None: 1, False: 2}
    duties = sorted(report.duties, key=lambda duty: order[duty["binds"]])
    table = Table(
        "Service public de la petite enfance",
        ("Obligation", "Communes visées", "S’applique ici", "Fait ?", "Article du CASF"),
        tuple(
            (
                french.typographic(duty["duty"]),
                _threshold(duty["threshold"]),
                _binds(duty),
                PROOF[duty["met"]] if duty["binds"] else french.UNKNOWN,
                french.typographic(duty["article"]),
            )
            for duty in duties
        ),
        (0.28, 0.17, 0.17, 0.21, 0.17),
    )
    bound = sum(duty["binds"] is True for duty in duties)
    unmet = sum(duty["binds"] is True and duty["met"] is False for duty in duties)
    title = f"Petite enfance : {french.quantity(bound, 'obligation légale s’applique', 'obligations légales s’appliquent')}"
    title += (
        f" si la compétence est exercée ici{f', dont {unmet} sans trace dans les données' if unmet else ''}"
    )
    return Section(
        "obligations",
        "Petite enfance · ce que demande la loi",
        french.typographic(title),
        ((1.0, (table,)),),
        french.typographic(report.duties_reading),
        tuple(french.typographic(duty["sentence"]) for duty in duties),
    )


def _threshold(over: int | None) -> str:
    return "Toutes" if over is None else french.typographic(f"Plus de {french.number(over)} habitants")


def _binds(duty: dict) -> str:
    if duty["binds"] is None:
        return "Population incomplète"
    if not duty["binds"]:
        return "Non"
    return (
        f"Oui, depuis {duty['in_force_on'][:4]}"
        if duty["in_force"]
        else f"Oui, à partir de {duty['in_force_on'][:4]}"
    )

"""What is said of where places would go first: the weights, the communes, what is left out."""

from __future__ import annotations

import pandas as pd

from diagnostic import french, reading
from diagnostic.indicators import CHILDREN, CRECHES, OFFICIAL, REACH
from diagnostic.report import Report
from diagnostic.simulation.ground import RANKED_SHARE, Ground, access_known, rankable, rated_share
from diagnostic.story.figures import source_line
from diagnostic.story.projects import target_of


def weights_sentence(qpv: bool, poverty: float | None, need: bool = False) -> str:
    """What « d’abord » weighs; an empty text when nothing does."""
    said = []
    if qpv:
        said.append("une commune qui a un quartier prioritaire pèse une demi-part de plus")
    if poverty is not None:
        said.append(f"une commune dont le taux de pauvreté dépasse {french.percent(poverty, 1)} aussi")
    if need:
        said.append(
            "chaque enfant compte selon la part des enfants de sa commune dont les parents travaillent"
        )
    if not said:
        return ""
    return f"{french.capitalised(' ; '.join(said))} : un choix de l’outil, non une règle."


def ground_sentence(ground_: Ground) -> str:
    """What the simulation stands on."""
    known = int(ground_.communes["places"].notna().sum())
    total = len(ground_.communes)
    year = f" en {ground_.year}" if ground_.year else ""
    if total == 1:
        by_rate = " par le taux publié" if ground_.communes["rated"].any() else ""
        return f"Places connues{year}{by_rate}." if known else "Places inconnues : l’effet se lit en points."
    noun = french.plural(known, "commune", "communes")
    said = f"Places connues dans {french.number(known)} {noun} sur {french.number(total)}{year}"
    return (
        f"{said}, par le taux publié où il l’est ; ailleurs, l’effet se lit sur le territoire et en points."
    )


def where_sentence(ground_: Ground) -> str:
    """By what measure communes are ordered."""
    if access_known(ground_):
        return (
            "Manque mesuré par l’accessibilité des crèches : les places voisines comptent, selon la distance"
        )
    share = rated_share(ground_)
    said = "Communes rangées par leur taux publié, chacune pour elle-même : les places en crèche alentour ne sont pas connues"
    if share >= RANKED_SHARE:
        return said
    known, total = int(ground_.communes["rated"].sum()), len(ground_.communes)
    told = (
        f"Le taux publié n’est connu que de {french.quantity(known, 'commune', 'communes')} sur {french.number(total)}, où "
        f"vivent {french.percent(int(share * 100))} des enfants"
        if known
        else "Aucune commune n’a de taux publié"
    )
    if not rankable(ground_):
        return f"{told} : aucun ordre ne peut en être tiré"
    return f"{told} : l’ordre ne dit rien des autres. {said}"


def where_source(ground_: Ground, report: Report) -> str:
    """The files on which communes are ordered: rates or the crèches around, and the children."""
    measured = REACH if access_known(ground_) else OFFICIAL
    return source_line(report, [measured], members=True, beside=[CHILDREN])


def where_target(ground_: Ground, report: Report, target: float) -> float:
    """What to reach: the reference's accessibility where it measures the shortfall, else the same target."""
    if not access_known(ground_):
        return target
    found = [target_of(report.findings.get(id)) for id in (REACH, CRECHES)]
    return round(next((value for value in found if value is not None), target), 1)


def where_target_label(ground_: Ground) -> str:
    """What the number to reach counts."""
    return (
        "Places de crèche accessibles à viser, pour 100 enfants"
        if access_known(ground_)
        else "Places à viser, pour 100 enfants"
    )


def allocation_table(allocation) -> pd.DataFrame:
    """The packages in the order they were chosen."""
    rows = [
        {
            "Ordre": str(rank),
            "Commune": french.typographic(package.name),
            "Places": french.number(package.places),
            "Pourquoi": package.reason,
        }
        for rank, package in enumerate(allocation.packages, 1)
    ]
    return pd.DataFrame(rows, columns=["Ordre", "Commune", "Places", "Pourquoi"])


def allocation_message(allocation, user_after: float | None) -> str:
    """How many places are shared, and by how much they reduce what is lacking, beside what the user's projects do: a fall,
    never the whole, which is said once and of all modes."""
    fall, own = (
        french.of_text(french.about_quantity(allocation.before - after, "place", "places"))
        for after in (allocation.after, allocation.before if user_after is None else user_after)
    )
    shared = sum(package.places for package in allocation.packages)
    asked = shared + allocation.left
    of = f" sur les {french.number(asked)} demandées" if allocation.left else ""
    said = f"{french.quantity(shared, 'place', 'places')}{of} : réparties ainsi, elles réduisent {fall} le manque de ces communes"
    if user_after is None:
        return said
    return f"{said} ; vos projets, {own if allocation.before - user_after > 0 else 'de rien'}"


def nothing_to_share(allocation, report: Report) -> str:
    """Why no place is proposed."""
    if allocation.before >= 1:
        return "Les communes sous la cible manquent de moins de places que n’en a la plus petite crèche, ou ont trop peu d’enfants."
    said = "Aucune commune dont le taux est connu n’est nettement sous la cible."
    rate = report.findings.get(OFFICIAL)
    if rate is None or not reading.missing_units([rate]):
        return said
    places = french.about_quantity(rate.missing or 0.0, "place", "places")
    return french.typographic(
        f"{said} Le territoire entier manque {french.of_text(places)} : ses communes ont trop peu d’enfants, ou un taux trop "
        "proche ou inconnu, pour dire où."
    )


def unshared(allocation) -> str:
    """Why some of the places asked are given to nobody; an empty text when all are shared."""
    if not allocation.left:
        return ""
    one, many = "place n’est pas proposée", "places ne sont pas proposées"
    return french.typographic(
        f"{french.quantity(allocation.left, one, many)} : un lot n’est proposé que si la moitié au moins de ses places "
        "réduisent le manque d’une commune nettement sous la cible, et si ses enfants peuvent les occuper."
    )


def left_out(allocation) -> str:
    """How many communes the proposal could not weigh, and which; an empty text when it weighed them all."""
    names, said = list(allocation.unknown), []
    if names:
        shown = french.listing([*names[:6], *(["d’autres"] if len(names) > 6 else [])])
        count = french.quantity(len(names), "commune laissée de côté", "communes laissées de côté")
        said.append(f"{count}, faute de taux et d’enfants connus : {shown}.")
    if allocation.childless:
        count = french.quantity(len(allocation.childless), "commune", "communes")
        said.append(f"{count} sans enfant de moins de 3 ans : {french.listing(allocation.childless[:6])}.")
    return french.typographic(" ".join(said))

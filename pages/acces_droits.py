"""Accès aux droits: France services, distances, population beyond."""

from diagnostic.ui import components, drawing, frame, rights, services

PAGE = {"title": "Accès aux droits", "group": "Diagnostic", "order": 5}

report = frame.open_page("acces_droits")
near = rights.nearest(frame.database(), report)
people = rights.population(frame.database(), near)
if near is None:
    components.section("Accès aux droits", "Distance à France services inconnue")
    components.unknown(report, "distance_france_services")
else:
    components.section(
        "Accès aux droits",
        rights.message(report, near),
        "Distance à vol d’oiseau du centre de la commune, en kilomètres",
    )
    distances = rights.table(near, people)
    if len(distances) > 1:
        components.chart(
            drawing.bars(rights.bars(near), theme=frame.theme(), decimals=1, unit="km"),
            key="distance_france_services",
            alt=rights.message(report, near),
            subtitle="Distance à vol d’oiseau du centre de la commune, en kilomètres",
            data=distances,
            statuses=["calculé"],
            source=components.sources_of(report, ["distance_france_services"]),
            caution="Le trajet par la route est plus long.",
            report=report,
            ids=["distance_france_services"],
        )
    components.section(
        "Population éloignée",
        "Qui vit loin d’une structure France services",
        "Habitants des communes dont le centre est au-delà",
    )
    components.facts(rights.beyond_facts(near, people))
    components.note(rights.unmeasured(near))
components.section(
    "Repères",
    "Distance moyenne et structures recensées",
    "Chaque trait gris est un territoire de même échelle",
)
components.key_figures(report, ["distance_france_services"])
components.facts(services.facts(report, ["france_services"]))
unknown = services.unknown_table(report, ["acces_droits"])
if len(unknown):
    components.section("Ce qui n’est pas connu", "Ces informations manquent, et quelqu’un les a")
    components.table(unknown)

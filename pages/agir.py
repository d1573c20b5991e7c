"""Agir: levers that answer the gaps, projects simulated, where to begin."""

from diagnostic.simulation import ground as ground_of
from diagnostic.story import projects as acting
from diagnostic.story import scenarios, siting
from diagnostic.ui import asked, blocks, components, frame, simulated, simulator

PAGE = {"title": "Aides et simulateur", "group": "Agir", "order": 1}

report = frame.open_page("agir")
db = asked.database()
blocks.told()
components.section("Leviers", acting.levers_message(report), "Dispositifs du vademecum de la Caf, par besoin")
simulator.levers(report)
if ground_of.too_large(db, report.territory):
    components.section("Simuler", "Choisissez un territoire plus petit pour simuler un projet")
    components.note(
        "Un projet se pèse commune par commune : prenez une commune, une intercommunalité ou un département."
    )
else:
    ground = ground_of.cached_ground(db, report.territory)
    components.section("Simuler", "Ce qu’un projet changerait ici", siting.ground_sentence(ground))
    target = simulator.target(report)
    simulator.form(ground, report)
    simulated.outcome(ground, target, report)
    if simulated.kept(report.territory.key) or simulator.projects(report.territory.key):
        components.section(
            "Comparer",
            "Plusieurs scénarios de projets côte à côte",
            scenarios.kept_sentence(report),
        )
        simulated.compare(ground, target, report)
    # One commune has nobody to come before.
    if len(ground.communes) > 1 and ground_of.rankable(ground):
        components.section(
            "Par où commencer",
            "Les communes où des places réduisent le plus le manque",
            siting.where_sentence(ground),
        )
        simulated.where(db, ground, target, report)
    elif len(ground.communes) > 1:
        components.section(
            "Par où commencer", "Les communes ne se comparent pas ici", siting.where_sentence(ground)
        )

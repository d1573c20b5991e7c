"""Familles, parentalité et vie sociale: families, LAEP, centres sociaux, EVS, CLAS, and what nobody publishes."""

from diagnostic.ui import components, families, frame, local_block, services

PAGE = {"title": "Familles", "group": "Diagnostic", "order": 4}

report = frame.open_page("familles")
components.section(
    "Familles",
    components.short(families.message(report), report),
    "Familles, revenus et lieux pour les parents",
)
components.key_figures(report, families.INDICATORS)
components.section("Lieux", families.places_message(report), "Lieux recensés sur le territoire")
places = services.table(report, families.STATS)
if len(places):
    components.table(places)
    components.source_line(
        ["officiel"],
        components.sources_of(report, ["enfants_par_laep", "habitants_par_centre_social"]),
        "Un type absent du fichier chargé est inconnu, non nul.",
    )
    components.actions("lieux_familles", places, report=report, ids=families.RATIOS)
local_block.show(report, "parentalite", "vie_sociale", "handicap")
components.section("Ce qui n’est pas connu", "Ces informations manquent, et quelqu’un les a")
components.table(services.unknown_table(report, ["parentalite", "vie_sociale", "logement", "handicap"]))
components.note("Une liste reçue de la Caf ou d’une commune se dépose dans la page Mes données.")
components.page_links(["mes_donnees", "agir", "convention"])

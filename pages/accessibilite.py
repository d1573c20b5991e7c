"""Accessibilité: the statement that the law asks for, filled from an audit: what fails, of when, whom to tell."""

from diagnostic.notices import accessibility
from diagnostic.ui import blocks, components, frame, pages, tables

PAGE = {"title": "Accessibilité"}

frame.open_plain(
    "accessibilite",
    "Déclaration d’accessibilité",
    "Article 47 de la loi du 11 février 2005 ; référentiel RGAA, version 4.1.",
)
components.section("État de conformité", accessibility.message())
components.section("Contenus non accessibles", "Ce qui n’est pas conforme, et ce qui en tient lieu")
tables.table(accessibility.failing())
components.section("Établissement", "Comment l’audit a été fait")
blocks.definitions(accessibility.audit(len(pages.existing())))
components.section("Retour et recours", "À qui signaler un défaut")
blocks.definitions(accessibility.recourse())
components.section("Détail", "Les 106 critères, un par un")
tables.folded("Chaque critère, et ce qu’il en est", accessibility.everything())
components.page_links(["plan_du_site", "mentions_legales"])

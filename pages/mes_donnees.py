"""Mes données: the territory's own files, read, mapped, judged, kept in this session only."""

from diagnostic.ui import asked, components, deposit_held, deposit_panel, frame, local_data, sharing

PAGE = {"title": "Mes données", "group": "Emporter", "order": 2}

report = frame.open_page("mes_donnees")
components.section("Mes données", "Ajouter vos propres fichiers", local_data.where())
deposit_held.account()
deposit_held.held(asked.database())
components.section(
    "Modèles",
    "Partir d’un modèle à remplir",
    "Ou déposez votre fichier tel quel : les colonnes sont reconnues ou à indiquer",
)
deposit_panel.templates()
components.section("Dépôt", "Déposer un fichier", "CSV ou Excel (xlsx), 30 Mo au plus")
deposit_panel.upload(report, asked.database())
components.section(
    "Vos chiffres",
    deposit_held.figures_message(asked.database()),
    "À côté de la donnée ouverte, qui reste visible",
)
deposit_held.figures(report, asked.database())
components.section(
    "Contributions",
    "Reprendre les formulaires des partenaires",
    "Excel, ou Word rempli en atelier ; le fichier n’est pas gardé, ses lignes rejoignent le brouillon du plan, que ce navigateur "
    "seul ouvre",
)
sharing.bring(report)

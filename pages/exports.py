"""Exports: choose the documents, prepared on a click, one zip."""

from diagnostic.ui import asked, components, embedding, export_panel, frame

PAGE = {"title": "Exports", "group": "Emporter", "order": 1}

report = frame.open_page("exports")
components.section(
    "Exports",
    "Emporter le diagnostic",
    "Les mêmes chiffres, les mêmes phrases et les mêmes sources qu’à l’écran",
)
export_panel.panel(report, asked.database())
embedding.panel(report, asked.database())

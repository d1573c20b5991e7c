"""Charts: parts of a report become plotly figures of one look, light or dark."""

from __future__ import annotations

import re

_LOCALE = {
    "dictionary": {
        "Download plot as a PNG": "Télécharger en PNG",
        "Download plot": "Télécharger le graphique",
        "Pan": "Déplacer",
        "Zoom": "Zoomer",
        "Zoom in": "Agrandir",
        "Zoom out": "Réduire",
        "Autoscale": "Échelle automatique",
        "Reset axes": "Réinitialiser les axes",
    },
    "format": {"decimal": ",", "thousands": "\u202f"},
}


def config(name: str) -> dict:
    """What plotly is told beside the figure: French words, a PNG of 3,000 pixels named after the chart."""
    return {
        "locale": "fr",
        "locales": {"fr": _LOCALE},
        "displaylogo": False,
        "modeBarButtonsToRemove": [
            "select2d",
            "lasso2d",
            "zoom2d",
            "pan2d",
            "autoScale2d",
            "zoomIn2d",
            "zoomOut2d",
        ],
        "toImageButtonOptions": {
            "format": "png",
            "filename": re.sub(r"[^A-Za-z0-9]+", "_", f"ctg_{name}"),
            "scale": 3,
            "width": 1000,
            "height": 500,
        },
    }

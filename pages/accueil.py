"""Accueil: what this is, for whom, one search, three examples, the country, and what is loaded."""

from diagnostic.ui import frame, home

PAGE = {"title": "Accueil", "group": "", "order": 0}

home.show(frame.open_home())

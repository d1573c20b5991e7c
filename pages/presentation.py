"""Présentation: one message a screen, large, for a projector; `ecran` in the address says which."""

from diagnostic.ui import frame, presenting

PAGE = {"title": "Présentation"}

presenting.show(frame.open_bare("presentation"))

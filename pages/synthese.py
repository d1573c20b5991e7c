"""Synthèse: who we are, the key messages, the key figures, and the way on."""

from diagnostic.ui import components, frame

report = frame.open_page("synthese")
components.section("L’essentiel", report.headline)
components.messages(report)
components.key_figures(report, list(report.findings)[:6])

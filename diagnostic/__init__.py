"""Territorial diagnosis that grounds a Convention territoriale globale (CTG)."""

"""Files made from an action plan beside its diagnosis: document, workbook, slides."""

from __future__ import annotations

"""Report: all findings of a territory as plain data, shared by pages and exports."""

from diagnostic.report.builder import as_dict, build
from diagnostic.report.references import reference
from diagnostic.report.shape import (
    Accessibility,
    Alsh,
    Context,
    Coverage,
    LocalFigure,
    Member,
    Message,
    Mode,
    ModeBar,
    ModeGap,
    Outlook,
    Parent,
    Peer,
    Priority,
    Qpv,
    Report,
    Series,
    SourceLine,
)

__all__ = [
    "Accessibility",
    "Alsh",
    "Context",
    "Coverage",
    "LocalFigure",
    "Member",
    "Message",
    "Mode",
    "ModeBar",
    "ModeGap",
    "Outlook",
    "Parent",
    "Peer",
    "Priority",
    "Qpv",
    "Report",
    "Series",
    "SourceLine",
    "as_dict",
    "build",
    "reference",
]

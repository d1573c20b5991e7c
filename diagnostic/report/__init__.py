"""Report: all findings of a territory as plain data, shared by pages and exports."""

from diagnostic.report.builder import as_dict, build
from diagnostic.report.references import reference
from diagnostic.report.shape import (
    TEENAGERS,
    TREND,
    YOUNG,
    Accessibility,
    Alsh,
    Context,
    Coverage,
    DutyHere,
    LeverHere,
    LocalFigure,
    Member,
    Message,
    Mode,
    ModeBar,
    ModeGap,
    NearestPlace,
    Outlook,
    PlacesAhead,
    Priority,
    Qpv,
    Quarter,
    Reach,
    Report,
    Series,
    Service,
    SourceLine,
    Unknown,
    WithoutLeisure,
)

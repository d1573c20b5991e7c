"""French as it is printed: numbers, plurals, dates, typography, territory names in a sentence.

Unknown (None, NaN, infinity, a missing value of pandas) is printed "—", never 0. A thousand is cut
by U+202F, a number and its noun are joined by U+00A0; `office` turns both into what Office fonts hold.
"""

from diagnostic.french.numbers import (
    MINUS,
    MONTHS,
    PEOPLE,
    about,
    about_quantity,
    date_long,
    euros,
    euros_between,
    in_words,
    is_many,
    lacking,
    number,
    opening,
    ordinal,
    percent,
    plural,
    quantity,
    reckoned,
    rounded,
    short_of,
    signed,
    span,
    two_figures,
    verb,
)
from diagnostic.french.places import at, is_plural, name, of, subject, than_territory, the
from diagnostic.french.writing import (
    NBSP,
    THIN,
    UNKNOWN,
    because,
    capitalised,
    elides,
    listing,
    of_text,
    office,
    place_name,
    structure_name,
    than,
    to_text,
    typographic,
    unbroken,
    uncapitalised,
)

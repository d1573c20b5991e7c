"""Numbers, amounts, plurals, ordinals and dates as French prints them.

A thousand is cut by U+202F, a number and its noun are joined by U+00A0.
"""

from __future__ import annotations

import datetime
import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from diagnostic.french.writing import NBSP, THIN, UNKNOWN, capitalised, of_text

MINUS = "\u2212"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WORDS = ("", "", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
PEOPLE = frozenset({"enfant", "jeune", "habitant", "famille", "personne"})
"""Units of a gap that nobody is asked to add."""
# A float of 1e308 has 309 digits before the comma: the default 28 would refuse it.
_WIDE = Context(prec=400)


def rounded(value: Any, decimals: int = 0) -> Decimal | None:
    """`value` rounded half away from zero on its decimal writing (0.125 gives 0.13), or None when unknown.

    Never "-0". `value` is an int, a float, a Decimal, a numpy number, None or a pandas missing value.
    """
    if isinstance(value, Decimal):
        exact = value
    elif isinstance(value, int):
        exact = Decimal(value)
    else:
        try:
            as_float = float(value)
        except (TypeError, ValueError):
            return None
        exact = Decimal(repr(as_float)) if math.isfinite(as_float) else Decimal("NaN")
    if not exact.is_finite():
        return None
    result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return abs(result) if result == 0 else result


def number(value: Any, decimals: int = 0, *, thin: str = THIN) -> str:
    """ "1 234,5" with `thin` between thousands, a comma and U+2212; "—" when unknown."""
    amount = rounded(value, decimals)
    if amount is None:
        return UNKNOWN
    digits = f"{abs(amount):,.{decimals}f}".replace(",", thin).replace(".", ",")
    return f"{MINUS}{digits}" if amount < 0 else digits


def signed(value: Any, decimals: int = 0) -> str:
    """Like `number` with a sign: "+1,4", "−2,0"; zero has none."""
    amount = rounded(value, decimals)
    plus = "+" if amount is not None and amount > 0 else ""
    return plus + number(value, decimals)


def percent(value: Any, decimals: int = 0) -> str:
    """ "12,5 %" for 12.5 (already in hundredths); "—" when unknown; all or none need no decimal: "100 %"."""
    whole = value == 0 or rounded(value, decimals) == 100
    text = number(value, 0 if whole else decimals)
    return text if text == UNKNOWN else f"{text}{THIN}%"


def euros(amount: Any, decimals: int = 0) -> str:
    """ "23 450 €"; "—" when unknown."""
    text = number(amount, decimals)
    return text if text == UNKNOWN else f"{text}{NBSP}€"


def euros_between(low: Any, high: Any, decimals: int = 0) -> str:
    """ "de 148 000 à 520 000 €", lower end first; one amount where both ends are printed alike."""
    first, last = sorted((low, high))
    if number(first, decimals) == number(last, decimals):
        return euros(first, decimals)
    return f"de {number(first, decimals)} à {euros(last, decimals)}"


def is_many(value: Any, decimals: int = 0) -> bool:
    """Whether a noun takes the plural: French plural starts at 2, on the figure as printed."""
    amount = rounded(value, decimals)
    return amount is not None and abs(amount) >= 2


def plural(n: Any, singular: str, plural: str) -> str:
    """The noun alone: `plural` from 2 on, and when `n` is unknown."""
    return plural if rounded(n) is None or is_many(n, 9) else singular


def verb(n: Any, singular: str, plural: str) -> str:
    """The verb or adjective that agrees with `n`: verb(12, "compte", "comptent")."""
    return plural if is_many(n, 9) else singular


def quantity(n: Any, singular: str, plural: str, decimals: int = 0) -> str:
    """ "1 place", "12 places", "0 place", "1,5 place": number and noun never part; "—" when unknown."""
    if rounded(n) is None:
        return UNKNOWN
    return f"{number(n, decimals)}{NBSP}{plural if is_many(n, decimals) else singular}"


def opening(count: int, singular: str, plural: str, *, feminine: bool) -> str:
    """ "Une commune", "27 communes": a count that begins a sentence on the page of one commune too."""
    return f"{'Une' if feminine else 'Un'} {singular}" if count == 1 else quantity(count, singular, plural)


def about(count: float) -> float | None:
    """The count as it is said where it is reckoned on an estimate: to 10 from 20 up, to 100 from 1,000; None below 20.

    It is rounded from the whole number that tables print: 994.6 is 995 there, and about 1,000 in words, whether a sentence
    was given the one or the other.
    """
    exact = rounded(count)
    if exact is None or exact < 20:
        return None
    step = 100 if exact >= 1_000 else 10
    whole = rounded(float(exact) / step)
    return None if whole is None else float(whole * step)


def two_figures(count: float) -> float:
    """The count to two significant figures, as what is reckoned on an estimate is said: 28 687 is 29 000."""
    if not math.isfinite(count) or abs(count) < 100:
        return float(count)
    step = 10.0 ** (math.floor(math.log10(abs(count))) - 1)
    return float(rounded(count / step) or 0) * step


def about_quantity(count: float, singular: str, plural: str) -> str:
    """ "environ 280 places", "moins de 20 places"."""
    said = about(count)
    return (
        f"moins de{NBSP}20{NBSP}{plural}" if said is None else f"environ {quantity(said, singular, plural)}"
    )


def reckoned(count: Any, singular: str, plural: str, *, exact: bool) -> str:
    """ "1 321 enfants" where each was counted, "environ 1 300 enfants" where births or another estimate tell them."""
    if exact or not rounded(count):
        return quantity(count, singular, plural)
    return f"environ {quantity(two_figures(float(count)), singular, plural)}"


def lacking(count: float, singular: str, plural: str, *, exact: bool) -> str:
    """Units that lack: exact, or "environ 3 relais", and for places rounded as `about` does."""
    if exact:
        return quantity(count, singular, plural)
    if singular == "place":
        return about_quantity(count, singular, plural)
    return reckoned(count, singular, plural, exact=False)


def short_of(count: float, singular: str, plural: str, *, exact: bool) -> str:
    """ "il manque environ 280 places", "écart d’environ 630 enfants": people do not lack, the rate of them does."""
    units = lacking(count, singular, plural, exact=exact)
    return f"écart {of_text(units)}" if singular in PEOPLE else f"il manque {units}"


def in_words(n: int, *, feminine: bool = False, capital: bool = False) -> str:
    """ "aucune", "une", "trois" up to nine, then digits, as a sentence writes them."""
    if n == 0:
        text = "aucune" if feminine else "aucun"
    elif n == 1:
        text = "une" if feminine else "un"
    else:
        text = WORDS[n] if 1 < n < len(WORDS) else number(n)
    return capitalised(text) if capital else text


def ordinal(n: int, *, feminine: bool = False) -> str:
    """ "1ᵉʳ", "1ʳᵉ", "2ᵉ" with superior letters; `office` brings them back to the line."""
    if n == 1:
        return "1ʳᵉ" if feminine else "1ᵉʳ"
    return f"{number(n)}ᵉ"


def date_long(day: datetime.date) -> str:
    """ "23 novembre 2026", "1ᵉʳ janvier 2025"."""
    number_of_day = ordinal(1) if day.day == 1 else str(day.day)
    return f"{number_of_day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def span(first: int, last: int) -> str:
    """ "2013-2023", or "2023" alone when both ends meet."""
    return str(first) if first == last else f"{first}-{last}"

"""The logos of a meeting: pictures that a deck can hold, checked before anything is made."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

from diagnostic.model import DiagnosticError

MOST = 2
HEAVIEST = 2_000_000
LARGEST = 6_000
"""Pixels of a side: a small file may hold a picture that no memory does."""


def checked(pictures: Sequence[bytes]) -> tuple[bytes, ...]:
    """The pictures, once they are known to open; DiagnosticError says which cannot serve."""
    if len(pictures) > MOST:
        raise DiagnosticError("Deux logos au plus : retirez-en.", code=2)
    for number, data in enumerate(pictures, 1):
        if len(data) > HEAVIEST:
            raise DiagnosticError(
                f"Le logo {number} pèse plus de 2 Mo : réduisez-le, une image de 800 pixels suffit.", code=2
            )
        try:
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
                if max(picture.size) > LARGEST:
                    raise DiagnosticError(
                        f"Le logo {number} est trop grand : {LARGEST} pixels au plus.", code=2
                    )
                picture.load()
        except (
            UnidentifiedImageError,
            OSError,
            SyntaxError,
            ValueError,
            Image.DecompressionBombError,
        ) as error:
            raise DiagnosticError(
                f"Le logo {number} ne s’ouvre pas : choisissez une image PNG ou JPEG.", code=2
            ) from error
    return tuple(pictures)

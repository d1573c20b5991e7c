"""The logos of a meeting: pictures that a deck can hold, checked before anything is made."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

from diagnostic.model import DiagnosticError

MOST = 2
PNG = b"\x89PNG"
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


def drawn(pictures: Sequence[bytes]) -> dict[str, bytes]:
    """The pictures as typst takes them, by the name of their file: it reads texts only, so that each stands in a drawing."""
    made = {}
    for number, data in enumerate(pictures):
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
        kind = "png" if data.startswith(PNG) else "jpeg"
        made[f"logo{number}.svg"] = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><image width="{width}" '
            f'height="{height}" href="data:image/{kind};base64,{base64.b64encode(data).decode()}"/></svg>'
        ).encode()
    return made

"""The addresses that other programs and sites read, each a few questions to the database in a thread of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from diagnostic import french, measure, territories
from diagnostic.api import embeds, limits
from diagnostic.api.catalogue import dcat
from diagnostic.api.description import KEY, MOST_TERRITORIES, PATH, openapi
from diagnostic.exports import table
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.model import THEMES, DiagnosticError, Territory
from diagnostic.sources import SOURCES
from diagnostic.warehouse import Database, open_database
from diagnostic.warehouse.database import held

_KEY = re.compile(KEY)


class Refused(Exception):
    """A request that is not answered: code of HTTP, French sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def routes(base: str) -> list[Route]:
    """What the application serves to other programs, under the path `base`."""
    rate = limits.Rate(limits.per_minute())
    description = openapi(base)

    def route(path: str, answer: Callable[[Database, Request], Any], *known: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(request, answer, known, rate)

        return Route(f"{base}{path}", endpoint, methods=["GET", "HEAD", "OPTIONS"])

    def embed(db: Database, request: Request) -> Response:
        return _embed(db, request, base)

    return [
        route(f"{PATH}/territoires/{{cle}}", _territory),
        route(f"{PATH}/indicateurs", _indicators, "theme"),
        route(f"{PATH}/donnees", _figures, "territoire", "indicateur", "format"),
        route(f"{PATH}/openapi.json", lambda db, request: description),
        route(f"{PATH}/catalogue.jsonld", lambda db, request: dcat(db, base)),
        route(f"{embeds.PATH}/{{section}}", embed, "territoire", "reference"),
    ]


async def _answered(
    request: Request, answer: Callable[[Database, Request], Any], known: tuple[str, ...], rate: limits.Rate
) -> Response:
    headers = {"Vary": "Origin, Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    origin = limits.allowed_origin(request.headers.get("origin"))
    if origin:
        headers |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": "If-None-Match",
            "Access-Control-Expose-Headers": "ETag, Retry-After",
        }
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers | {"Allow": "GET, HEAD, OPTIONS"})
    wait = rate.wait(request.client.host if request.client else "")
    if wait:
        return _json(
            {"erreur": "Trop de demandes : patientez."}, 429, headers | {"Retry-After": f"{wait + 1:.0f}"}
        )
    try:
        _checked(request, known)
        return await run_in_threadpool(_made, request, answer, headers)
    except Refused as refusal:
        return _json({"erreur": str(refusal)}, refusal.code, headers)
    except DiagnosticError as error:
        return _json({"erreur": str(error)}, 503, headers)


def _checked(request: Request, known: tuple[str, ...]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            raise Refused(400, f"Le paramètre « {name[:60]} » n’existe pas.")
        if names.count(name) > 1:
            raise Refused(400, f"Le paramètre « {name} » est écrit deux fois.")


def _made(request: Request, answer: Callable[[Database, Request], Any], headers: dict[str, str]) -> Response:
    with held():
        db = open_database()
        asked = f"{db.key} {request.url.path}?{request.url.query}"
        tag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:20]}"'
        headers = headers | {"ETag": tag, "Cache-Control": "public, max-age=300"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        found = answer(db, request)
        if isinstance(found, Response):
            found.headers.update(headers)
            return found
        if isinstance(found, str):
            return Response(found, media_type="text/csv; charset=utf-8", headers=headers)
        return _json(found, 200, headers)


def _embed(db: Database, request: Request, base: str) -> Response:
    query = request.query_params
    key = query.get("territoire")
    if not key:
        raise Refused(400, "Il manque le territoire : ?territoire=commune:33063.")
    try:
        found = embeds.page(db, request.path_params["section"], key, query.get("reference"), base)
    except DiagnosticError as error:
        raise Refused(404, str(error)) from error
    if found is None:
        raise Refused(404, "Ce graphique n’existe pas pour ce territoire.")
    return HTMLResponse(found)


def _json(value: Any, code: int, headers: dict[str, str]) -> Response:
    body = json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    return Response(body, code, media_type="application/json", headers=headers)


def _place(db: Database, key: str) -> Territory:
    if not _KEY.fullmatch(key):
        raise Refused(
            400, "Un territoire s’écrit commune:33063, epci:243300316, departement:33, region:75 ou france."
        )
    try:
        return territories.get(db, key)
    except DiagnosticError as error:
        raise Refused(404, str(error)) from error


def _said(place: Territory) -> dict[str, str]:
    return {"cle": place.key, "niveau": place.level.value, "code": place.code, "nom": french.name(place)}


def _territory(db: Database, request: Request) -> dict[str, Any]:
    place = _place(db, request.path_params["cle"])
    inside = [one for one in territories.members(db, place) if one.key != place.key]
    return {
        "territoire": _said(place),
        "dans": [_said(one) for one in territories.parents(db, place)],
        "membres": [_said(one) for one in inside],
    }


def _indicators(db: Database, request: Request) -> dict[str, Any]:
    theme = request.query_params.get("theme")
    if theme is not None and theme not in THEMES:
        raise Refused(400, f"Un thème est l’un de : {', '.join(THEMES)}.")
    return {
        "indicateurs": [
            {
                "id": one.id,
                "libelle": one.label,
                "unite": one.unit,
                "theme": one.theme,
                "definition": one.definition,
                "limite": one.caveat,
                "numerateur": one.numerator_label,
                "denominateur": one.denominator_label,
                "sources": list(one.sources),
            }
            for one in INDICATORS
            if theme in (None, one.theme)
        ]
    }


def _licences(rows: list[table.Row]) -> str:
    """The licences of the sources of these figures: not every producer publishes under the same."""
    ids = {id for row in rows for id in row.sources.split(", ")}
    return ", ".join(sorted({source.licence for source in SOURCES if source.id in ids}))


def _figures(db: Database, request: Request) -> Any:
    form = request.query_params.get("format", "json")
    if form not in ("json", "csv", "csvw"):
        raise Refused(400, "Un format est json, csv ou csvw.")
    keys = list(dict.fromkeys(request.query_params.get("territoire", "").split(",")))
    if len(keys) > MOST_TERRITORIES:
        raise Refused(400, f"{MOST_TERRITORIES} territoires au plus par demande.")
    chosen = request.query_params.get("indicateur")
    if chosen is not None and chosen not in BY_ID:
        raise Refused(400, "Cet indicateur n’existe pas : la liste est à l’adresse /indicateurs.")
    places = [_place(db, key) for key in keys]
    if form == "csvw":
        query = QueryParams({**request.query_params, "format": "csv"})
        return table.schema(f"{request.url.path}?{query}")
    findings = measure.measure(db, places, [chosen] if chosen else None)
    # Missing units and words hang on a reference, which is not asked for here.
    rows = [
        replace(table.row(place, BY_ID[id], finding), missing=None, word="")
        for place in places
        for id, finding in findings[place.key].items()
    ]
    if form == "csv":
        return table.written(rows)
    names = [name for name, _, _ in table.COLUMNS]
    return {
        "licence": _licences(rows),
        "donnees": [dict(zip(names, table.cells(row), strict=True)) for row in rows],
    }

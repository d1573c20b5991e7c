"""What catalogues of data read: the figures as one data set, in the words of DCAT and of schema.org (JSON-LD)."""

from __future__ import annotations

from typing import Any

from diagnostic.api.description import PATH
from diagnostic.indicators import INDICATORS
from diagnostic.model import THEMES
from diagnostic.warehouse import Database

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
TITLE = "Diagnostic territorial CTG : indicateurs par territoire"
_FORMS = (("csv", "text/csv"), ("json", "application/json"))


def _address(base: str, form: str) -> str:
    return f"{base}{PATH}/donnees?territoire=france&format={form}"


def _said(db: Database) -> str:
    invented = " Territoire fictif : aucun chiffre n’est vrai." if db.fictional else ""
    themes = ", ".join(dict.fromkeys(THEMES[one.theme].lower() for one in INDICATORS))
    return f"{len(INDICATORS)} indicateurs par commune, intercommunalité, département et région : {themes}.{invented}"


def dcat(db: Database, base: str) -> dict[str, Any]:
    """A catalogue of one data set, its sources named; addresses start at the root of the host."""
    sources = db.rows("select distinct title, producer, licence from source order by 1, 2")
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": f"{base}{PATH}/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": TITLE,
        "dcat:dataset": {
            "@type": "dcat:Dataset",
            "dct:title": TITLE,
            "dct:description": _said(db),
            "dct:language": "fr",
            "dct:issued": (db.meta("built_at") or "")[:10],
            "dct:license": {"@id": LICENCE},
            "dcat:keyword": [one.short for one in INDICATORS],
            "dct:source": [
                {"dct:title": title, "dct:publisher": {"foaf:name": producer}, "dct:rights": licence}
                for title, producer, licence in sources
            ],
            "dcat:distribution": [
                {
                    "@type": "dcat:Distribution",
                    "dcat:accessURL": {"@id": _address(base, form)},
                    "dcat:mediaType": kind,
                    "dct:license": {"@id": LICENCE},
                }
                for form, kind in _FORMS
            ],
        },
        "dcat:service": {
            "@type": "dcat:DataService",
            "dct:title": "API du diagnostic",
            "dcat:endpointURL": {"@id": base + PATH},
            "dcat:endpointDescription": {"@id": f"{base}{PATH}/openapi.json"},
        },
    }


def schema_org(db: Database, base: str) -> dict[str, Any]:
    """The same data set for search engines, as the page Méthode carries it."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": TITLE,
        "description": _said(db),
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "license": LICENCE,
        "dateModified": (db.meta("built_at") or "")[:10],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": one.label, "unitText": one.unit} for one in INDICATORS
        ],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": _address(base, form), "encodingFormat": kind}
            for form, kind in _FORMS
        ],
    }

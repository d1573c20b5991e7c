"""An OpenID Connect provider on loopback: Django's login and django-oauth-toolkit, with two people and one client.

`python tests/provider.py PORT FOLDER BACK` serves until it is stopped; BACK the addresses that clients come back to, parted by spaces.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PASSWORD, CLIENT, SECRET = "mot-de-passe-d-essai", "ctg", "secret-d-essai"
PEOPLE = ("alice@ville.example", "bruno@caf.example")


def main(port: str, folder: str, back: str) -> None:
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    import django
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY="essai",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="provider",
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "op.sqlite")}
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "registration/login.html": "<form method=post>{% csrf_token %}{{ form }}<button>Entrer</button></form>"
                            },
                        )
                    ]
                },
            }
        ],
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "OAUTH2_VALIDATOR_CLASS": "provider.validator",
            "SCOPES": {"openid": "", "email": "", "profile": ""},
            "PKCE_REQUIRED": True,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
        },
    )
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for email in PEOPLE:
        User.objects.create_user(email.partition("@")[0], email, PASSWORD)
    Application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=back,
        algorithm="RS256",
        skip_authorization=True,
    )
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, verbosity=0)


def validator(*arguments, **named):
    """What the provider says of a person: their address, which it vouches for."""
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = {**OAuth2Validator.oidc_claim_scope, "email_verified": "email"}

        def get_additional_claims(self, request) -> dict:
            return {"email": request.user.email, "email_verified": True}

    return Validator(*arguments, **named)


def _routes() -> list:
    from django.contrib.auth.views import LoginView
    from django.http import HttpResponse
    from django.urls import include, path

    return [
        path("favicon.ico", lambda request: HttpResponse(status=204)),
        path("login/", LoginView.as_view()),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    ]


if __name__ == "__main__":
    # Django loads this file again, as the module of its routes.
    sys.path.insert(0, str(Path(__file__).parent))
    main(*sys.argv[1:])
else:
    from django.conf import settings as _settings

    if _settings.configured:
        urlpatterns = _routes()

"""Signing in at an identity provider: OpenID Connect, code flow with PKCE, by Authlib.

What a provider says is believed only as its ID token, judged by steps 1 to 6 of `Provider.finish`; nothing of
the browser's own parameters is.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.httpx_client import OAuthError as RefusedByProvider
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry

from dossier.accounts import Account, Role
from dossier.errors import ProviderRefused, ProviderUnreachable
from flows.settings import Settings

_SECONDS: Final = 10.0
_LEEWAY_SECONDS: Final = 120
_PENDING_SECONDS: Final = 600.0
_MOST_PENDING: Final = 1000
_SIGNATURES: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
)
"""Never "none", never a signature by shared secret."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody on the way to the provider."""

    browser: str
    """What binds it to the browser that left."""
    nonce: str
    verifier: str
    back: str
    """Address that the provider sends back to."""
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back."""

    subject: str
    """Issuer and subject, a space between: the same person for ever."""
    account: Account
    """What this person is here, by the provider's claims; its name is a proposal."""


class Provider:
    """One identity provider."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        """A provider of the settings. Raises ProviderRefused where one of them is missing."""
        self._settings, self._clock = settings, clock
        self._lock = Lock()
        self._departures: dict[str, Departure] = {}
        file = settings.provider_ca_file
        self._trusted = ssl.create_default_context(cafile=str(file) if file else None)
        issuer = urlsplit(settings.provider_issuer)
        if issuer.scheme != "https" and issuer.hostname not in _LOOPBACK:
            raise ProviderRefused("SOHOA_PROVIDER_ISSUER", "asks for https")
        if not settings.provider_client or not settings.provider_roles:
            raise ProviderRefused("SOHOA_PROVIDER_CLIENT, SOHOA_PROVIDER_ROLES", "have to be set")

    def begin(self, browser: str, back: str) -> str:
        """The provider's address that a browser is sent to. Raises ProviderUnreachable, ProviderRefused."""
        known = self._known()
        nonce, verifier = _random(), _random()
        with self._client(back) as client:
            address, state = client.create_authorization_url(
                known["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        now = self._clock()
        with self._lock:
            young = {k: d for k, d in self._departures.items() if now - d.at < _PENDING_SECONDS}
            if len(young) >= _MOST_PENDING:
                raise ProviderRefused("sign-in", "too many are on the way")
            self._departures = {**young, state: Departure(browser, nonce, verifier, back, now)}
        return str(address)

    def finish(self, browser: str, state: str, code: str) -> Arrival:
        """Who came back with this code. Raises ProviderUnreachable, ProviderRefused."""
        # 1. This browser left with this state a short while ago, and has not come back before.
        with self._lock:
            departure = self._departures.pop(state, None)
        if departure is None or departure.browser != browser:
            raise ProviderRefused("state", "this browser did not ask for it, or asked long ago")
        if self._clock() - departure.at > _PENDING_SECONDS:
            raise ProviderRefused("state", "it took too long")
        known = self._known()
        # 2. The provider gives a token for the code to whoever knows the verifier (RFC 7636).
        token = self._token(departure, known["token_endpoint"], code)
        # 3. The ID token is signed by a key of the provider, with an algorithm of public keys.
        # 4. It comes from this issuer, for this client, now (iss, aud, azp, exp, iat, nbf).
        # 5. It answers this very question (nonce).
        claims = self._claims(token, departure.nonce, known)
        # 6. One of the person's groups works here.
        return Arrival(f"{claims['iss']} {claims['sub']}", self._account(claims))

    def _token(self, departure: Departure, endpoint: str, code: str) -> Mapping[str, Any]:
        try:
            with self._client(departure.back) as client:
                token: dict[str, Any] = client.fetch_token(
                    endpoint, code=code, code_verifier=departure.verifier, grant_type="authorization_code"
                )
        except RefusedByProvider as e:
            raise ProviderRefused("code", str(e)) from e
        except httpx2.HTTPError as e:
            raise ProviderUnreachable(self._settings.provider_issuer, str(e)) from e
        if not token.get("id_token"):
            raise ProviderRefused("token", "the provider gave no ID token")
        return token

    def _claims(self, token: Mapping[str, Any], nonce: str, known: Mapping[str, Any]) -> dict[str, Any]:
        offered = known.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=sorted(_SIGNATURES & set(offered)), strict_check_header=False)
        try:
            keys = KeySet.import_key_set(cast(KeySetSerialization, self._fetch(known["jwks_uri"])))
            read = jwt.decode(token["id_token"], key=keys, registry=registry)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {"iss": {"essential": True, "values": [known["issuer"]]}},
                {
                    "nonce": nonce,
                    "client_id": self._settings.provider_client,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY_SECONDS)
            _check_audience(claims.get("aud"), self._settings.provider_client)
        except (JoseError, ValueError) as e:
            raise ProviderRefused("ID token", str(e)) from e
        return dict(claims)

    def _account(self, claims: Mapping[str, Any]) -> Account:
        said = claims.get(self._settings.provider_role_claim, ())
        groups = {said} if isinstance(said, str) else {str(each) for each in said}
        roles = sorted({role for group, role in self._settings.provider_roles.items() if group in groups})
        if len(roles) != 1:
            raise ProviderRefused("role", f"{len(roles)} roles by the provider's groups, one is needed")
        role = Role(roles[0])
        counter = str(claims.get(self._settings.provider_counter_claim, "")) if role is Role.CLERK else ""
        if role is Role.CLERK and not counter:
            raise ProviderRefused("counter", "the provider names no counter for this clerk")
        name = str(claims.get("preferred_username") or claims["sub"])
        return Account(name, str(claims.get("name") or name), role, counter)

    def _known(self) -> Mapping[str, Any]:
        """What the provider publishes about itself, asked anew each time: a sign-in is rare."""
        issuer = self._settings.provider_issuer.rstrip("/")
        known = self._fetch(f"{issuer}/.well-known/openid-configuration")
        if str(known.get("issuer", "")).rstrip("/") != issuer:
            raise ProviderRefused("issuer", "the provider calls itself by another name")
        for part in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = urlsplit(str(known.get(part, "")))
            if address.scheme != "https" and address.hostname not in _LOOPBACK:
                raise ProviderRefused(part, "asks for https")
        return known

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            with httpx2.Client(timeout=_SECONDS, verify=self._trusted, trust_env=False) as client:
                answer = client.get(address)
                answer.raise_for_status()
                found = answer.json()
        except (httpx2.HTTPError, ValueError) as e:
            raise ProviderUnreachable(self._settings.provider_issuer, str(e)) from e
        if not isinstance(found, dict):
            raise ProviderRefused(address, "is not what a provider answers")
        return found

    def _client(self, back: str) -> OAuth2Client:
        secret = self._settings.provider_secret_file
        return OAuth2Client(
            self._settings.provider_client,
            secret.read_text("utf-8").strip() if secret else None,
            scope="openid profile",
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            timeout=_SECONDS,
            verify=self._trusted,
            trust_env=False,
        )


def _check_audience(audience: Any, client: str) -> None:
    """Authlib lets a foreign audience pass when `azp` is ours; here the token is for us or for nobody."""
    named = [audience] if isinstance(audience, str) else list(audience or ())
    if client not in named:
        raise ValueError("the token is for somebody else")


def _random() -> str:
    return secrets.token_urlsafe(48)

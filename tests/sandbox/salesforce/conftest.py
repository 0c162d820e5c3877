"""A local org for each test."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from werkzeug.serving import make_server

from sandbox.salesforce import OrgConfig, create_app
from tests.sandbox.salesforce.client import SECRET, OrgClient, log_in

PROJECT = Path(__file__).parents[3] / "crm" / "salesforce"
OWN_URL = "http://org.test"


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def config(private_key: rsa.RSAPrivateKey) -> OrgConfig:
    public = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return OrgConfig(
        database=None,
        source=PROJECT,
        base_url=OWN_URL,
        client_id="touchline",
        client_secret=SECRET,
        public_key_pem=public.decode(),
        integration_username="touchline@example.com",
    )


@pytest.fixture
def app(config: OrgConfig) -> Iterator[Flask]:
    app = create_app(config)
    yield app
    app.extensions["org"].store.close()


@pytest.fixture
def org(app: Flask) -> OrgClient:
    return log_in(app)


@pytest.fixture(scope="session")
def still_org(config: OrgConfig) -> Iterator[OrgClient]:
    """Share one org among tests that write nothing."""
    app = create_app(config)
    yield log_in(app)
    app.extensions["org"].store.close()


@pytest.fixture
def as_user(app: Flask, private_key: rsa.RSAPrivateKey) -> Callable[[str], OrgClient]:
    def log_in_as(name: str) -> OrgClient:
        facts = {
            "iss": "touchline",
            "sub": f"{name}@example.com",
            "aud": OWN_URL,
            "exp": int(time.time()) + 60,
        }
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(facts, private_key, algorithm="RS256"),
        }
        answer = app.test_client().post("/services/oauth2/token", data=form)
        return OrgClient(app, answer.get_json()["access_token"])

    return log_in_as


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()

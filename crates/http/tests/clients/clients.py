"""Asks a node as hospital systems do: fhirclient and fhirpy, with tokens for assertions that PyJWT signs (RS384).

`clients.py keys FILE` writes a private key to FILE and prints the public one as a JSON Web Key Set.
`clients.py ask FILE BASE NOW NUMBER` asks the node at BASE, whose clock stands at NOW, about the child with that NHS number.
"""

import json
import sys
import uuid

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fhirclient import client as smart
from fhirclient.models.flag import Flag
from fhirclient.models.operationoutcome import OperationOutcome
from fhirpy import SyncFHIRClient

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"


def keys(file):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(file, "wb") as written:
        written.write(pem)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    public = {name: public[name] for name in ("kty", "n", "e")}
    print(json.dumps({"keys": [{**public, "kid": "rsa", "alg": "RS384"}]}))


def token(file, base, now):
    endpoint = requests.get(f"{base}/fhir/.well-known/smart-configuration").json()["token_endpoint"]
    claims = {
        "iss": "ed-system",
        "sub": "ed-system",
        "aud": endpoint,
        "exp": now + 240,
        "iat": now,
        "jti": str(uuid.uuid4()),
    }
    with open(file, "rb") as key:
        assertion = jwt.encode(claims, key.read(), algorithm="RS384", headers={"kid": "rsa"})
    form = {
        "grant_type": "client_credentials",
        "scope": "system/Flag.rs system/Patient.r",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    answer = requests.post(endpoint, data=form)
    answer.raise_for_status()
    return answer.json()["access_token"]


def ask(file, base, now, number):
    bearer = f"Bearer {token(file, base, int(now))}"

    client = smart.FHIRClient(settings={"app_id": "ed-system", "api_base": f"{base}/fhir/"})
    client.server.session.headers["Authorization"] = bearer
    search = Flag.where({"patient.identifier": f"{SYSTEM}|{number}"})
    resources = search.perform_resources(client.server)
    flags = [one for one in resources if isinstance(one, Flag)]
    outcomes = [one for one in resources if isinstance(one, OperationOutcome)]
    assert [flag.code.coding[0].code for flag in flags] == ["1064311000000109"], resources
    assert flags[0].status == "active" and flags[0].contained[0].name == "Ashmoor Council"
    assert outcomes[0].issue[0].details.coding[0].code == "on-register"

    client = SyncFHIRClient(f"{base}/fhir", authorization=bearer)
    bundle = client.resources("Flag").search(**{"patient.identifier": f"{SYSTEM}|{number}"}).fetch_raw()
    assert bundle["total"] == 1, bundle
    patient = {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}]}
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}
    matched = client.execute("Patient/$match", method="post", data=parameters)
    assert matched["entry"][0]["search"]["extension"][0]["valueCode"] == "certain", matched
    print("ok")


if __name__ == "__main__":
    {"keys": keys, "ask": ask}[sys.argv[1]](*sys.argv[2:])

"""Who asks and for what, in the requests that schemathesis makes up, and what an answer must be besides what it checks."""

import itertools
import os
import re
import uuid

import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

ORIGIN = os.environ["TENON_ORIGIN"]
PASSWORD = "correct horse battery staple"
OPERATOR = os.environ["TENON_OPERATOR_PASSWORD"]

# What only the operator may.
OPERATORS = ("users", "queues", "cluster")

# What ends the session, the membership, the account or the organization of whoever asks: each request has an owner of its own.
ENDING = {
    "changeMember",
    "changePassword",
    "deleteMember",
    "deleteOrganization",
    "deleteSession",
    "deleteSessions",
    "logout",
}

CURSOR = re.compile("[A-Za-z0-9_-]*")

# Codes of fields that say that a value of the right form was not for what is there, or not together with the others. JSON
# Schema has no words for these; the description says them in sentences.
OF_MEANING = {
    "duplicate": "a tag that is there already but for spaces around it",
    "in_the_past": "an end of an API key that is over",
    "invalid_key": "32 bytes that are no point of Ed25519",
    "low_order_key": "a point of X25519 of low order, such as all zeros",
    "no_words": "a search with nothing in it to search for",
    "not_changeable": "a credential keeps its kind",
    "not_found": "a site or a unit of nobody, or a unit of another site",
    "site_required": "a unit without its site",
    "too_common": "a password that everybody would guess",
    "unknown_credential": "a credential of nobody",
}

# What belongs together there: epoch and offset; the policy and its days; the kind of a credential and its values.
TOGETHER = {
    "getRoomHistory": {"required"},
    "setMessageRetention": {"required", "unexpected"},
    "createCredential": {"required", "not_expected", "invalid_pem", "invalid_tenant"},
    "replaceCredential": {"required", "not_expected", "invalid_pem", "invalid_tenant"},
}

numbers = itertools.count()


class Owner:
    """Somebody with an organization, and one of each thing in it."""

    def __init__(self):
        email = f"owner-{next(numbers)}@example.org"
        signed_in = made("/api/auth/register", {"email": email, "password": PASSWORD, "displayName": "Ada"})
        self.token = signed_in["accessToken"]
        organization = signed_in["organization"]["id"]
        self.ids = {
            "organization": organization,
            "user": signed_in["user"]["id"],
            "session": signed_in["session"],
        }
        self.rooms = [f"org:{organization}", f"user:{self.ids['user']}"]

    def furnish(self):
        organization = f"/api/orgs/{self.ids['organization']}"
        site = self.make(f"{organization}/sites", {"name": "North"})
        unit = self.make(f"{organization}/units", {"siteId": site["id"], "name": "Hall"})
        asset = self.make("/api/assets", {"title": "Pump", "siteId": site["id"]})
        credential = self.make("/api/credentials", {"name": "Scale", "kind": "secret", "values": {"value": "x"}})
        values = {"tenantId": "contoso.onmicrosoft.com", "clientId": str(uuid.uuid4()), "clientSecret": "x"}
        graph = self.make("/api/credentials", {"name": "Mail", "kind": "microsoft-graph", "values": values})
        watched = {"credentialId": graph["id"], "resource": "users/ada@example.com/messages", "changeTypes": ["created"]}
        subscription = self.make("/api/graph/subscriptions", watched)
        invitation = self.make(f"{organization}/invitations", {"email": "bea@example.org", "role": "member"})
        self.ids |= {
            "site": site["id"],
            "unit": unit["id"],
            "asset": asset["id"],
            "credential": credential["id"],
            "invitation": invitation["id"],
            "subscription": subscription["id"],
        }
        return self

    def make(self, path, body):
        return made(path, body, self.token)


def made(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(ORIGIN + path, json=body, headers=headers, timeout=120)
    answer.raise_for_status()
    return answer.json()


class Operator:
    """The operator, who looks at an account that nobody else uses."""

    def __init__(self):
        self.token = made("/api/auth/login", {"password": OPERATOR})["token"]
        self.ids = {"user": Owner().ids["user"]}
        self.rooms = []


operator = Operator()
ada = Owner().furnish()


@schemathesis.auth(refresh_interval=None)
class Callers:
    """Gives each request a caller, and in place of ids that stand for nothing those of what the caller has."""

    def get(self, case, context):
        definition = case.operation.definition.raw
        of_operators = any(tag in OPERATORS for tag in definition.get("tags", [])) or case.operation.path == "/api/audit"
        if of_operators and "/users/me/" not in case.operation.path:
            return operator
        if definition["operationId"] in ENDING:
            return Owner()
        return ada

    def set(self, case, caller, context):
        case.headers["Authorization"] = f"Bearer {caller.token}"
        for name, value in (case.path_parameters or {}).items():
            if name == "room" and str(value).startswith("org:"):
                case.path_parameters[name] = caller.rooms[0]
            elif name in caller.ids and is_id(value):
                case.path_parameters[name] = caller.ids[name]
        # No cursor that is made up is one of the listing's: refused it is in any form.
        if CURSOR.fullmatch(str((case.query or {}).get("cursor", "!"))):
            del case.query["cursor"]
        # To JSON Schema 1.0 is a whole number, and to Tenon it is not.
        case.body = whole(case.body)


def whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return value


def is_id(value):
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Lets pass what is no failure; the reason stands beside each."""
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        codes = {field["code"] for field in response.json().get("fields", [])}
        known = OF_MEANING.keys() | TOGETHER.get(case.operation.definition.raw["operationId"], set())
        return not codes or not codes <= known
    if isinstance(failure, AcceptedNegativeData):
        # The handshake has no body, and none is looked at.
        return "validationToken" not in (case.query or {}) or response.status_code != 200
    return True


@schemathesis.check
def the_code_is_documented(context, response, case):
    """Every code that an operation answers stands beside its status in the document."""
    if "problem" not in "".join(response.headers.get("content-type", [])):
        return
    code = response.json()["code"]
    # What no operation is needed for.
    if code in ("not_found", "method_not_allowed"):
        return
    status = str(response.status_code)
    responses = case.operation.definition.raw["responses"]
    content = responses.get(status, {}).get("content", {}).get("application/problem+json", {})
    assert code in content.get("examples", {}), f"{status} {code} is not documented"

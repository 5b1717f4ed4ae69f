"""Holds docs/asyncapi.yaml with the schema of AsyncAPI and with frames: each is one message, and each message is among them."""

import json
import os
import pathlib
import sys

import jsonschema_rs
import yaml

from references import resolved

SCHEMA = pathlib.Path(os.environ["TENON_TEST_NODE_MODULES"]) / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "asyncapi.yaml"

# Frames of clients that are wrong on purpose.
WRONG = {"jump"}

document = yaml.safe_load(DOCUMENT.read_text())


def messages(action):
    """The messages of the operations with this action, by their names, with validators."""
    found = {}
    for operation in document["operations"].values():
        if operation["action"] == action:
            for reference in operation["messages"]:
                message = resolved(document, reference)
                schema = {"$ref": "#/payload", "payload": message["payload"], "components": document["components"]}
                found[message["name"]] = (jsonschema_rs.validator_for(schema, validate_formats=True), message)
    return found


assert document["asyncapi"] == "3.0.0"
schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
faults = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in schema.iter_errors(document)]
assert not faults, "\n".join(faults)
assert not schema.is_valid(document | {"operations": {"send": {"action": "shout"}}}), "the schema takes anything"
for name, channel in document["channels"].items():
    assert channel["address"].startswith("/"), name

# What the application receives is what clients send.
spoken = {"client": messages("receive"), "server": messages("send")}
seen = set()
for entry in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    who, frame = entry["who"], entry["frame"]
    fitting = [name for name, (validator, _) in spoken[who].items() if validator.is_valid(frame)]
    if who == "client" and frame["type"] in WRONG:
        assert not fitting, f"{frame} is {fitting}"
        continue
    if len(fitting) != 1:
        reasons = {name: [str(e.message) for e in v.iter_errors(frame)] for name, (v, _) in spoken[who].items()}
        sys.exit(f"{frame} is {fitting}, and not one message: {json.dumps(reasons, indent=1)}")
    seen.add((who, fitting[0]))

for who, all_messages in spoken.items():
    for name, (validator, message) in all_messages.items():
        assert (who, name) in seen, f"no {who} says {name}"
        for example in message["examples"]:
            errors = [error.message for error in validator.iter_errors(example["payload"])]
            assert not errors, f"{name}: {errors}"
print(f"every message was seen: {len(seen)}")

"""Holds every example of the OpenAPI document, and answers that really came, with the schemas beside them.

Arguments: the document, and a list of answers with their operation, status and body.
"""

import json
import pathlib
import sys
from functools import cache

import jsonschema_rs

from references import resolved

document, answers = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:])
faults = []
counts = {"parameter": 0, "property": 0, "request": 0, "response": 0, "answer": 0}


@cache
def validator(schema):
    whole = {"$ref": "#/schema", "schema": json.loads(schema), "components": document["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def hold(kind, place, schema, value):
    counts[kind] += 1
    for error in validator(json.dumps(schema)).iter_errors(value):
        path = "".join(f"/{part}" for part in error.instance_path)
        faults.append(f"{place}{path}: {error.message}")


def examples(part):
    """The examples of a parameter, a header or a body, by their names."""
    found = {name: resolved(document, example)["value"] for name, example in part.get("examples", {}).items()}
    return found | ({"example": part["example"]} if "example" in part else {})


def hold_all(kind, place, part):
    for name, value in examples(part).items():
        hold(kind, f"{place} {name}", part["schema"], value)


def hold_body(kind, place, body):
    for media, content in body.get("content", {}).items():
        hold_all(kind, f"{place} {media}", content)


def hold_schema(place, schema):
    """The examples of a schema's own, however deep inside it they stand."""
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            hold_schema(f"{place}/{number}", part)
    if isinstance(schema, dict):
        for value in [schema["example"]] if "example" in schema else schema.get("examples", []):
            hold("property", place, schema, value)
        for name, part in schema.items():
            if name not in ("example", "examples", "default", "enum", "const"):
                hold_schema(f"{place}/{name}", part)


# Objects whose properties are names that the server has for things.
MAPS = {"queues"}


def same_shape(place, example, body):
    """Whether an answer has no property that its example does not show, as far down as both go."""
    if isinstance(example, dict) and isinstance(body, dict):
        for name in body.keys() - example.keys():
            faults.append(f"{place}: the example has no {name}")
        for name in body.keys() & example.keys():
            if name in MAPS:
                same_shape(f"{place}/{name}", list(example[name].values()), list(body[name].values()))
            # What is in an object of somebody's own is theirs.
            elif example[name] != {}:
                same_shape(f"{place}/{name}", example[name], body[name])
    if isinstance(example, list) and isinstance(body, list) and example and body:
        same_shape(f"{place}/0", example[0], body[0])


operations = {}
for path, item in document["paths"].items():
    for method, operation in item.items():
        operations[operation["operationId"]] = operation
        for parameter in operation.get("parameters", []):
            parameter = resolved(document, parameter)
            hold_all("parameter", f"{method} {path} {parameter['name']}", parameter)
        hold_body("request", f"{method} {path}", resolved(document, operation.get("requestBody", {})))
        for status, response in operation["responses"].items():
            response = resolved(document, response)
            hold_body("response", f"{method} {path} {status}", response)
            for name, header in response.get("headers", {}).items():
                hold_all("parameter", f"{method} {path} {status} {name}", resolved(document, header))
hold_schema("#/components/schemas", document["components"]["schemas"])

for answer in answers:
    place = f"{answer['operation']} {answer['status']}"
    response = resolved(document, operations[answer["operation"]]["responses"][str(answer["status"])])
    (content,) = response["content"].values()
    hold("answer", place, content["schema"], answer["body"])
    shown = list(examples(content).values())
    # A failure has one example for each code.
    like = [example for example in shown if example.get("code") == answer["body"].get("code")]
    assert like, f"{place}: no example is like {answer['body']}"
    same_shape(place, like[0], answer["body"])

if faults:
    sys.exit("\n".join(faults))
print(" ".join(f"{kind}={count}" for kind, count in counts.items()))

"""What Schemathesis has to be told that a contract cannot say: each with its reason."""
import os, time
import requests, schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance, use_after_free


@schemathesis.check
def refusals_are_rules(ctx, response, case):
    """As `positive_data_acceptance`, but for rules that no schema says: the contract tells them in words, by the error's code (`x-rules`)."""
    rules = case.operation.definition.raw.get("x-rules", {})
    try:
        code = response.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        code = None
    if code in rules:
        return None
    return positive_data_acceptance(ctx, response, case)


@schemathesis.hook
def filter_case(ctx, case):
    """Nobody takes back the token that all of this is asked with, nor the user without whom there would be nobody to ask."""
    parts = case.path_parameters or {}
    own = {"token": (os.environ["CONTRACT_TOKEN_NAME"], "1"), "user": ("anna",)}
    return not any(str(parts.get(name, "")).lower() in values for name, values in own.items())


@schemathesis.check
def deleted_is_gone(ctx, response, case):
    """As `use_after_free`, but an instance's end is begun by DELETE, which says `stopping`, and 404 follows when its worker is gone."""
    try:
        return use_after_free(ctx, response, case)
    except AssertionError:
        instance = (case.path_parameters or {}).get("instance")
        end = time.monotonic() + 8
        while instance is not None and time.monotonic() < end:
            headers = {"Authorization": case.headers.get("Authorization") or response.request.headers["Authorization"]}
            if requests.get(f"{case.operation.base_url}/api/vp/instances/{instance}", headers=headers).status_code == 404:
                return None
            time.sleep(0.1)
        raise

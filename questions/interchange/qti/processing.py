"""How an item is scored: by a template, in any of its spellings, or by the same written out."""

from xml.etree import ElementTree

from questions.interchange.remarks import Refused

Element = ElementTree.Element
MATCH, MAP, NEAR, NONE = "match_correct", "map_response", "near", ""
# By the last part of its address, in lower case, without `.xml`.
_TEMPLATES = {"match_correct": MATCH, "cc2_match": MATCH, "map_response": MAP, "cc2_map": MAP,
              "cc2_map_response": MAP, "cc2_match_basic": MATCH}  # fmt: skip
_OWN = "It is scored by rules of its own, which the bank does not have: "


def scored_by(item: Element) -> tuple[str, Element | None]:
    """Return how the response is scored, and the `equal` that it is scored by, if it is.

    Raises Refused for processing that is neither a known template nor one written out.
    """
    found = item.find("responseProcessing")
    if found is None:
        return NONE, None
    address = found.get("template") or found.get("templateLocation")
    if address:
        return _template(address), None
    if not len(found):
        return NONE, None
    return _written_out(found)


def _template(address: str) -> str:
    name = address.rstrip("/").rpartition("/")[2].lower().removesuffix(".xml")
    if name not in _TEMPLATES:
        raise Refused(f"{_OWN}the template {name!r}.")
    return _TEMPLATES[name]


def _written_out(processing: Element) -> tuple[str, Element | None]:
    """Know the templates where they are written out; feedback that is shown besides is let be."""
    rules = [rule for rule in processing if not _sets_feedback(rule)]
    if len(rules) != 1:
        raise Refused(f"{_OWN}{len(rules)} rules.")
    (rule,) = rules
    if _sets_score(rule) and [each.tag for each in rule] == ["mapResponse"]:
        return MAP, None
    if rule.tag == "responseCondition":
        return _condition(rule)
    raise Refused(f"{_OWN}{rule.tag}.")


def _condition(rule: Element) -> tuple[str, Element | None]:
    """Know "if it is right, 1, else 0", and "if there is none, 0, else what is mapped"."""
    branches = [branch.tag for branch in rule]
    first = rule.find("responseIf")
    if first is None or branches not in (["responseIf"], ["responseIf", "responseElse"]):
        raise Refused(f"{_OWN}a condition of several cases.")
    test, *outcomes = [each for each in first if not _sets_feedback(each)]
    # Writers for Blackboard compare, and leave to it what follows from that.
    if not outcomes and branches == ["responseIf"] and _compares(test, "match"):
        return MATCH, None
    if len(outcomes) != 1 or not _sets_score(outcomes[0]):
        raise Refused(f"{_OWN}a condition that does not set the score alone.")
    if _compares(test, "match") and _gives(outcomes[0], 1.0):
        return MATCH, None
    if _compares(test, "equal") and _gives(outcomes[0], 1.0):
        return NEAR, test
    if test.tag == "isNull" and rule.find("responseElse/setOutcomeValue/mapResponse") is not None:
        return MAP, None
    raise Refused(f"{_OWN}a condition on {test.tag}.")


def _compares(test: Element, how: str) -> bool:
    """Tell a test of the response against the one that is declared right."""
    return test.tag == how and sorted(each.tag for each in test) == ["correct", "variable"]


def _sets_score(rule: Element) -> bool:
    return rule.tag == "setOutcomeValue" and rule.get("identifier") == "SCORE"


def _sets_feedback(rule: Element) -> bool:
    return rule.tag == "setOutcomeValue" and "FEEDBACK" in rule.get("identifier", "").upper()


def _gives(rule: Element, score: float) -> bool:
    """Tell a rule that sets the whole score: 1, a number of points, or whatever is the most."""
    variable = rule.find("variable")
    if variable is not None:
        return variable.get("identifier") == "MAXSCORE"
    value = rule.findtext("baseValue", "")
    try:
        return float(value) >= score
    except ValueError:
        return False

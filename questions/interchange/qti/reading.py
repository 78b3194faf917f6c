"""An item of QTI, in the spelling of 2.1, as fields of a question."""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from questions.interchange import about, answers, bodies
from questions.interchange.answers import EXACT, KEYS
from questions.interchange.draws import exact
from questions.interchange.moodle.reading import read_rubric
from questions.interchange.qti.processing import MAP, MATCH, NEAR, NONE, scored_by
from questions.interchange.remarks import Fields, Native, Refused

Element = ElementTree.Element
GAP = "_____"
_HIDDEN_FROM = {"candidate"}


def read_item(item: Element) -> Native:
    """Return what an item says; raise Refused where the bank has no such kind."""
    _refuse_special(item)
    body = item.find("itemBody")
    if body is None:
        raise Refused("It has no body.")
    interaction = _interaction(body)
    declared = _declared(item, interaction)
    notes, remarks = _take_notes(body)
    fields, said = _asked(item, body, interaction)
    native = _KINDS[interaction.tag](item, interaction, declared)
    fields.update(native.fields)
    _add_notes(fields, notes)
    lost = [*native.remarks, *said, *remarks, *_unkept(item)]
    return Native(fields, list(dict.fromkeys(lost)))


def _refuse_special(item: Element) -> None:
    if item.get("adaptive", "false") == "true":
        raise Refused("It is adaptive: it asks several times.")
    if item.find("templateProcessing") is not None or item.find("templateDeclaration") is not None:
        raise Refused("It draws its numbers by rules of its own.")


def _interaction(body: Element) -> Element:
    found = [each for each in body.iter() if each.tag.endswith("Interaction")]
    if not found:
        raise Refused("It asks nothing: it has no interaction.")
    if len(found) > 1:
        raise Refused(f"It has {len(found)} interactions; a question of the bank has one.")
    if found[0].tag not in _KINDS:
        raise Refused(f"The bank has no kind like {found[0].tag}.")
    return found[0]


def _declared(item: Element, interaction: Element) -> Element:
    name = interaction.get("responseIdentifier", "")
    for declared in item.findall("responseDeclaration"):
        if declared.get("identifier") == name:
            return declared
    raise Refused(f"The response {name!r} is not declared.")


def _take_notes(body: Element) -> tuple[dict[str, str], list[str]]:
    """Take the blocks out that candidates do not see; return our own by name, and the others."""
    notes: dict[str, str] = {}
    remarks: list[str] = []
    for parent in list(body.iter()):
        for block in [each for each in parent if each.tag == "rubricBlock"]:
            seen = set(block.get("view", "").split())
            if not seen & _HIDDEN_FROM:
                inside = block.find("contentBody")
                read = bodies.read(html_inside(block if inside is None else inside))
                notes |= read.own
                remarks += read.remarks
                if read.markdown:
                    notes["other"] = f"{notes.get('other', '')}\n\n{read.markdown}".strip()
                _drop(parent, block)
    return notes, remarks


def _drop(parent: Element, child: Element) -> None:
    """Take an element out and leave the text behind it."""
    index = list(parent).index(child)
    tail = child.tail or ""
    parent.remove(child)
    if tail and index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail


def _add_notes(fields: Fields, notes: dict[str, str]) -> None:
    if "official-answer" in notes:
        fields["official_answer"] = bodies.markdown(notes["official-answer"])
    if "rubric" in notes:
        fields["rubric"] = read_rubric(notes["rubric"], "html", 1.0)
    said = dict(_listed(notes.get("rationale", "")))
    for option in fields.get("options", ()):
        if option["key"] in said:
            option["rationale"] = said[option["key"]]
    for number, pair in enumerate(fields.get("pairs", ()), start=1):
        if f"L{number}" in said:
            pair["rationale"] = said[f"L{number}"]
    if "all" in said:
        fields["rationale"] = said["all"]
    if other := notes.get("other"):
        fields["official_answer"] = f"{fields.get('official_answer', '')}\n\n{other}".strip()


def _listed(text: str) -> Iterator[tuple[str, str]]:
    soup = bodies.soup_of(text)
    for term in soup.find_all("dt"):
        said = term.find_next_sibling("dd")
        if said is not None:
            yield term.get_text().strip(), bodies.markdown(bodies.inner(said))


def _asked(item: Element, body: Element, interaction: Element) -> tuple[Fields, list[str]]:
    """Return what stands around the interaction, and its own prompt."""
    text = html_inside(body, leave_out=interaction)
    prompt = interaction.find("prompt")
    if prompt is not None:
        text = f"{text}<p>{html_inside(prompt)}</p>"
    read = bodies.read(text)
    name = item.get("identifier", "").lstrip("_")
    title = " ".join(item.get("title", "").split())[:200]
    fields: Fields = {"title": title or name, "prompt": read.markdown}
    fields["slug"] = name if about.is_slug(name) else about.slug(name) or about.slug(title)
    if instruction := read.own.get("instruction"):
        fields["instruction"] = bodies.markdown(instruction)
    if unit := read.own.get("unit"):
        fields["unit"] = bodies.markdown(unit)
    return fields, read.remarks


def html_inside(element: Element, leave_out: Element | None = None) -> str:
    """Return the content of an element as HTML; a field in the middle of a line as a gap."""
    copy = _without(element, leave_out)
    text = ElementTree.tostring(copy, encoding="unicode", method="html")
    return text[text.index(">") + 1 : text.rindex("</")]


def _without(element: Element, left_out: Element | None) -> Element:
    found = ElementTree.Element(element.tag, dict(element.items()))
    found.text = element.text
    for child in element:
        if child is not left_out:
            found.append(_without(child, left_out))
            found[-1].tail = child.tail
            continue
        alone = not (element.text or "").strip() and not (child.tail or "").strip()
        gap = "" if alone or not child.tag.startswith("textEntry") else GAP
        rest = f"{gap}{child.tail or ''}"
        if len(found):
            found[-1].tail = f"{found[-1].tail or ''}{rest}"
        else:
            found.text = f"{found.text or ''}{rest}"
    return found


def _unkept(item: Element) -> list[str]:
    remarks = []
    if item.find("modalFeedback") is not None:
        remarks.append("Its feedback in a window is not kept: rationales stand with options.")
    if item.find("stylesheet") is not None:
        remarks.append("Its stylesheet is not kept.")
    return remarks


def _values(declared: Element) -> list[str]:
    return [(value.text or "").strip() for value in declared.findall("correctResponse/value")]


def _choices(interaction: Element) -> tuple[list[tuple[str, bodies.Body, str]], list[str]]:
    """Return identifier, text and feedback of each choice."""
    found, remarks = [], []
    for choice in interaction.findall("simpleChoice"):
        said = [bodies.markdown(html_inside(each)) for each in choice.iter("feedbackInline")]
        for parent in list(choice.iter()):
            for each in [e for e in parent if e.tag == "feedbackInline"]:
                _drop(parent, each)
        read = bodies.read(html_inside(choice))
        remarks += read.remarks
        found.append((choice.get("identifier", ""), read, " ".join(said)))
    if not 2 <= len(found) <= len(KEYS):
        raise Refused(f"It has {len(found)} choices.")
    return found, remarks


def _read_choice(item: Element, interaction: Element, declared: Element) -> Native:
    how, _ = scored_by(item)
    right = set(_values(declared))
    found, remarks = _choices(interaction)
    identifiers = [identifier for identifier, _, _ in found]
    if how == NONE:
        raise Refused("It does not say how it is scored.")
    if how == MAP:
        right, said = _mapped(declared, identifiers)
        remarks += said
    if not right or not right <= set(identifiers):
        raise Refused("It does not say which choice is right.")
    if identifiers == ["true", "false"]:
        return Native({"kind": "true_false", "right": right == {"true"}}, remarks)
    keys = _keys(identifiers)
    options = [_option(keys[name], body, said, name in right) for name, body, said in found]
    single = declared.get("cardinality") == "single"
    fields: Fields = {"kind": "single_choice" if single else "multiple_choice", "options": options}
    if how == MATCH and not single:
        fields["credit"] = "whole"
    return Native(fields, remarks)


def _option(key: str, body: bodies.Body, said: str, right: bool) -> Fields:
    found: Fields = {"key": key, "text": body.markdown}
    return {**found, **({"right": True} if right else {}), **({"rationale": said} if said else {})}


def _keys(identifiers: list[str]) -> dict[str, str]:
    """Return a letter for each identifier: its own where all are letters."""
    own = [name.lower() for name in identifiers]
    if all(re.fullmatch("[a-z]", name) for name in own) and len(set(own)) == len(own):
        return dict(zip(identifiers, own, strict=True))
    return dict(zip(identifiers, KEYS, strict=False))


def _mapped(declared: Element, known: list[str]) -> tuple[set[str], list[str]]:
    """Return what earns something, and a sentence where shares are others than ours."""
    scores = {
        entry.get("mapKey", ""): _float(entry.get("mappedValue", ""))
        for entry in declared.findall("mapping/mapEntry")
    }
    right = {name for name, score in scores.items() if score > 0}
    each = [score for score in scores.values() if score > 0]
    wrong = [scores.get(name, 0.0) for name in known if name not in right]
    whole = sum(each)
    even = all(abs(score - whole / len(each)) < 1e-4 * whole for score in each)
    taken = all(abs(score + whole / len(each)) < 1e-4 * whole for score in wrong)
    if even and (taken or declared.get("cardinality") == "single"):
        return right, []
    return right, [
        "Its shares are not kept: here each right choice adds the same, and each wrong one takes "
        "away as much."
    ]


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refused(f"{text[:40]!r} is no number.") from None


def _read_order(item: Element, interaction: Element, declared: Element) -> Native:
    how, _ = scored_by(item)
    found, remarks = _choices(interaction)
    by_name = {name: body for name, body, _ in found}
    order = _values(declared)
    if how != MATCH or sorted(order) != sorted(by_name):
        raise Refused("It does not say which order is right.")
    keys = _keys(order)
    items = [{"key": keys[name], "text": by_name[name].markdown} for name in order]
    return Native({"kind": "ordering", "items": items}, remarks)


def _read_match(item: Element, interaction: Element, declared: Element) -> Native:
    how, _ = scored_by(item)
    sides = [_side(side) for side in interaction.findall("simpleMatchSet")]
    pairs = [value.split() for value in _values(declared)]
    if how == NONE or len(sides) != 2 or not pairs or any(len(pair) != 2 for pair in pairs):
        raise Refused("It does not say which pairs are right.")
    left, right = sides
    if any(a not in left or b not in right for a, b in pairs) or len({a for a, _ in pairs}) < len(
        pairs
    ):
        raise Refused("A choice has several partners, or one that is not there.")
    used = {b for _, b in pairs}
    if len(used) < len(pairs) or len(pairs) < len(left):
        raise Refused("Partners are used several times, or a choice has none.")
    found: Fields = {"kind": "matching"}
    found["pairs"] = [{"left": left[a], "right": right[b]} for a, b in pairs]
    extra = [text for name, text in right.items() if name not in used]
    return Native({**found, **({"extra": extra} if extra else {})})


def _side(side: Element) -> dict[str, str]:
    return {
        choice.get("identifier", ""): bodies.markdown(html_inside(choice))
        for choice in side.findall("simpleAssociableChoice")
    }


def _read_entry(item: Element, interaction: Element, declared: Element) -> Native:
    how, equal = scored_by(item)
    base = declared.get("baseType", "string")
    if declared.get("cardinality") != "single" or how == NONE:
        raise Refused("It does not say how it is scored.")
    if base in {"float", "integer"}:
        return _number(declared, how, equal)
    if base != "string" or how == NEAR:
        raise Refused(f"The bank has no answers of the type {base!r}.")
    return _word(declared, how)


def _word(declared: Element, how: str) -> Native:
    scores = {
        entry.get("mapKey", "").strip(): _float(entry.get("mappedValue", ""))
        for entry in declared.findall("mapping/mapEntry")
    }
    best = max(scores.values(), default=0.0)
    forms = _values(declared)[:1]
    if how == MAP and best > 0:
        forms = [form for form, score in scores.items() if score == best]
    remarks = [
        f"{form[:60]!r} earns a part, and here nothing."
        for form, score in scores.items()
        if how == MAP and 0 < score < best
    ]
    forms = [form for form in dict.fromkeys(forms) if form]
    if not forms:
        raise Refused("It does not say which answer is right.")
    return Native({"kind": "short_text", "accepted": forms}, remarks)


def _number(declared: Element, how: str, equal: Element | None) -> Native:
    value = next(iter(_values(declared)), "")
    if not value and how == MAP:
        best = max(
            declared.findall("mapping/mapEntry"),
            key=lambda entry: _float(entry.get("mappedValue", "")),
            default=None,
        )
        value = "" if best is None else best.get("mapKey", "")
    found = answers.numeric([answers.Answer(value, 100.0)]).fields
    found["tolerance"] = _tolerance(equal)
    return Native({**found, "answer": exact(float(found["answer"])), "misconceptions": []})


def _tolerance(equal: Element | None) -> Fields:
    """Return how near is right; the wider side where both are not the same."""
    mode = "exact" if equal is None else equal.get("toleranceMode", "exact")
    sides = [] if equal is None else [_float(each) for each in equal.get("tolerance", "").split()]
    room = max(sides, default=0.0)
    if mode == "absolute" and room > 0:
        return {"absolute": room}
    if mode == "relative" and 0 < room <= 10:
        return {"relative": room / 100}
    if mode == "relative" and room > 10:
        raise Refused(f"Its tolerance of {room:g} % is wider than the 10 % that are allowed.")
    return {"absolute": EXACT}


def _read_extended(item: Element, interaction: Element, declared: Element) -> Native:
    remarks = []
    if item.find("responseProcessing") is not None and len(item.find("responseProcessing") or ()):
        remarks.append("Its scoring is not kept: here people score a text.")
    fields: Fields = {"kind": "open_text", "rubric": []}
    length = interaction.get("expectedLength", "")
    if length.isdigit() and 120 <= int(length) <= 6000:
        fields["words"] = int(length) // 6
    return Native(fields, remarks)


_KINDS: dict[str, Callable[[Element, Element, Element], Native]] = {
    "choiceInteraction": _read_choice,
    "orderInteraction": _read_order,
    "matchInteraction": _read_match,
    "textEntryInteraction": _read_entry,
    "extendedTextInteraction": _read_extended,
}

"""Items and packages of QTI as others write them, in both spellings."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from questions.interchange import FORMATS, converting
from tests.questions.contents import fields_of
from tests.questions.interchange.packages import item, manifest, zipped

QTI3 = FORMATS["qti3"]
SINGLE = """
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse><value>{right}</value></correctResponse></responseDeclaration>"""
CHOICE = """<itemBody><p>Which?</p>
<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1" shuffle="false">
<prompt>One of \\(x_1\\):</prompt><simpleChoice identifier="A">Alpha</simpleChoice>
<simpleChoice identifier="B">Beta</simpleChoice></choiceInteraction></itemBody>"""


def read(*items, form=QTI3):
    return converting.read(form, zipped(*items))


def read_one(inside):
    reading = read(item(inside))
    assert [str(remark) for remark in reading.refused] == []
    (found,) = reading.questions
    return found


def processing(template):
    return f'<responseProcessing template="{template}"/>'


def choice(scored, right="A"):
    return SINGLE.format(right=right) + CHOICE + scored


MATCH = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"


@pytest.mark.parametrize(
    "template",
    [
        MATCH,
        f"{MATCH}.xml",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
        "/templates/RPTEMPLATES/match_correct.xml",
        "http://www.imsglobal.org/question/qti_v2p0/rptemplates/CC2_match",
        "match_correct/",
    ],
)
def test_a_template_is_known_by_the_last_part_of_its_address(template):
    found = read_one(choice(processing(template)))

    assert found.fields["kind"] == "single_choice"
    assert [o.get("right", False) for o in found.fields["options"]] == [True, False]
    assert found.fields["prompt"] == "Which?\n\nOne of $x_1$:"


RULE = """<responseProcessing><responseCondition><responseIf><match>
<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
</responseIf><responseElse><setOutcomeValue identifier="SCORE">
<baseValue baseType="float">0</baseValue></setOutcomeValue></responseElse></responseCondition>
<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>
</responseProcessing>"""


ONE = '<baseValue baseType="float">1</baseValue>'
COMPARED = """<responseProcessing><responseCondition><responseIf><match>
<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match></responseIf>
</responseCondition></responseProcessing>"""


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(RULE, id="one point"),
        pytest.param(RULE.replace(ONE, '<variable identifier="MAXSCORE"/>'), id="all points"),
        pytest.param(COMPARED, id="compared alone"),
    ],
)
def test_a_template_that_is_written_out_is_known_too(rule):
    found = read_one(choice(rule)).fields

    assert found["kind"] == "single_choice"
    assert [option.get("right", False) for option in found["options"]] == [True, False]


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        pytest.param(choice(processing("x/match_almost")), "template 'match_almost'",
                     id="template"),
        pytest.param(choice(RULE.replace("match>", "lt>")), "a condition on lt", id="rules"),
        pytest.param(choice(RULE.replace(ONE, '<variable identifier="LUCK"/>')),
                     "a condition on match", id="another variable"),
        pytest.param(choice(COMPARED.replace("match>", "lt>")), "not set the score alone",
                     id="nothing follows"),
        pytest.param(choice(""), "does not say how", id="no scoring"),
        pytest.param(choice(processing(MATCH), right="Z"), "which choice is right", id="no key"),
        pytest.param(choice("").replace("</p>", "</p><p><textEntryInteraction/></p>"),
                     "2 interactions", id="two interactions"),
        pytest.param("<itemBody><p>Text.</p></itemBody>", "asks nothing", id="none"),
        pytest.param('<itemBody><hotspotInteraction responseIdentifier="R"/></itemBody>',
                     "no kind like hotspotInteraction", id="a picture to click on"),
        pytest.param("<templateDeclaration/>" + choice(processing(MATCH)), "draws its numbers",
                     id="drawn numbers"),
        pytest.param(CHOICE + processing(MATCH), "not declared", id="no declaration"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_kept_is_refused_with_its_file_and_others_go_on(inside, reason):
    reading = read(item(inside, "bad"), item(choice(processing(MATCH)), "good"))

    (remark,) = reading.refused
    assert reason in remark.sentence
    assert remark.place == "items/bad.xml"
    assert [found.slug for found in reading.questions] == ["good"]


def entry(base, scored, declared):
    return f"""<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="{base}">
    {declared}</responseDeclaration><itemBody><p>It is
    <textEntryInteraction responseIdentifier="RESPONSE"/> nats.</p></itemBody>{scored}"""


def near(mode, tolerance):
    return RULE.replace("match>", "equal>").replace(
        "<equal>", f'<equal toleranceMode="{mode}" tolerance="{tolerance}">'
    )


CORRECT = "<correctResponse><value>{}</value></correctResponse>"
MAPPED = '<mapping defaultValue="0">{}</mapping>'
MAP = processing(MATCH.replace("match_correct", "map_response"))


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        pytest.param(entry("float", near("absolute", "0.1 0.1"), CORRECT.format("2.5")),
                     {"answer": "2.5", "tolerance": {"absolute": 0.1},
                      "prompt": "It is\n\\_\\_\\_\\_\\_ nats."}, id="absolute"),
        pytest.param(entry("float", near("relative", "2 2"), CORRECT.format("2.5")),
                     {"tolerance": {"relative": 0.02}}, id="relative"),
        pytest.param(entry("integer", processing(MATCH), CORRECT.format("7")),
                     {"kind": "numeric", "answer": "7", "tolerance": {"absolute": 1e-9}},
                     id="exact"),
        pytest.param(entry("string", processing(MATCH), CORRECT.format("mean")),
                     {"kind": "short_text", "accepted": ["mean"]}, id="a word"),
        pytest.param(entry("string", MAP, MAPPED.format(
            '<mapEntry mapKey="mean" mappedValue="1"/><mapEntry mapKey="average" mappedValue="1"/>'
            '<mapEntry mapKey="mode" mappedValue="0.5"/>')),
            {"accepted": ["mean", "average"]}, id="words"),
        pytest.param('<responseDeclaration identifier="R" cardinality="single" baseType="string"/>'
                     '<itemBody><rubricBlock view="scorer"><p>Depth.</p></rubricBlock><p>Why?</p>'
                     '<extendedTextInteraction responseIdentifier="R" expectedLength="600"/>'
                     "</itemBody>",
                     {"kind": "open_text", "prompt": "Why?", "official_answer": "Depth.",
                      "words": 100}, id="essay"),
    ],
)  # fmt: skip
def test_an_item_is_understood(inside, fields):
    found = read_one(inside)

    assert {name: found.fields.get(name) for name in fields} == fields


def several(*scores):
    entries = "".join(f'<mapEntry mapKey="{k}" mappedValue="{v}"/>' for k, v in scores)
    declared = SINGLE.format(right="A").replace("single", "multiple")
    declared = declared.replace("</responseDeclaration>", MAPPED.format(entries))
    return f"{declared}</responseDeclaration>{CHOICE}{MAP}"


def test_shares_other_than_ours_are_listed():
    ours, other = read_one(several(("A", 1), ("B", -1))), read_one(several(("A", 1), ("B", 0)))

    assert ours.remarks == ()
    assert "shares are not kept" in other.remarks[0]


def test_feedback_in_a_choice_becomes_its_rationale():
    said = (
        '<feedbackInline identifier="A" outcomeIdentifier="F" showHide="show">Yes.</feedbackInline>'
    )
    found = read_one(choice(RULE).replace("Alpha", f"Alpha{said}"))

    assert found.fields["options"][0] == {
        "key": "a", "text": "Alpha", "right": True, "rationale": "Yes.",
    }  # fmt: skip


def test_an_item_alone_is_read_without_a_package():
    (found,) = converting.read(QTI3, item(choice(processing(MATCH)), "one")[1]).questions

    assert found.slug == "one"


@pytest.mark.parametrize("form", ["qti2", "qti3"])
def test_what_is_written_in_one_version_is_read_by_both(form):
    data = converting.write(FORMATS[form], [fields_of("ordering")]).data

    for reader in ("qti2", "qti3"):
        (found,) = converting.read(FORMATS[reader], data).questions
        assert found.fields == fields_of("ordering")


SPELT = {
    "qti2": ("http://www.imsglobal.org/xsd/imsqti_v2p1", "assessmentItem", "imsqti_item_xmlv2p1"),
    "qti3": ("http://www.imsglobal.org/xsd/imsqtiasi_v3p0", "qti-assessment-item",
             "imsqti_item_xmlv3p0"),
}  # fmt: skip


@pytest.mark.parametrize("form", SPELT)
def test_a_package_lists_each_item_with_its_files(form):
    namespace, name, kind = SPELT[form]
    written = converting.write(
        FORMATS[form], [fields_of("plot_reading"), fields_of("coding", slug="c")]
    )

    with ZipFile(BytesIO(written.data)) as package:
        listed = ElementTree.fromstring(package.read("imsmanifest.xml"))
        files = {each.get("href") for each in listed.iter() if each.tag.endswith("}file")}
        root = ElementTree.fromstring(package.read("items/q.xml"))
        beside = package.read("minima/c.xml")
        assert set(package.namelist()) == files | {"imsmanifest.xml"}
    assert {each.get("type") for each in listed.iter() if each.tag.endswith("}resource")} == {kind}
    assert root.tag == f"{{{namespace}}}{name}"
    assert "items/q.svg" in files
    assert b"<starter>" in beside
    assert b"<expected>right</expected>" in beside


def test_the_third_version_spells_every_word_its_own_way():
    """But those of XHTML, which are spelt alike, and none of which holds a capital."""
    kinds = ["multiple_choice", "matching", "numeric", "short_text", "open_text"]
    written = converting.write(QTI3, [fields_of(kind, slug=kind) for kind in kinds])

    with ZipFile(BytesIO(written.data)) as package:
        for name in package.namelist():
            if name.startswith("items/"):
                for element in ElementTree.fromstring(package.read(name)).iter():
                    tag = element.tag.rpartition("}")[2]
                    assert tag == tag.lower()
                    assert all(key == key.lower() for key in element.attrib)


def test_old_items_are_refused_one_by_one():
    listed = manifest(("old.xml", "imsqti_xmlv1p2"))
    reading = converting.read(QTI3, zipped(files={"imsmanifest.xml": listed, "old.xml": b"<q/>"}))

    assert "QTI 1.2" in reading.refused[0].sentence

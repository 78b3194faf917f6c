"""Files that are broken, or made to do harm: refused with their place, and never half read."""

import struct
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions.interchange import FORMATS, bounds, converting, trees
from questions.interchange.qti import package
from questions.interchange.remarks import Broken
from tests.questions.contents import EVERY, fields_of
from tests.questions.interchange.packages import item, manifest, zipped

QUESTION = '<question type="essay"><name><text>N</text></name><questiontext><text>{}</text></questiontext></question>'  # noqa: E501
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))


def quiz(text="Why?", head="<?xml version='1.0' encoding='UTF-8'?>"):
    return f"{head}<quiz>{QUESTION.format(text)}</quiz>"


@pytest.mark.parametrize(
    ("data", "place", "sentence"),
    [
        pytest.param(quiz()[:-4].encode(), "line 1", "no XML", id="cut off"),
        pytest.param(b"<quiz>\n<question>\n</quiz>", "line 3", "no XML", id="a tag not closed"),
        pytest.param(quiz("a & b").encode(), "line 1", "no XML", id="a bare ampersand"),
        pytest.param(quiz("&nbsp;").encode(), "line 1", "no XML", id="an entity of HTML"),
        pytest.param(b"", "line 1", "no XML", id="empty"),
        pytest.param(quiz("&x;", '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>').encode(),
                     "line 1", "DOCTYPE", id="a file of the server"),
        pytest.param(quiz("&l8;", f'<!DOCTYPE q [<!ENTITY l0 "lol">{LAUGHS}]>').encode(),
                     "line 1", "DOCTYPE", id="a billion laughs"),
        pytest.param(quiz(head='<!DOCTYPE q SYSTEM "http://a.example/x.dtd">').encode(),
                     "line 1", "DOCTYPE", id="a DTD elsewhere"),
        pytest.param(quiz(head='<!DOCTYPE q [<!ENTITY % p SYSTEM "//a.example/x"> %p;]>').encode(),
                     "line 1", "DOCTYPE", id="a parameter entity"),
        pytest.param(quiz("gr\xfc\xdfe").encode("latin-1"), "line 1", "0xfc is no UTF-8",
                     id="Latin-1"),
        pytest.param(("\n\n" + quiz("\xfc", "")).encode("latin-1"), "line 3", "no UTF-8",
                     id="Latin-1 in line 3"),
        pytest.param(quiz("\xfc", "<?xml version='1.0' encoding='ISO-8859-1'?>").encode(), "line 1",
                     "says that it is in ISO-8859-1", id="another encoding is declared"),
        pytest.param(quiz().encode("utf-16"), "", "UTF-16", id="UTF-16"),
        pytest.param(b"<quiz>" + b"<a>" * 200, "line 1", "nested more than", id="too deep"),
        pytest.param(b"<quiz>\x00</quiz>", "line 1", "no XML", id="a null character"),
        pytest.param(b"x" * (bounds.MAX_BYTES + 1), "", "are read at most", id="too large"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_line(data, place, sentence):
    with pytest.raises(Broken, match=sentence) as caught:
        converting.read(FORMATS["moodle"], data)

    assert caught.value.place == place


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param("Why? {}\n\ngr\xfc\xdfe {}".encode("latin-1"), "line 3", id="Latin-1"),
        pytest.param("Why? {}".encode("utf-16"), "", id="UTF-16"),
        pytest.param(b"Why? {}\nx\x07 {}", "line 2", id="a control character"),
    ],
)
def test_a_broken_file_of_gift_is_refused_with_its_line(data, place):
    with pytest.raises(Broken) as caught:
        converting.read(FORMATS["gift"], data)

    assert caught.value.place == place


def test_more_elements_than_a_file_may_have_are_refused(monkeypatch):
    monkeypatch.setattr(trees, "MAX_ELEMENTS", 100)

    with pytest.raises(Broken, match=r"line 3: The file has more than 100 elements"):
        converting.read(FORMATS["moodle"], b"<quiz>\n\n" + b"<a/>" * 200 + b"</quiz>")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("grÃ¼n", "saved in one encoding and read in another"),
        ("itâ€™s", "saved in one encoding and read in another"),
        ("gr\ufffdn", "A character was lost"),
    ],
)
def test_a_garbled_question_is_refused_and_others_go_on(text, sentence):
    data = f"<quiz>\n{QUESTION.format(text)}\n{QUESTION.format('Grün, “so”: Ångström')}</quiz>"

    reading = converting.read(FORMATS["moodle"], data.encode())

    (remark,) = reading.refused
    assert sentence in remark.sentence
    assert remark.place == "line 2"
    assert len(reading.questions) == 1


ESSAY = item(
    '<responseDeclaration identifier="R" cardinality="single" baseType="string"/><itemBody><p>Why?'
    '</p><extendedTextInteraction responseIdentifier="R"/></itemBody>'
)
LISTED = manifest(("items/one.xml", "imsqti_item_xmlv2p1"))


def with_names(*names):
    return zipped(files={"imsmanifest.xml": LISTED, "items/one.xml": ESSAY[1],
                         **dict.fromkeys(names, b"x")})  # fmt: skip


def bomb(size):
    return zipped(files={"imsmanifest.xml": LISTED, "items/one.xml": b" " * size})


def lying():
    """A file that says it is small in the directory, and unpacks to far more."""
    data = bytearray(bomb(5_000_000))
    end = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, end + 24, 1000)
    return bytes(data)


def twice():
    found = BytesIO()
    with ZipFile(found, "w") as made:
        made.writestr("imsmanifest.xml", LISTED)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("imsmanifest.xml", LISTED)
    return found.getvalue()


def encrypted():
    data = bytearray(zipped(ESSAY))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        start = 0
        while (start := data.find(mark, start)) >= 0:
            data[start + (8 if mark.endswith(b"\x02") else 6)] |= 1
            start += 4
    return bytes(data)


def symlink():
    found = BytesIO()
    with ZipFile(found, "w", ZIP_STORED) as made:
        made.writestr("imsmanifest.xml", LISTED)
        link = ZipInfo("items/one.xml")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return found.getvalue()


@pytest.mark.parametrize(
    ("data", "place", "sentence"),
    [
        pytest.param(with_names("../evil.xml"), "../evil.xml", "leads out", id="zip slip"),
        pytest.param(with_names("a/../../evil"), "a/../../evil", "leads out", id="zip slip inside"),
        pytest.param(with_names("/etc/cron.d/x"), "/etc/cron.d/x", "leads out", id="absolute"),
        pytest.param(with_names("C:/x"), "C:/x", "leads out", id="a drive"),
        pytest.param(with_names("..\\evil"), "..\\evil", "leads out", id="backslashes"),
        pytest.param(bomb(50_000_000), "items/one.xml", "made to burst", id="zip bomb"),
        pytest.param(lying(), "items/one.xml", "unpack", id="a size that lies"),
        pytest.param(twice(), "imsmanifest.xml", "two files", id="one name twice"),
        pytest.param(encrypted(), "imsmanifest.xml", "encrypted", id="encrypted"),
        pytest.param(symlink(), "items/one.xml, line 1", "no XML", id="a link is its own text"),
        pytest.param(b"PK\x03\x04nonsense", "", "no zip file", id="no zip"),
        pytest.param(zipped(files={"a.xml": b"<a/>"}), "imsmanifest.xml", "no manifest",
                     id="no manifest"),
        pytest.param(zipped(files={"imsmanifest.xml": LISTED}), "imsmanifest.xml, line 1",
                     "no file 'items/one.xml'", id="a file that is not there"),
        pytest.param(zipped(files={"imsmanifest.xml": manifest(("../../etc/passwd",
                     "imsqti_item_xmlv2p1"))}), "imsmanifest.xml, line 1", "no file",
                     id="a way out"),
        pytest.param(zipped(files={"imsmanifest.xml": b"<manifest>"}), "imsmanifest.xml, line 1",
                     "no XML", id="a broken manifest"),
        pytest.param(zipped(files={"imsmanifest.xml": manifest()}), "imsmanifest.xml",
                     "lists no items", id="an empty manifest"),
        pytest.param(zipped(ESSAY, ("two", b"<assessmentItem>\n<p></assessmentItem>")),
                     "items/two.xml, line 2", "no XML", id="one broken item spoils the package"),
        pytest.param(zipped(("one", quiz("&x;", "<!DOCTYPE q [<!ENTITY x 'y'>]>").encode())),
                     "items/one.xml, line 1", "DOCTYPE", id="an entity in an item"),
    ],
)  # fmt: skip
def test_a_hostile_package_is_refused_with_the_file_named(data, place, sentence):
    with pytest.raises(Broken, match=sentence) as caught:
        converting.read(FORMATS["qti3"], data)

    assert caught.value.place == place


def test_a_package_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(package, "MAX_FILES", 3)

    with pytest.raises(Broken, match="4 files; 3 are read"):
        converting.read(FORMATS["qti3"], with_names("a", "b"))


def test_a_deep_text_is_refused_and_others_go_on():
    deep = "&lt;ul&gt;&lt;li&gt;" * 3000
    data = f"<quiz>{QUESTION.format(deep)}{QUESTION.format('Why?')}</quiz>".encode()

    reading = converting.read(FORMATS["moodle"], data)

    assert len(reading.refused) + len(reading.questions) == 2
    assert "Why?" in [found.fields["prompt"] for found in reading.questions]


@pytest.mark.parametrize("form", ["moodle", "gift", "qti3"])
def test_markup_that_runs_does_not_come_in(form):
    script = "<script>alert(1)</script><a href='javascript:x()' onclick='y()'>here</a>"
    fields = fields_of("open_text", prompt=script)

    (found,) = converting.read(
        FORMATS[form], converting.write(FORMATS[form], [fields]).data
    ).questions

    # It was text in the bank, and is text in the file: never a tag.
    assert found.fields["prompt"] == script
    assert b"<script>" not in converting.write(FORMATS["moodle"], [fields]).data


SOUND = {
    slug: converting.write(
        form, [fields_of(kind, slug=f"q{n}") for n, kind in enumerate(EVERY)]
    ).data
    for slug, form in FORMATS.items()
}


@pytest.mark.parametrize("form", FORMATS)
@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_never_a_fault_of_ours(form, data):
    sound = SOUND[form]
    start = data.draw(st.integers(0, len(sound) - 1))
    end = data.draw(st.integers(start, min(len(sound), start + 60)))
    put = data.draw(st.binary(max_size=8) | st.sampled_from([b"<", b"&", b"}", b"{", b"\\", b'"']))
    damaged = sound[:start] + put + sound[end:]

    assert all(described(FORMATS[form], damaged))


def described(form, data):
    """What is said of a file: why it is refused, or what became of each of its questions."""
    try:
        reading = converting.read(form, data)
    except Broken as broken:
        return [broken.sentence]
    return [*(remark.sentence for remark in reading.refused), *reading.questions]

"""QTI packages: a zip file with a manifest, an item a file, and what Minima carries beside it.

Source: the item and packaging models of QTI 2.1 and 3.0.
"""

from dataclasses import dataclass, field
from xml.etree import ElementTree

from questions.interchange import carrying, pictures, trees
from questions.interchange.bounds import MAX_QUESTIONS
from questions.interchange.moodle.coderunner import task_of
from questions.interchange.qti import package
from questions.interchange.qti.names import V21, V30, Version, plain, spelt
from questions.interchange.qti.reading import read_item
from questions.interchange.qti.writing import identifier, write_item
from questions.interchange.remarks import Broken, Fields, Native, Part, Refused
from questions.interchange.samples import samples
from questions.kinds.coding import shown

ITEMS, BESIDE = "items/", "minima/"
# QTI 1.2 says everything otherwise.
_OLD = "imsqti_xmlv1"


@dataclass(frozen=True, slots=True)
class Body:
    """An item, and the further files that it brings along.

    Attributes:
        item: in the spelling of 2.1 and without namespaces once it was read.
        slug: the name of its files when it is written.
        beside: elements for the file that Minima carries.
    """

    item: ElementTree.Element
    slug: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    beside: tuple[ElementTree.Element, ...] = ()
    refused: str = ""


class Qti:
    """One version of QTI to write; what is read may be any of 2.0 to 3.0."""

    suffix = ".zip"

    def __init__(self, slug: str, version: Version) -> None:
        self.slug = slug
        self.title = f"QTI {version.number}"
        self.version = version

    def split(self, data: bytes) -> list[Part]:
        """Return the items of a package, or of a file that is one item; raise Broken."""
        if data.lstrip()[:1] == b"<" or data.startswith(b"\xef\xbb\xbf"):
            return [_part("", data, None)]
        opened = package.Package(data)
        listed = package.items(opened)
        if len(listed) > MAX_QUESTIONS:
            raise Broken("", f"It has {len(listed)} items; {MAX_QUESTIONS} are read at most.")
        return [self._part(opened, *item) for item in listed]

    def _part(self, opened: package.Package, name: str, kind: str, names: list[str]) -> Part:
        if kind.startswith(_OLD):
            body = Body(ElementTree.Element("old"), refused="QTI 1.2 is not read: export 2.1.")
            return Part(name, name, body)
        carried = None
        for beside in (each for each in names if each.startswith(BESIDE)):
            tree = trees.Tree(opened.read(beside), beside)
            carried = trees.text_of(trees.child(tree.root, "fields"))
        return _part(name, opened.read(name), carried)

    def join(self, parts: list[Part]) -> bytes:
        files: dict[str, bytes] = {}
        resources = []
        for part in parts:
            body: Body = part.body
            found = self._files(part, body)
            files |= found
            resources.append((identifier(body.slug), list(found)))
        return package.packed(self.version, files, resources)

    def _files(self, part: Part, body: Body) -> dict[str, bytes]:
        item = spelt(body.item, self.version)
        found = {f"{ITEMS}{body.slug}.xml": trees.written(item, indented=False)}
        found |= {f"{ITEMS}{name}": data for name, data in body.pictures.items()}
        if part.carried is not None:
            root = ElementTree.Element("question", {"xmlns": carrying.NAMESPACE})
            trees.add(root, "fields", part.carried)
            root.extend(body.beside)
            found[f"{BESIDE}{body.slug}.xml"] = trees.written(root)
        return found

    def read_one(self, body: Body) -> Native:
        if body.refused:
            raise Refused(body.refused)
        return read_item(body.item)

    def write_one(self, fields: Fields) -> Body:
        item = write_item(fields, self.version)
        drawn = {}
        if "figure" in fields:
            drawn[f"{fields['slug']}.svg"] = pictures.svg(fields["figure"])
        beside = _code(fields) if fields["kind"] == "coding" else ()
        return Body(item, fields["slug"], drawn, beside)


def _part(name: str, data: bytes, carried: str | None) -> Part:
    tree = trees.Tree(data, name)
    item = plain(tree.root)
    if item.tag != "assessmentItem":
        raise Broken(tree.at(tree.root), f"This is no item of QTI: it begins with <{item.tag}>.")
    title = " ".join((item.get("title") or item.get("identifier") or "An item").split())
    return Part(title, name or tree.at(tree.root), Body(item), carried)


def _code(fields: Fields) -> tuple[ElementTree.Element, ...]:
    """Return what no interaction of QTI holds: where to begin, and the open tests."""
    task = task_of(fields)
    starter = ElementTree.Element("starter")
    starter.text = shown(task)["starter"]
    tests = ElementTree.Element("tests")
    for sample in samples(task):
        test = trees.add(tests, "test", name=sample.name)
        trees.add(test, "code", sample.code)
        trees.add(test, "expected", sample.expected)
    return starter, tests


QTI2, QTI3 = Qti("qti2", V21), Qti("qti3", V30)

"""Moodle XML: a `quiz` of questions, each below the category that was named last.

Source: Moodle's `question/format/xml`, `question/type/ordering`, and CodeRunner's samples.
"""

from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree

from questions.interchange import about, carrying, trees
from questions.interchange.bounds import MAX_QUESTIONS
from questions.interchange.moodle.reading import read_question
from questions.interchange.moodle.writing import write_question
from questions.interchange.remarks import Broken, Fields, Native, Part


class Body(NamedTuple):
    category: str
    element: ElementTree.Element


class Moodle:
    slug = "moodle"
    title = "Moodle"
    suffix = ".xml"

    def split(self, data: bytes) -> list[Part]:
        """Return the questions of a file; raise Broken where it is none of Moodle's."""
        tree = trees.Tree(data)
        if trees.local(tree.root) != "quiz":
            name = trees.local(tree.root)
            raise Broken(tree.at(tree.root), f"This is no Moodle XML: it begins with <{name}>.")
        category, parts = "", []
        for element in trees.children(tree.root, "question"):
            if element.get("type") == "category":
                category = trees.text_of(trees.child(element, "category", "text"))
                continue
            name = " ".join(trees.text_of(trees.child(element, "name", "text")).split())
            body = Body(category, element)
            carried = carrying.in_element(element)
            parts.append(Part(name or "A question", tree.at(element), body, carried))
        if len(parts) > MAX_QUESTIONS:
            raise Broken("", f"It has {len(parts)} questions; {MAX_QUESTIONS} are read at most.")
        return parts

    def join(self, parts: list[Part]) -> bytes:
        root = ElementTree.Element("quiz")
        ordered = sorted(parts, key=lambda part: part.body.category)
        for category, group in groupby(ordered, key=lambda part: part.body.category):
            header = trees.add(root, "question", type="category")
            trees.add(trees.add(header, "category"), "text", category)
            for part in group:
                root.append(part.body.element)
                if part.carried is not None:
                    part.body.element.append(carrying.element(part.carried))
        return trees.written(root)

    def read_one(self, body: Body) -> Native:
        return read_question(body.element, body.category)

    def write_one(self, fields: Fields) -> Body:
        return Body(about.category(fields), write_question(fields))

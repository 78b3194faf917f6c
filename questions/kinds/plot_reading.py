"""Plot reading: a figure that we draw, and one right option about it."""

from typing import Any

from questions import figures
from questions.kinds.kind import Answer, Content, FieldFault
from questions.kinds.single_choice import SingleChoice


class PlotReading(SingleChoice):
    """A single choice with a figure; its answer is the same."""

    slug = "plot_reading"
    title = "Plot reading"
    schema = {
        "required": [*SingleChoice.schema["required"], "figure"],
        "properties": {**SingleChoice.schema["properties"], "figure": figures.SCHEMA},
    }

    def validate(self, content: Content) -> list[FieldFault]:
        return [*super().validate(content), *figures.faults(content["figure"])]

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {**super().context(content, seed), "figure": drawn(content)}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        return {**super().review(content, answer, seed), "figure": drawn(content)}


def drawn(content: Content) -> dict[str, Any]:
    """Return the figure as pages and pictures need it: axes, description, and points."""
    figure = content["figure"]
    return {**figure, "lines": figures.lines(figure)}


KIND = PlotReading()

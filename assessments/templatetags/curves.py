"""Pictures: `{% curves report key own %}` of a report, `{% question_figure figure key %}`."""

from collections.abc import Mapping
from typing import Any

from django import template

from assessments import question_figures
from assessments.curve_charts import figures

register = template.Library()


@register.inclusion_tag("report/curves.html")
def curves(report: Mapping[str, Any], key: object, own: str) -> dict[str, Any]:
    """`key` tells the pictures of one submission from all others of the page."""
    return {"figures": figures(report, f"curve-{key}", own)}


@register.inclusion_tag("report/question_figure.html")
def question_figure(figure: Mapping[str, Any], key: object) -> dict[str, Any]:
    return {
        "figure": figure,
        "key": f"figure-{key}",
        "options": question_figures.options(figure),
        "lines": question_figures.rows(figure),
    }

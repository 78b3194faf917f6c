"""`{% curves report key own %}`: a report's curves, in which the code is called `own`."""

from collections.abc import Mapping
from typing import Any

from django import template

from assessments.curve_charts import figures

register = template.Library()


@register.inclusion_tag("report/curves.html")
def curves(report: Mapping[str, Any], key: object, own: str) -> dict[str, Any]:
    """`key` tells the pictures of one submission from all others of the page."""
    return {"figures": figures(report, f"curve-{key}", own)}

"""Saved views of the table: one's own, and what others share."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from assessments.models import SavedView, User


def views_for(user: User) -> QuerySet[Any]:
    """The views that `user` may open, their own first; `opens` marks the one they begin with."""
    found = SavedView.objects.visible_to(user).filter(Q(owner=user) | Q(shared=True))
    first = SavedView.first_for.through.objects.filter(savedview=OuterRef("pk"), user=user)
    own = Case(When(owner=user, then=Value(0)), default=Value(1))
    views: QuerySet[Any] = found.select_related("owner").annotate(opens=Exists(first))
    return views.order_by(own, "name", "pk")

"""What a token may do. Whose rows it reaches is the querysets' business."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasScope(BasePermission):
    """A view names the scopes that open each of its methods; one of them is enough."""

    message = "This token's scopes don't allow that."

    def has_permission(self, request: Request, view: Any) -> bool:
        scopes: dict[str, tuple[str, ...]] = getattr(view, "scopes", {})
        caller: Any = request.user
        return any(caller.has(scope) for scope in scopes.get(request.method or "", ()))

"""What a token may do. Whose rows it reaches is the querysets' business."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasScope(BasePermission):
    """A view names the scopes that open each of its methods; one of them is enough."""

    message = "This token's scopes don't allow that."

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.scopes:
            # What the view can't do is a 405; what it can do and names no scope for stays shut.
            return method == "OPTIONS" or not hasattr(view, method.lower())
        caller: Any = request.user
        return any(caller.has(scope) for scope in view.scopes[method])

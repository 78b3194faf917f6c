"""What the sign-in page says of providers."""

from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sign_on() -> Any:
    """Return the provider of the whole installation, where there is one."""
    return next(iter(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]), None)

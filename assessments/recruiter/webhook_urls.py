"""Webhooks: endpoints, and what was sent to them."""

from django.urls import path

from assessments.recruiter import webhook_views as webhooks

urlpatterns = [
    path("", webhooks.webhook_list, name="webhook_list"),
    path("add/", webhooks.add, name="webhook_add"),
    path("<uuid:pk>/", webhooks.detail, name="webhook_detail"),
    path("<uuid:pk>/change/", webhooks.change, name="webhook_change"),
    path("<uuid:pk>/secret/", webhooks.secret, name="webhook_secret"),
    path("<uuid:pk>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("<uuid:pk>/disable/", webhooks.disable, name="webhook_disable"),
    path("<uuid:pk>/enable/", webhooks.enable, name="webhook_enable"),
    path("<uuid:pk>/remove/", webhooks.remove, name="webhook_remove"),
    path("<uuid:pk>/test/", webhooks.test, name="webhook_test"),
    path("<uuid:pk>/replay/", webhooks.replay_failed, name="webhook_replay_failed"),
    path("deliveries/<int:pk>/", webhooks.delivery, name="webhook_delivery"),
    path("deliveries/<int:pk>/replay/", webhooks.replay, name="webhook_replay"),
]

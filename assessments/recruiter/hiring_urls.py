"""Hiring systems: connections, what they ordered, and what went wrong."""

from django.urls import path

from assessments.recruiter import hiring_views as hiring

urlpatterns = [
    path("", hiring.hiring_list, name="hiring_list"),
    path("add/<slug:system>/", hiring.add, name="hiring_add"),
    path("<uuid:pk>/", hiring.detail, name="hiring_detail"),
    path("<uuid:pk>/change/", hiring.change, name="hiring_change"),
    path("<uuid:pk>/key/", hiring.replace_key, name="hiring_key"),
    path("<uuid:pk>/pause/", hiring.pause, name="hiring_pause"),
    path("<uuid:pk>/resume/", hiring.resume, name="hiring_resume"),
    path("<uuid:pk>/remove/", hiring.remove, name="hiring_remove"),
    path("<uuid:pk>/orders/", hiring.orders, name="hiring_orders"),
    path("<uuid:pk>/errors/", hiring.errors, name="hiring_errors"),
    path("<uuid:pk>/try/", hiring.try_sample, name="hiring_try"),
    path("orders/<uuid:pk>/retry/", hiring.retry, name="hiring_retry"),
]

"""What hiring systems call, by system: `/integrations/greenhouse/v1/send_test`."""

from django.urls import include, path

from assessments.integrations.hiring import (
    ashby_views,
    greenhouse_views,
    stage_views,
    workable_views,
)

app_name = "hiring"
urlpatterns = [
    path("greenhouse/v1/", include(greenhouse_views.urlpatterns)),
    path("ashby/v1/", include(ashby_views.urlpatterns)),
    path("workable/v1/", include(workable_views.urlpatterns)),
    path("stage/v1/", include(stage_views.urlpatterns)),
]

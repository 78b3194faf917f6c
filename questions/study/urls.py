from django.urls import path

from questions.study import views

app_name = "study"
urlpatterns = [
    path("", views.index, name="index"),
    path("glossary/", views.glossary_list, name="glossary"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic"),
    path("losses/<slug:slug>/", views.loss_detail, name="loss"),
]

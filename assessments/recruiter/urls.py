from django.urls import URLPattern

app_name = "recruiter"
urlpatterns: list[URLPattern] = []

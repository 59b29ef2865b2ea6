"""Behind "Settings": bringing in data."""

from django.urls import path

from vernis.intake.views import imports, mapping, rows, steering

app_name = "intake"

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("<int:pk>/", imports.one_import, name="import"),
    path("<int:pk>/columns/", mapping.columns, name="columns"),
    path("<int:pk>/branches/", steering.branches, name="branches"),
    path("<int:pk>/start/", steering.start, name="start"),
    path("<int:pk>/stop/", steering.stop, name="stop"),
    path("<int:pk>/continue/", steering.go_on, name="continue"),
    path("<int:pk>/undo/", steering.undo, name="undo"),
    path("<int:pk>/delete/", steering.delete, name="delete"),
    path("<int:pk>/rows/", rows.rows, name="rows"),
    path("<int:pk>/refused/<int:number>/", rows.refused, name="refused"),
]

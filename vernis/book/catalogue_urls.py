"""Behind "Settings": services with their intervals, traits, those who serve."""

from django.urls import path

from vernis.book.views import services, staff, traits

app_name = "catalogue"

urlpatterns = [
    path("services/", services.services, name="services"),
    path("services/new/", services.new_service, name="new-service"),
    path("services/<int:pk>/", services.edit_service, name="service"),
    path("services/category/", services.category, name="category"),
    path("traits/", traits.traits, name="traits"),
    path("traits/new/", traits.new_trait, name="new-trait"),
    path("traits/<int:pk>/", traits.edit_trait, name="trait"),
    path("traits/<int:pk>/delete/", traits.delete_trait, name="delete-trait"),
    path("staff/", staff.staff, name="staff"),
    path("staff/new/", staff.new_staff, name="new-staff"),
    path("staff/<int:pk>/", staff.edit_staff, name="one-of-staff"),
]

"""Appointments: the day of a branch, one appointment, booking."""

from django.urls import path

from vernis.book.views import appointments, booking

app_name = "appointments"

urlpatterns = [
    path("appointments/", appointments.day, name="day"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/move/", booking.move, name="move"),
    path("appointments/<int:pk>/cancel/", booking.cancel, name="cancel"),
    path("appointments/<int:pk>/came/", appointments.came, name="came"),
    path("appointments/<int:pk>/did-not-come/", appointments.did_not_come, name="did-not-come"),
    path("appointments/<int:pk>/reopen/", appointments.reopen, name="reopen"),
    path("clients/<int:pk>/book/", booking.book, name="book"),
]

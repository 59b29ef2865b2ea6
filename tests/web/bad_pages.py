"""Pages with the faults that the sweep is there to find (`test_sweep_itself.py`)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tests.web.route import SIGNED_IN, Route
from vernis.accounts.models import User
from vernis.book.models import Client
from vernis.worklist.models import Lease


@require_safe
def open_door(request: HttpRequest) -> HttpResponse:
    """Ask nobody who they are."""
    return HttpResponse("clients")


@require_safe
@login_required
def every_client(request: HttpRequest) -> HttpResponse:
    """Forget whose clients are asked for."""
    return HttpResponse(", ".join(Client.objects.values_list("name", flat=True)))


@require_safe
@login_required
def any_person(request: HttpRequest, client_id: int) -> HttpResponse:
    """Give a row by its number, whoever asks; the table of people is not guarded by PostgreSQL."""
    return HttpResponse(get_object_or_404(User, pk=client_id).name)


@require_safe
@login_required
def reading_writes(request: HttpRequest) -> HttpResponse:
    """Change something when it is only looked at."""
    User.objects.filter(is_active=True).update(theme="dark")
    return HttpResponse("seen")


@require_POST
@login_required
def writes_then_refuses(request: HttpRequest, client_id: int) -> HttpResponse:
    """Save first, look at the rights later."""
    Lease.objects.filter(client_id=client_id).delete()
    raise Http404


@login_required
def any_method(request: HttpRequest) -> HttpResponse:
    """Take DELETE for GET."""
    return HttpResponse("done")


@csrf_exempt
@require_POST
@login_required
def no_token(request: HttpRequest) -> HttpResponse:
    """Believe every form."""
    return HttpResponse("saved")


@require_POST
@login_required
def believes_the_body(request: HttpRequest) -> HttpResponse:
    """Take the id that the form names."""
    User.objects.filter(pk=request.POST["person"]).update(theme="dark")
    return HttpResponse("saved")


urlpatterns = [
    path("", include("vernis.urls")),
    path("bad/1/", open_door, name="open_door"),
    path("bad/2/", every_client, name="every_client"),
    path("bad/3/<int:client_id>/", any_person, name="any_person"),
    path("bad/4/", reading_writes, name="reading_writes"),
    path("bad/5/<int:client_id>/", writes_then_refuses, name="writes_then_refuses"),
    path("bad/6/", any_method, name="any_method"),
    path("bad/7/", no_token, name="no_token"),
    path("bad/8/", believes_the_body, name="believes_the_body"),
]
POST = ("POST",)
BAD = {
    "open_door": Route(who=SIGNED_IN),
    "every_client": Route(who=SIGNED_IN),
    "any_person": Route(who=SIGNED_IN, arguments={"client_id": "contact.made_by.pk"}),
    "reading_writes": Route(who=SIGNED_IN),
    "writes_then_refuses": Route(who=SIGNED_IN, methods=POST, arguments={"client_id": "missed.pk"}),
    "any_method": Route(who=SIGNED_IN),
    "no_token": Route(who=SIGNED_IN, methods=POST),
    "believes_the_body": Route(who=SIGNED_IN, methods=POST, body={"person": "contact.made_by.pk"}),
}

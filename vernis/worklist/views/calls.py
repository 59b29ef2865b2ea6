"""What came of a call."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vernis.book.models import Client
from vernis.book.models.contacts import Contact, Outcome
from vernis.book.operations import appointments
from vernis.lib import days
from vernis.worklist import shown
from vernis.worklist.forms import CallForm
from vernis.worklist.operations import calls
from vernis.worklist.views.cards import lost_words
from vernis.worklist.views.doors import for_work

if TYPE_CHECKING:
    import uuid

    from vernis.accounts.requests import AuthenticatedRequest

NOT_BOOKED = (
    appointments.TimeIsPast,
    appointments.TimeDoesNotExist,
    appointments.BranchIsClosed,
    appointments.ServiceNotOffered,
    appointments.StaffNotThere,
    appointments.StaffIsBusy,
)


@require_POST
@for_work
def record(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Save an outcome once, however often it is sent; each refusal says why, and what to do."""
    if request.POST.get("by") != str(request.user.pk):  # kept for one person, sent by another who logged in since
        return JsonResponse({"message": _("This was written by somebody else.")}, status=403)
    form = CallForm(request.POST)
    if not form.is_valid():
        texts = [text for faults in form.errors.values() for text in faults]
        return JsonResponse({"message": " ".join(texts), "fields": list(form.errors)}, status=422)
    said = form.cleaned_data
    try:
        recorded = calls.record_call(
            client_id=client_id,
            by=request.user,
            lease_number=said["lease"],
            call_key=said["call_key"],
            entries=form.entries,
            outcome=said["outcome"],
            now=timezone.now(),
            next_on=form.next_on,
            next_time=form.next_time,
            note=form.words,
            channel=said["channel"] or Contact.Channel.CALL,
            booking=booking_of(said) if said["outcome"] == Outcome.BOOKED else None,
        )
    except Client.DoesNotExist:
        raise Http404 from None
    except (*NOT_BOOKED, calls.DayOutOfReach, calls.NotForThisOutcome) as refused:
        return JsonResponse({"message": refusal(refused)}, status=422)
    except (calls.SaidDifferently, appointments.BookedDifferently) as other:
        return JsonResponse(other_words(other), status=409)
    except calls.ItemClosed as closed:
        return JsonResponse({"message": closed_words(closed)}, status=410)
    except calls.LeaseLost as lost:
        return JsonResponse({"message": lost_words(lost)}, status=423)
    left = (recorded.undo_until - timezone.now()).total_seconds()
    return JsonResponse(
        {
            "said": said_words(form, client_id, request),
            "undo_seconds": max(0, int(left)),
            "undo_url": shown.address("worklist:undo", recorded.call),
        }
    )


def booking_of(said: dict[str, Any]) -> appointments.Booking:
    """Return the visit to book."""
    return appointments.Booking(
        branch_id=said["branch"] or 0,
        services=tuple(said["service"]),
        starts_at=datetime.datetime.combine(said["booked_on"], said["booked_time"]),
        staff_id=said["staff"],
    )


def said_words(form: CallForm, client_id: int, request: AuthenticatedRequest) -> str:
    """Say what was saved: the name, the outcome, and the day where there is one."""
    name = Client.objects.visible_to(request.user).values_list("name", flat=True).get(pk=client_id)
    said = form.cleaned_data
    parts = [str(Outcome(said["outcome"]).label)]
    day = said["booked_on"] if said["outcome"] == Outcome.BOOKED else form.next_on
    if day:
        parts.append(days.spoken(day, near=timezone.now().date()))
    time = said["booked_time"] if said["outcome"] == Outcome.BOOKED else form.next_time
    if time:
        parts.append(f"{time:%H:%M}")
    return f"{name}: {', '.join(parts)}"


def refusal(fault: Exception) -> str:
    """Say why a booking or a day was refused, and what to do."""
    match fault:
        case appointments.TimeIsPast():
            return _("This time is past. Choose a later one.")
        case appointments.TimeDoesNotExist():
            return _("Clocks are put forward over this time. Choose another.")
        case appointments.BranchIsClosed():
            return _("This branch cannot be booked. Choose another.")
        case appointments.ServiceNotOffered():
            return _("Choose at least one service that is offered.")
        case appointments.StaffNotThere():
            return _("This person does not work here any more. Choose another.")
        case appointments.StaffIsBusy(until=until):
            return _("Another client is booked then, until %(until)s. Choose another time.") % {"until": f"{until:%H:%M}"}
        case calls.DayOutOfReach(first=first, last=last):
            return _("Choose a day from %(first)s to %(last)s.") % {
                "first": days.spoken(first, near=first),
                "last": days.spoken(last, near=first),
            }
    return _("This does not belong to this outcome. Choose again.")


def other_words(other: Exception) -> dict[str, str]:
    """Say that this call is saved already with other words, and which."""
    told = {"message": _("This call is saved already, with other words. Nothing was changed.")}
    if isinstance(other, calls.SaidDifferently):
        saved = other.saved
        told["theirs"] = "\n".join(filter(None, [str(Outcome(saved.outcome).label), saved.note]))
    return told


def closed_words(closed: calls.ItemClosed) -> str:
    """Say who has closed the row."""
    if closed.by_name:
        return _("%(name)s has already closed this client. Your words are kept here.") % {"name": closed.by_name}
    if closed.closing == "booked_by_themselves":
        return _("This client has booked meanwhile, there is nothing to call about.")
    return _("This client is not on the list any more. Your words are kept here.")


@require_POST
@for_work
def undo(request: AuthenticatedRequest, call_key: uuid.UUID) -> HttpResponse:
    """Take back one's own last outcome, within a minute."""
    try:
        undone = calls.undo_last(by=request.user, now=timezone.now(), call_key=call_key)
    except calls.NothingToUndo:
        return JsonResponse({"message": _("This cannot be taken back any more: a minute has passed.")}, status=410)
    said = _("Taken back: %(name)s is on the list again.") % {"name": undone.client_name}
    if undone.appointment_kept:
        said = f"{said} {_('The booking stays: somebody has changed it since.')}"
    return JsonResponse({"said": said})

"""What came of a call."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
    from zoneinfo import ZoneInfo

    from vernis.accounts.requests import AuthenticatedRequest

REFUSALS: dict[type[Exception], int] = {
    appointments.TimeIsPast: 422,
    appointments.TimeTooFar: 422,
    appointments.TimeDoesNotExist: 422,
    appointments.BranchIsClosed: 422,
    appointments.ServiceNotOffered: 422,
    appointments.StaffNotThere: 422,
    appointments.StaffIsBusy: 422,
    calls.DayOutOfReach: 422,
    calls.NotForThisOutcome: 422,
    appointments.BookedDifferently: 409,
    calls.SaidDifferently: 409,
    calls.ItemClosed: 410,
    calls.LeaseLost: 423,
}
"""What the operation may refuse, and the status that tells the page what to do."""

REFUSED = tuple(REFUSALS)


@require_POST
@for_work
def record(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Save an outcome once, however often it is sent; each refusal says why, and what to do."""
    if request.POST.get("by") != str(request.user.pk):  # kept for one person, sent by another who logged in since
        return JsonResponse({"message": _("This was written by somebody else.")}, status=403)
    form = CallForm(request.POST)
    if not form.is_valid():
        texts = [str(text) for faults in form.errors.values() for text in faults]
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
    except REFUSED as fault:
        zone = client_zone(request, client_id)
        told = {"message": refusal(fault, zone)} | saved_words(fault)
        return JsonResponse(told, status=REFUSALS[type(fault)])
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


def client_zone(request: AuthenticatedRequest, client_id: int) -> ZoneInfo:
    """Return by which clock a client is told times."""
    client = Client.objects.visible_to(request.user).select_related("branch").get(pk=client_id)
    return client.branch.zone if client.branch else request.user.organization.zone


def refusal(fault: Exception, zone: ZoneInfo) -> str:
    """Say why it was refused, and what to do."""
    match fault:
        case appointments.StaffIsBusy(until=until):
            words = _("Another client is booked then, until %(until)s. Choose another time.")
            return words % {"until": f"{until.astimezone(zone):%H:%M}"}
        case calls.DayOutOfReach(first=first, last=last):
            span = {"first": days.spoken(first, near=first), "last": days.spoken(last, near=first)}
            return _("Choose a day from %(first)s to %(last)s.") % span
        case calls.ItemClosed():
            return closed_words(fault)
        case calls.LeaseLost():
            return lost_words(fault)
    return str(_PLAIN[type(fault)])


_PLAIN = {
    appointments.TimeIsPast: gettext_lazy("This time is past. Choose a later one."),
    appointments.TimeTooFar: gettext_lazy("This is more than two years away. Is the year right?"),
    appointments.TimeDoesNotExist: gettext_lazy("Clocks are put forward over this time. Choose another."),
    appointments.BranchIsClosed: gettext_lazy("This branch cannot be booked. Choose another."),
    appointments.ServiceNotOffered: gettext_lazy("Choose at least one service that is offered."),
    appointments.StaffNotThere: gettext_lazy("This person does not work here any more. Choose another."),
    calls.NotForThisOutcome: gettext_lazy("This does not belong to this outcome. Choose again."),
    appointments.BookedDifferently: gettext_lazy("This call is saved already, with other words. Nothing was changed."),
    calls.SaidDifferently: gettext_lazy("This call is saved already, with other words. Nothing was changed."),
}


def saved_words(fault: Exception) -> dict[str, str]:
    """Return what is saved, where it differs from what was sent."""
    if not isinstance(fault, calls.SaidDifferently):
        return {}
    return {"theirs": "\n".join(filter(None, [str(Outcome(fault.saved.outcome).label), fault.saved.note]))}


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

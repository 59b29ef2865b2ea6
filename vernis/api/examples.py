"""What the page for those who write programs shows; tried by its test."""

FIRST = """\
export VERNIS_TOKEN=vernis_...
curl -H "Authorization: Bearer $VERNIS_TOKEN" {root}/token
curl -H "Authorization: Bearer $VERNIS_TOKEN" "{root}/clients?limit=10"
"""

BOOKING = '{"client_id": 17, "branch_id": 1, "services": [3], "staff_id": 5, "starts_at": "2030-05-12T16:30:00+03:00"}'
WRITE = """\
curl -X POST {root}/appointments \\
  -H "Authorization: Bearer $VERNIS_TOKEN" \\
  -H "Idempotency-Key: $(uuidgen)" \\
  -H "Content-Type: application/json" \\
  -d '{body}'
"""

ERROR = """\
{
  "type": "/api/docs/#invalid", "title": "Something in the request is wrong", "status": 422,
  "detail": "phone: no complete phone number: write it as +79161234567",
  "errors": [{"field": "phone", "message": "no complete phone number: write it as +79161234567"}]
}
"""

NEWS = """\
{
  "id": "evt-1001", "source": "my-booking", "type": "created", "occurred_at": "2030-05-10T09:15:00+03:00",
  "appointment": {
    "ref": "A-17", "branch_id": 1, "starts_at": "2030-05-12T16:30:00+03:00",
    "client": {"ref": "C-5", "name": "Anna Birch", "phone": "+79161234567"},
    "services": [{"title": "Haircut", "staff": "Svetlana", "amount": 250000}]
  }
}
"""
EVENT = """\
curl -X POST {root}/events \\
  -H "Authorization: Bearer $VERNIS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{body}'
"""

WEBHOOK = """\
from standardwebhooks import Webhook

event = Webhook(SECRET).verify(request.body, request.headers)
# {"type": "appointment.booked", "timestamp": "...", "data": {"appointment_id": 12, "client_id": 17, ...}}
"""


def examples(root: str) -> dict[str, str]:
    """Return the examples by name, for an installation."""
    return {
        "first": FIRST.format(root=root),
        "write": WRITE.format(root=root, body=BOOKING),
        "error": ERROR,
        "event": EVENT.format(root=root, body=NEWS.rstrip()),
        "webhook": WEBHOOK,
    }

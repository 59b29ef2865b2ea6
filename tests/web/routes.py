"""Every page of the application, and who may do what on it: the table of the sweeps.

Add an entry for each new route, in the part of its room or in its `tests/ROOM/routes.py`; a route without one fails
`test_sweep.py`.

    "book:client": Route(who=DESK_AND_ABOVE, arguments={"client_id": "client.pk"}, methods=READ_AND_POST,
                         body={"name": "=Анна", "service": "service.pk"}),

A value says what of a place (`tests.people.Place`, then `House`) is meant: with it the sweep asks for the same thing of
another branch and of another organization. A value that begins with `=` stands for itself.
"""

from __future__ import annotations

import importlib

from tests.people import ROOMS
from tests.web import interface
from tests.web.route import (
    EVERYBODY,
    MANAGERS,
    NOBODY,
    NOT_STAFF,
    OWNERS,
    POST,
    READ_AND_POST,
    SIGNED_IN,
    Route,
    allauth,
)

ACCOUNTS = {
    "accounts:profile": Route(
        who=SIGNED_IN, methods=READ_AND_POST, body={"name": "=Новое имя", "language": "=ru", "theme": "=dark"}
    ),
    "accounts:end-sessions": Route(who=SIGNED_IN, methods=POST),
    "accounts:second-factor-later": Route(who=SIGNED_IN, methods=POST),
    "accounts:speak": Route(who=EVERYBODY, methods=POST, body={"language": "=en"}),
    "accounts:enter-demo": Route(who=NOBODY, methods=POST, arguments={"pk": "person.pk"}),  # no demonstration here
    "accounts:join": Route(who=NOBODY, methods=READ_AND_POST, arguments={"token": "=nothing"}),
    "settings:index": Route(who=MANAGERS),
    "settings:people": Route(who=MANAGERS),
    # Pavel is alone in his organization, and nobody changes their own role.
    "settings:person": Route(
        who=frozenset({"nina"}),
        methods=READ_AND_POST,
        arguments={"pk": "person.pk"},
        body={"name": "=Кто-то", "role": "=operator", "branches": "branch.pk"},
    ),
    "settings:dismiss": Route(who=frozenset({"nina"}), methods=POST, arguments={"pk": "person.pk"}),
    "settings:restore": Route(who=frozenset({"nina"}), methods=POST, arguments={"pk": "person.pk"}),
    "settings:invite": Route(
        who=MANAGERS,
        methods=READ_AND_POST,
        body={"email": "=new@example.com", "name": "=Кто-то", "role": "=operator", "branches": "branch.pk"},
    ),
    "settings:revoke": Route(who=MANAGERS, methods=POST, arguments={"pk": "invitation.pk"}),
    "settings:branches": Route(who=MANAGERS),
    "settings:new-branch": Route(who=OWNERS, methods=READ_AND_POST, body={"name": "=Новый"}),
    "settings:branch": Route(
        who=MANAGERS, methods=READ_AND_POST, arguments={"pk": "branch.pk"}, body={"name": "=Другой"}
    ),
    "settings:organization": Route(who=OWNERS, methods=READ_AND_POST, body={"name": "=Другая"}),
    "settings:rules": Route(who=OWNERS, methods=READ_AND_POST),
    "settings:history": Route(who=MANAGERS, query={"person": "person.pk"}),
}

CLIENT = {"pk": "client.pk"}
VISIT = {"pk": "visit.pk"}

BOOK = {
    "book:clients": Route(who=NOT_STAFF, query={"branch": "branch.pk", "q": "=анна"}),
    "book:new-client": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        body={"name": "=Новая", "branch": "branch.pk", "key": "=0f6f1c3e-92a4-4a55-8f0e-3d0b6a1f0c01"},
    ),
    "book:client": Route(who=NOT_STAFF, arguments=CLIENT),
    "book:edit-client": Route(
        who=NOT_STAFF, methods=READ_AND_POST, arguments=CLIENT, body={"name": "=Другая", "branch": "branch.pk"}
    ),
    "book:consents": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        arguments=CLIENT,
        body={
            "channel": "=sms",
            "purpose": "=advertising",
            "is_given": "=yes",
            "means": "=paper",
            "wording": "=Да",
            "key": "=0f6f1c3e-92a4-4a55-8f0e-3d0b6a1f0c02",
        },
    ),
    "book:questionnaire": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        arguments=CLIENT,
        body={"name": "=Другая", "agrees": "=on", "key": "=0f6f1c3e-92a4-4a55-8f0e-3d0b6a1f0c03"},
    ),
    "book:questionnaire-thanks": Route(who=NOT_STAFF, arguments=CLIENT),
    "book:questionnaire-paper": Route(who=NOT_STAFF),
    "book:wait": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        arguments=CLIENT,
        body={"service": "service.pk", "staff": "staff.pk", "key": "=0f6f1c3e-92a4-4a55-8f0e-3d0b6a1f0c04"},
    ),
    "book:all-we-know": Route(who=MANAGERS, arguments=CLIENT),
    "book:export": Route(who=MANAGERS, arguments=CLIENT),
    "book:erase": Route(who=MANAGERS, methods=READ_AND_POST, arguments=CLIENT, body={"name": "=Анна"}),
    "book:contacts": Route(who=MANAGERS, query={"person": "person.pk"}),
    "book:waitlist": Route(who=NOT_STAFF),
    "book:close-wish": Route(who=NOT_STAFF, methods=POST, arguments={"pk": "entry.pk"}),
    "appointments:day": Route(who=SIGNED_IN, query={"branch": "branch.pk"}),
    "appointments:appointment": Route(who=NOT_STAFF, arguments=VISIT),
    "appointments:book": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        arguments=CLIENT,
        query={"branch": "branch.pk"},
        body={
            "branch": "branch.pk",
            "services": "service.pk",
            "staff": "staff.pk",
            "day": "=2099-05-12",
            "time": "=10:00",
            "key": "=0f6f1c3e-92a4-4a55-8f0e-3d0b6a1f0c05",
        },
    ),
    "appointments:move": Route(
        who=NOT_STAFF,
        methods=READ_AND_POST,
        arguments=VISIT,
        body={"day": "=2099-05-12", "time": "=10:00", "staff": "staff.pk"},
    ),
    "appointments:cancel": Route(who=NOT_STAFF, methods=READ_AND_POST, arguments=VISIT, body={"reason": "=Болезнь"}),
    "appointments:came": Route(who=NOT_STAFF, methods=POST, arguments={"pk": "miss.pk"}),
    "appointments:did-not-come": Route(who=NOT_STAFF, methods=POST, arguments=VISIT),
    "appointments:reopen": Route(who=NOT_STAFF, methods=POST, arguments=VISIT),
    "catalogue:services": Route(who=MANAGERS),
    "catalogue:new-service": Route(
        who=MANAGERS,
        methods=READ_AND_POST,
        body={"title": "=Новая", "duration_minutes": "=30", "special-TOTAL_FORMS": "=0", "special-INITIAL_FORMS": "=0"},
    ),
    "catalogue:service": Route(
        who=MANAGERS,
        methods=READ_AND_POST,
        arguments={"pk": "service.pk"},
        body={"title": "=Иная", "duration_minutes": "=30", "special-TOTAL_FORMS": "=0", "special-INITIAL_FORMS": "=0"},
        is_of_organization=True,
    ),
    "catalogue:category": Route(
        who=MANAGERS,
        methods=READ_AND_POST,
        query={"name": "service.category"},
        body={"interval_days": "=30", "special-TOTAL_FORMS": "=0", "special-INITIAL_FORMS": "=0"},
        is_of_organization=True,
    ),
    "catalogue:traits": Route(who=MANAGERS),
    "catalogue:new-trait": Route(
        who=MANAGERS, methods=READ_AND_POST, body={"title": "=Кожа", "key": "=skin", "values": "=dry"}
    ),
    "catalogue:trait": Route(
        who=MANAGERS,
        methods=READ_AND_POST,
        arguments={"pk": "trait.pk"},
        body={"title": "=Иной", "values": "=short"},
        is_of_organization=True,
    ),
    "catalogue:delete-trait": Route(who=MANAGERS, methods=POST, arguments={"pk": "trait.pk"}, is_of_organization=True),
    "catalogue:staff": Route(who=MANAGERS),
    "catalogue:new-staff": Route(
        who=MANAGERS, methods=READ_AND_POST, body={"name": "=Новая", "branch": "branch.pk", "is_active": "=on"}
    ),
    "catalogue:one-of-staff": Route(
        who=MANAGERS, methods=READ_AND_POST, arguments={"pk": "staff.pk"}, body={"name": "=Иная", "branch": "branch.pk"}
    ),
}

OF_IMPORT = {"pk": "brought.pk"}

INTAKE = {
    "intake:connections": Route(who=MANAGERS),
    "intake:connect": Route(who=OWNERS, methods=READ_AND_POST, body={"partner": "=x"}),
    "intake:keys": Route(
        who=OWNERS,
        methods=READ_AND_POST,
        arguments={"pk": "connection.access_id"},
        body={"partner": "=x"},
        is_of_organization=True,
    ),
    "intake:access": Route(
        who=OWNERS, methods=READ_AND_POST, arguments={"pk": "connection.access_id"}, is_of_organization=True
    ),
    "intake:connection": Route(who=MANAGERS, arguments={"pk": "connection.pk"}),
    "intake:read-again": Route(who=MANAGERS, methods=POST, arguments={"pk": "connection.pk"}),
    "intake:disconnect": Route(who=OWNERS, methods=READ_AND_POST, arguments={"pk": "connection.pk"}),
    "intake:hook": Route(who=NOBODY, methods=POST, arguments={"token": "=nothing"}, to_forged=404),
    "intake:imports": Route(who=OWNERS, methods=READ_AND_POST, body={"name": "=nothing"}),
    "intake:import": Route(who=OWNERS, arguments=OF_IMPORT, is_of_organization=True),
    "intake:columns": Route(
        who=OWNERS,
        methods=READ_AND_POST,
        arguments=OF_IMPORT,
        body={"check": "=yes"},
        is_of_organization=True,
        answers=(200, 302),
    ),
    "intake:branches": Route(
        who=OWNERS, methods=POST, arguments=OF_IMPORT, body={"branch": "branch.pk"}, is_of_organization=True
    ),
    "intake:start": Route(who=OWNERS, methods=POST, arguments=OF_IMPORT, is_of_organization=True),
    "intake:stop": Route(who=OWNERS, methods=POST, arguments=OF_IMPORT, is_of_organization=True),
    "intake:continue": Route(who=OWNERS, methods=POST, arguments=OF_IMPORT, is_of_organization=True),
    "intake:undo": Route(
        who=OWNERS, methods=READ_AND_POST, arguments=OF_IMPORT, is_of_organization=True, answers=(200, 302)
    ),
    "intake:delete": Route(who=OWNERS, methods=POST, arguments=OF_IMPORT, is_of_organization=True),
    "intake:rows": Route(
        who=OWNERS, arguments=OF_IMPORT, query={"kind": "=clients", "fate": "=new"}, is_of_organization=True
    ),
    "intake:refused": Route(
        who=OWNERS, arguments={**OF_IMPORT, "number": "=0"}, is_of_organization=True, answers=(200, 404)
    ),
}

WORKLIST = {
    "worklist:worklist": Route(who=SIGNED_IN, query={"client": "client.pk", "branch": "branch.pk"}),
    "worklist:print": Route(who=NOT_STAFF, query={"branch": "branch.pk"}),
    "worklist:held": Route(who=NOT_STAFF, query={"branch": "branch.pk"}),
    "worklist:open": Route(
        who=NOT_STAFF, methods=POST, arguments={"client_id": "client.pk"}, query={"item": "item.pk"}
    ),
    "worklist:hold": Route(who=NOT_STAFF, methods=POST, arguments={"client_id": "client.pk"}, body={"lease": "=1"}),
    "worklist:release": Route(who=NOT_STAFF, methods=POST, arguments={"client_id": "client.pk"}, body={"lease": "=1"}),
    "worklist:record": Route(
        who=NOT_STAFF,
        methods=POST,
        arguments={"client_id": "client.pk"},
        body={
            "by": "person.pk",
            "lease": "=1",
            "call_key": "=6b1f3f0e-0f0d-4b52-9a3d-0d3b6a1f0c11",
            "outcome": "=reached",
            "item": "item.pk",
        },
        answers=(200, 403, 409, 422),
    ),
    "worklist:why": Route(who=NOT_STAFF, arguments={"client_id": "client.pk"}),
    "worklist:undo": Route(who=NOT_STAFF, methods=POST, arguments={"call_key": "contact.call"}),
    "worklist:day": Route(who=NOT_STAFF, arguments={"day": "=2026-05-12"}, query={"branch": "branch.pk"}),
    "worklist:playbook": Route(who=NOT_STAFF, query={"branch": "branch.pk"}),
    "worklist:skip": Route(
        who=NOT_STAFF,
        methods=POST,
        arguments={"step_id": "step.pk"},
        body={"reason": "=Не успели"},
        is_of_organization=True,
    ),
    "worklist:take-up": Route(who=NOT_STAFF, methods=POST, arguments={"step_id": "step.pk"}, is_of_organization=True),
    "worklist:playbooks": Route(who=MANAGERS),
    "worklist:edit-playbook": Route(who=MANAGERS, methods=READ_AND_POST, arguments={"role": "=operator"}),
}

TOKEN, ENDPOINT = {"pk": "token.pk"}, {"pk": "endpoint.pk"}

PROGRAMS = {
    "api-docs": Route(who=EVERYBODY),
    "programs:index": Route(who=OWNERS),
    "programs:new-token": Route(
        who=OWNERS,
        methods=READ_AND_POST,
        body={"name": "=Сайт", "scopes": "=clients:read", "branches": "branch.pk", "works_for": "=90"},
    ),
    "programs:revoke": Route(who=OWNERS, methods=POST, arguments=TOKEN, is_of_organization=True),
    "programs:new-webhook": Route(
        who=OWNERS, methods=READ_AND_POST, body={"url": "=https://example.com/hook", "events": "=client.changed"}
    ),
    "programs:webhook": Route(
        who=OWNERS,
        methods=READ_AND_POST,
        arguments=ENDPOINT,
        body={"url": "=https://example.com/other", "events": "=client.changed"},
        is_of_organization=True,
    ),
    "programs:delete-webhook": Route(who=OWNERS, methods=POST, arguments=ENDPOINT, is_of_organization=True),
    "programs:change-secret": Route(who=OWNERS, methods=POST, arguments=ENDPOINT, is_of_organization=True),
    "programs:test-webhook": Route(who=OWNERS, methods=POST, arguments=ENDPOINT, is_of_organization=True),
    "programs:log": Route(who=OWNERS, arguments=ENDPOINT, is_of_organization=True),
    "programs:send-again": Route(who=OWNERS, methods=POST, arguments={"pk": "delivery.pk"}, is_of_organization=True),
}

# No person gets into the interface, whoever is signed in; programs have a sweep of their own (`interface.py`).
MACHINE_ARGUMENTS = {"client_id": "client.pk", "appointment_id": "visit.pk", "day": "=2026-05-12"}
INTERFACE = {
    "api:openapi-json": Route(who=EVERYBODY, methods=("GET", "HEAD"), is_ours=False),
    "api:api-root": Route(who=NOBODY, is_of_programs=True),
    **{
        f"api:{name}": Route(
            who=NOBODY,
            methods=(address.method,),
            arguments={key: MACHINE_ARGUMENTS[key] for key in address.keys},
            is_of_programs=True,
        )
        for name, address in interface.INTERFACE.items()
    },
}

ALLAUTH = {
    "account_login": allauth(EVERYBODY),
    "account_logout": allauth(EVERYBODY),
    "account_inactive": allauth(EVERYBODY),
    "account_signup": allauth(EVERYBODY),
    "account_reauthenticate": allauth(SIGNED_IN),
    "account_change_password": allauth(SIGNED_IN),
    "account_set_password": allauth(SIGNED_IN),
    "account_reset_password": allauth(EVERYBODY),
    "account_reset_password_from_key_done": allauth(EVERYBODY),
    "account_reset_password_from_key": allauth(EVERYBODY, uidb36="=1", key="=nothing"),
    "account_reset_password_done": allauth(EVERYBODY),
    "mfa_index": allauth(SIGNED_IN),
    "mfa_authenticate": allauth(EVERYBODY),
    "mfa_reauthenticate": allauth(SIGNED_IN),
    "mfa_activate_totp": allauth(SIGNED_IN),
    "mfa_deactivate_totp": allauth(SIGNED_IN),
    "mfa_view_recovery_codes": allauth(SIGNED_IN),
    "mfa_generate_recovery_codes": allauth(SIGNED_IN),
    "mfa_download_recovery_codes": allauth(SIGNED_IN),
    "mfa_list_webauthn": allauth(SIGNED_IN),
    "mfa_add_webauthn": allauth(SIGNED_IN),
    "mfa_reauthenticate_webauthn": allauth(SIGNED_IN),
    "mfa_remove_webauthn": allauth(SIGNED_IN, pk="=1"),
    "mfa_edit_webauthn": allauth(SIGNED_IN, pk="=1"),
    "mfa_login_webauthn": allauth(EVERYBODY),
}

BOTH = {"first": "client.pk", "second": "missed.pk"}
DUPLICATES = {
    "duplicates:pairs": Route(who=MANAGERS),
    "duplicates:look": Route(who=MANAGERS, methods=POST, is_of_organization=True),
    "duplicates:merged": Route(who=MANAGERS),
    "duplicates:different": Route(who=MANAGERS),
    "duplicates:pair": Route(who=MANAGERS, methods=READ_AND_POST, arguments=BOTH, body={"phone": "=absorbed"}),
    "duplicates:say-different": Route(who=MANAGERS, methods=POST, arguments=BOTH),
    "duplicates:ask-again": Route(who=MANAGERS, methods=POST, arguments={"pk": "pair.pk"}),
    "duplicates:merge": Route(who=MANAGERS, arguments={"pk": "merge.pk"}),
    "duplicates:undo": Route(who=MANAGERS, methods=POST, arguments={"pk": "merge.pk"}),
}
TRUTH = {
    "truth:checks": Route(who=OWNERS),
    "truth:check": Route(who=OWNERS, methods=POST, is_of_organization=True),
    "truth:rows": Route(who=OWNERS, arguments={"key": "=without_interval"}),
    "truth:download": Route(who=OWNERS, arguments={"key": "=without_interval"}),
    "truth:take-interval": Route(who=OWNERS, methods=POST, arguments={"pk": "service.pk"}, is_of_organization=True),
}

ROUTES: dict[str, Route] = {
    **ACCOUNTS, **BOOK, **INTAKE, **WORKLIST, **PROGRAMS, **INTERFACE, **ALLAUTH, **DUPLICATES, **TRUTH,
}  # fmt: skip
for room in ROOMS:
    ROUTES |= importlib.import_module(f"tests.{room}.routes").ROUTES

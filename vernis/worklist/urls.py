from django.urls import path

from vernis.worklist.views import calls, cards, days, editor, playbook, printing, today, why

app_name = "worklist"

urlpatterns = [
    path("", today.worklist, name="worklist"),
    path("print/", printing.print_list, name="print"),
    path("held/", cards.held, name="held"),
    path("clients/<int:client_id>/open/", cards.open_card, name="open"),
    path("clients/<int:client_id>/hold/", cards.hold, name="hold"),
    path("clients/<int:client_id>/release/", cards.release, name="release"),
    path("clients/<int:client_id>/calls/", calls.record, name="record"),
    path("clients/<int:client_id>/why/", why.why, name="why"),
    path("calls/<uuid:call_key>/undo/", calls.undo, name="undo"),
    path("days/<str:day>/", days.past_day, name="day"),
    path("playbook/", playbook.playbook, name="playbook"),
    path("playbook/<int:step_id>/skip/", playbook.skip, name="skip"),
    path("playbook/<int:step_id>/take-up/", playbook.take_up, name="take-up"),
    path("playbooks/", editor.playbooks, name="playbooks"),
    path("playbooks/<str:role>/", editor.edit, name="edit-playbook"),
]

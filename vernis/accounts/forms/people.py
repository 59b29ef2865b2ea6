"""People and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Role, User
from vernis.accounts.rules import is_owner, roles_given_by


class PersonForm(forms.Form):
    """Who a person is and what the person sees; offers only what `by` may give."""

    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.ChoiceField(label=_("Role"))
    sees_all_branches = forms.BooleanField(label=_("Sees all branches"), required=False)
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.none(), label=_("Branches"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles_given_by(by)]  # type: ignore[attr-defined]
        branches = Branch.objects.of(by.organization_id)
        if not is_owner(by) and not by.sees_all_branches:
            branches = branches.filter(pk__in=by.branch_ids)
            del self.fields["sees_all_branches"]
        self.fields["branches"].queryset = branches  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Everybody works somewhere."""
        data = super().clean() or {}
        data.setdefault("sees_all_branches", False)
        if data.get("role") != Role.OWNER and not data["sees_all_branches"] and not data.get("branches"):
            self.add_error("branches", _("Choose at least one branch, or the person will see nothing."))
        return data


class InvitationForm(PersonForm):
    """A person who is to join."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("name", "email", "role", "sees_all_branches", "branches")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.by = by

    def clean_email(self) -> str:
        """Refuse a colleague; that an address is known in another organization is not told."""
        email: str = self.cleaned_data["email"].strip().lower()
        colleague = User.objects.filter(organization=self.by.organization_id, email__iexact=email).first()
        if colleague is not None:
            raise forms.ValidationError(
                _("This person works here already.")
                if colleague.is_active
                else _("This person was dismissed. Open the card and take the person back.")
            )
        return email


class JoinForm(forms.Form):
    """Name and password of somebody who accepts an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. Three words that only you put together are better than one with signs."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Refuse passwords that are guessed first."""
        data = super().clean() or {}
        if password := data.get("password"):
            person = User(email=self.email, name=data.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ProfileForm(forms.ModelForm[User]):
    """What everybody decides alone."""

    class Meta:
        model = User
        fields = ("name", "language", "theme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        field.required, field.choices = True, [("ru", "Русский"), ("en", "English")]  # type: ignore[attr-defined]
        self.initial["language"] = self.instance.language or get_language()

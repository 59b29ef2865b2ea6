"""Who may bring in data: it touches the whole organization, so those who run all of it."""

from vernis.accounts.rules import runs_everything

may_import = runs_everything

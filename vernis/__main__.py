"""`python -m vernis` is the command `vernis`."""

from vernis.cli import main

main()

"""What brings facts from elsewhere into the book. `bring_in` is the door for connectors and the open interface."""

from vernis.intake.locks import ImportIsRunning
from vernis.intake.operations.increments import bring_in

__all__ = ["ImportIsRunning", "bring_in"]

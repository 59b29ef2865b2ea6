"""The day's items, who holds which client, and the order of work."""

from vernis.worklist.models.items import Item, LearnedInterval, Refreshed, Sync
from vernis.worklist.models.leases import Lease
from vernis.worklist.models.playbooks import Skip, Step

__all__ = ["Item", "LearnedInterval", "Lease", "Refreshed", "Skip", "Step", "Sync"]

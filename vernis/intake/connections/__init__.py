"""Booking systems that are read by themselves: connecting them, reading them, and telling how it goes."""

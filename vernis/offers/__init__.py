"""Gifts, codes and their redemption."""

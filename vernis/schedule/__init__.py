"""Working hours, free times, holds."""

"""Facts that come from elsewhere: imports, duplicates, connections with booking systems, the truth of the data."""

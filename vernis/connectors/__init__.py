"""Whatever speaks to the world outside: spreadsheets, booking systems, mail, telephony. One folder each."""

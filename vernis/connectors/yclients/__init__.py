"""YCLIENTS and Altegio (one system under two names): their records into the tables of `connectors.tables`.

Whatever goes wrong means "unknown", never "no visits": a reading that is not complete is not delivered.
"""

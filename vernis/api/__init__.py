"""The open interface: what other programs may ask and say."""

"""Plug-ins: one module, one `make(**options)`; see `community.plugins`."""

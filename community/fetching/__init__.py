"""Fetching pages, only when asked: politely, safely, and with a log. Nothing else here connects."""

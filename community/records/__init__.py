"""What exports and APIs state of a thread, and how that becomes a `RawDocument`."""

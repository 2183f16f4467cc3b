"""Every error that this package raises on purpose, under one root.

The subject (file, line, offset, key) is data on the exception, passed positionally to
``super().__init__`` so that an error survives pickling on its way out of a worker.
"""

from __future__ import annotations


class CommunityError(Exception):
    """Root of all our errors. `subject` is what it is about, `reason` what is wrong, `advice`
    what to do."""

    exit_code = 1

    def __init__(self, subject: str, reason: str, advice: str = "") -> None:
        super().__init__(subject, reason, advice)
        self.subject, self.reason, self.advice = subject, reason, advice

    def __str__(self) -> str:
        text = f"{self.subject}: {self.reason}"
        return f"{text} ({self.advice})" if self.advice else text


class UsageError(CommunityError):
    """The command or call cannot mean anything: no such file, an option out of range."""

    exit_code = 2


class SourceError(CommunityError):
    """A source cannot be read: not text, malformed, too deep, too large."""


class CodebookError(CommunityError):
    """A codebook or lexicon file breaks its rules."""

    exit_code = 3


class StudyError(CommunityError):
    """A study folder breaks its rules: unknown key, a path that leaves it, a newer schema."""

    exit_code = 3


class StoreError(CommunityError):
    """The study's database cannot be used: locked, damaged, not ours, disk full."""

    exit_code = 4


class PluginError(CommunityError):
    """A reader, coder or exporter is unknown or does not keep its contract."""

    exit_code = 3

"""What can go wrong with the user's own files, as one tree.

    ConfigError
    ├── BadProfiles     profiles.toml cannot be used as it is: not TOML, a wrong key, open to others
    ├── BadSettings     settings.toml cannot be used as it is
    ├── BadViews        views.toml is broken and is not written over
    ├── NoSuchProfile   a profile is asked for that is not there, or cannot be told
    │   └── NoProfileYet    there is none at all
    ├── NotSaved        a change could not be written; the old file is whole
    └── NoPassword      the source of a password gave none

The text of each is whole sentences, made safe for a terminal, and holds no value out of a file: a value may be
a password that somebody put in the wrong place.
"""

from __future__ import annotations


class ConfigError(Exception):
    """Anything that keeps us from using what the user wrote down."""


class BadProfiles(ConfigError):
    """The file cannot be used as it is; it is left as it is."""


class BadSettings(ConfigError):
    """The file cannot be used as it is; it is left as it is."""


class BadViews(ConfigError):
    """The file is broken; it is left as it is until somebody mends it."""


class NoSuchProfile(ConfigError):
    """Which profile is meant cannot be told."""


class NoProfileYet(NoSuchProfile):
    """There is no profile that could be meant."""


class NotSaved(ConfigError):
    """A change was not made; the old file is whole."""


class NoPassword(ConfigError):
    """The source of a password gave none."""

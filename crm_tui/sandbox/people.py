"""Everybody who can sign in, or just cannot. Data only; the password of all of them is `sandbox`.

| e-mail             | sees                      | may                                                      |
|--------------------|---------------------------|----------------------------------------------------------|
| ana@example.com    | all locations             | everything: full administrator                           |
| mina@example.com   | Riverside                 | everything of a sales manager                            |
| jules@example.com  | Studio Norte              | everything of a sales manager                            |
| tom@example.com    | Midtown                   | the pipeline only: no users, macros, proposals, audit    |
| rita@example.com   | all locations             | read, and write nothing                                  |
| nora@example.com   | all locations             | nothing: signs in, but has no role                       |
| theo@example.com   | Riverside, Studio Norte   | as mina and jules, with a second factor (`THEOS_SECRET`) |
| noel@example.com   |                           | not sign in: no API access                               |
| piet@example.com   |                           | not sign in: no longer active                            |
"""

from dataclasses import dataclass

PASSWORD = "sandbox"  # noqa: S105 - public on purpose, printed at every start
"""The password of every user."""

THEOS_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - as public as the password
"""The secret behind Theo's codes, in base32 as authenticator programs take it."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the service."""

    id: int
    full_name: str
    email: str
    location: int
    """Index of the default location."""
    locations: tuple[int, ...] = (0, 1, 2)
    """Indexes of the locations whose records this user sees."""
    groups: tuple[int, ...] = ()
    """Ids of the user roles."""
    is_admin: bool = False
    has_api_access: bool = True
    is_active: bool = True
    secret: str | None = None
    """Second factor."""


ACCOUNTS = (
    Account(303914611, "Ana Ruiz", "ana@example.com", 0, groups=(770685918,), is_admin=True),
    Account(303914652, "Mina Kovač", "mina@example.com", 0, (0,), (770685918,)),
    Account(303915208, "Jules Lefèvre", "jules@example.com", 1, (1,), (770685931,)),
    Account(303917733, "Tom Okafor", "tom@example.com", 2, (2,), (770685944,)),
    Account(303918120, "Rita Silva", "rita@example.com", 0, groups=(770685957,)),
    Account(303918344, "Nora Lind", "nora@example.com", 0),
    Account(
        *(303918507, "Theo Park", "theo@example.com", 0, (0, 1), (770685918, 770685931)),
        secret=THEOS_SECRET,
    ),
    Account(303918661, "Noel Brandt", "noel@example.com", 1, has_api_access=False),
    Account(303911902, "Piet de Vries", "piet@example.com", 0, is_active=False),
)
"""All users; the first one is the main one."""

OWNERS = ACCOUNTS[:4]
"""Those whom opportunities belong to."""

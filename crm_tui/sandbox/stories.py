"""Invents what happened to each opportunity: when it came, which stages it saw, what is to be done next.

Pure: chance and the present come in, stories come out, in seconds since 1970 UTC. No tables and no ids of
opportunities here. Open ones sit mostly in the early stages; won and lost ones are spread over a year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from crm_tui.sandbox.people import OWNERS
from crm_tui.sandbox.texts import CAMPAIGNS, NOTES, WANTED
from crm_tui.sandbox.world import BOARDS, LOCATIONS, BoardPlan, Location

_T = TypeVar("_T")

HOUR = 3_600
DAY = 86_400

_THURSDAY, _SATURDAY = 3, 5  # counted from Monday; 1970 began on a Thursday
_SOURCES = {
    1: 26,
    2: 9,
    5: 13,
    8: 8,
    10: 4,
    11: 9,
    12: 4,
    13: 2,
    14: 4,
    15: 5,
    17: 3,
    19: 9,
    21: 3,
    99: 1,
}
_LOSSES = {
    1: 12,
    2: 8,
    4: 24,
    5: 5,
    6: 12,
    7: 11,
    8: 5,
    9: 3,
    11: 13,
    12: 3,
    14: 4,
    15: 8,
    19: 3,
    99: 2,
}
_CAMPAIGN_SOURCES = {  # UTM source and medium, by lead source
    1: ("website", "referral"),
    10: ("newsletter", "email"),
    13: ("facebook", "social"),
    14: ("linkedin", "social"),
    19: ("google", "cpc"),
}
_REFERRAL = 5
_BROKERS = (11, 12)
_RANGES = {  # from, to and step of the value, by type
    "Private office": (900, 9000, 50),
    "Dedicated desk": (280, 1200, 20),
    "Hot desk": (90, 420, 15),
    "Event space": (250, 4800, 25),
    "Virtual office": (29, 149, 5),
}


@dataclass(slots=True)
class Story:
    """One opportunity's life. Indexes point into `world` and into the list of customers."""

    board: BoardPlan
    stage: int
    outcome: str
    """open, won or lost."""
    moves: list[tuple[int, int]]
    """Stage index and moment, oldest first; the last one is where it is now."""
    updated: int
    due: int | None = None
    reminded: bool = False
    owner: int | None = None
    value: str | None = None
    kind: tuple[int, str] | None = None
    """Opportunity type: id and name."""
    name: str | None = None
    notes: str | None = None
    source: int | None = None
    loss: int | None = None
    came_from: tuple[str | None, str | None] = (None, None)
    """UTM source and medium."""
    campaign: str | None = None
    wants_referrer: bool = False
    wants_agent: bool = False


def tell_stories(random: Random, size: int, now: int) -> list[Story]:
    """Give `size` stories over all boards, in the order in which the opportunities came."""
    stories = [
        _story(random, board, stage, now)
        for board, count in zip(BOARDS, split(size, [board.share for board in BOARDS]), strict=True)
        for stage, places in enumerate(split(count, [stage.share for stage in board.stages]))
        for _ in range(places)
    ]
    stories.sort(key=lambda story: story.moves[0][1])
    _add_details(random, stories, now)
    return stories


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number in proportion to weights; the parts add up to it exactly."""
    whole = sum(weights)
    ends = [total * sum(weights[: place + 1]) // whole for place in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _story(random: Random, board: BoardPlan, stage: int, now: int) -> Story:
    """Invent the path to a stage and when each step was taken."""
    outcome = board.stages[stage].outcome
    steps = [
        place for place, plan in enumerate(board.stages) if plan.outcome == "open" and plan.share
    ]
    if outcome == "lost":
        steps = steps[: 1 + int(random.random() * len(steps))]
    seen = [place for place in steps if place < stage and (place == 0 or random.random() > 0.15)]
    if board.archived:
        created = now - int((260 + random.random() * 100) * DAY)
        end = created + int(random.random() * 60 * DAY)
    elif outcome == "open":
        age = random.expovariate(1 / (14 + 18 * len(seen)))
        created = now - int(min(age, 330) * DAY) - HOUR
        end = now - int(random.random() * (now - created))
    else:
        created = now - int((4 + random.random() * 360) * DAY)
        end = min(created + int((1 + random.expovariate(1 / 28)) * DAY), now - HOUR)
    created = _in_office_hours(random, created, end)
    moments = sorted(created + int(random.random() * (end - created)) for _ in seen[1:])
    moves = list(zip([*seen, stage], [created, *moments, end][-len(seen) - 1 :], strict=True))
    if not seen:
        moves = [(stage, created)]
    last = moves[-1][1]
    quiet = random.random() ** 3 if outcome == "open" else 0.0
    return Story(board, stage, outcome, moves, updated=last + int(quiet * (now - last)))


def _in_office_hours(random: Random, moment: int, latest: int) -> int:
    """Lay a moment between 07:00 and 19:00 of its day unless that would pass `latest`."""
    candidate = moment - moment % DAY + 7 * HOUR + int(random.random() * 12 * HOUR)
    return min(candidate, latest)


def _add_details(random: Random, stories: list[Story], now: int) -> None:
    """Give every story what people know and plan about it."""
    sources = _draw(random, _SOURCES, len(stories))
    losses = _draw(random, _LOSSES, len(stories))
    for story in stories:
        location = LOCATIONS[story.board.location]
        story.owner = _owner(random, story)
        story.kind = _kind(random, story.board, location)
        story.value = _value(random, story.kind)
        story.name = _name(random, story.kind)
        story.notes = _notes(random)
        if random.random() > 0.07:
            story.source = source = next(sources)
            story.wants_referrer = source == _REFERRAL and random.random() > 0.35
            story.wants_agent = source in _BROKERS
            if source in _CAMPAIGN_SOURCES and random.random() > 0.5:
                story.came_from = _CAMPAIGN_SOURCES[source]
                story.campaign = _pick(random, CAMPAIGNS)
        if story.outcome == "lost" and random.random() > 0.06:
            story.loss = next(losses)
        if story.outcome == "open":
            _plan_follow_up(random, story, location, now)
        elif random.random() > 0.85:
            story.due = story.moves[-1][1] - int(random.random() * 5 * DAY)


def _plan_follow_up(random: Random, story: Story, location: Location, now: int) -> None:
    """Set the next step: a quarter has none, a fifth is late, some are due today, the rest later."""
    chance = random.random() + (0.12 if story.stage == 0 else 0.0)
    if chance > 0.78:
        return
    if chance < 0.2:
        days = -1 - int(random.random() ** 2 * 35)
    elif chance < 0.26:
        days = 0
    else:
        days = 1 + int(random.random() ** 2 * 50)
    shift = location.offset_hours * HOUR
    local_day = (now + shift) // DAY + days
    if days and (local_day + _THURSDAY) % 7 >= _SATURDAY:
        local_day += 2 if days > 0 else -2
    story.due = local_day * DAY + (18 + int(random.random() * 16)) * (HOUR // 2) - shift
    story.reminded = story.due < now and random.random() > 0.4


def _owner(random: Random, story: Story) -> int | None:
    """Choose who cares for it: often nobody for a new one, else mostly the location's own people."""
    if random.random() < (0.35 if story.stage == 0 and story.outcome == "open" else 0.06):
        return None
    own = [place for place, owner in enumerate(OWNERS) if owner.location == story.board.location]
    return _pick(random, own) if random.random() > 0.25 else 0


def _kind(random: Random, board: BoardPlan, location: Location) -> tuple[int, str] | None:
    if random.random() < 0.18:
        return None
    events = [kind for kind in location.types if kind[1] == "Event space"]
    others = [kind for kind in location.types if kind[1] != "Event space"]
    return _pick(random, events if board.name == "Event space" else others)


def _value(random: Random, kind: tuple[int, str] | None) -> str | None:
    if random.random() < 0.17:
        return None
    low, high, step = _RANGES[kind[1] if kind else "Dedicated desk"]
    amount = low + int(random.random() ** 2 * (high - low) / step) * step
    return f"{amount}.50" if random.random() > 0.93 else f"{amount}.00"


def _name(random: Random, kind: tuple[int, str] | None) -> str | None:
    if kind is None or random.random() > 0.5:
        return None
    return _pick(random, WANTED[kind[1]]).format(n=2 + int(random.random() * 7))


def _notes(random: Random) -> str | None:
    lines = int(random.random() * 5.3) - 1
    if lines < 1:
        return None
    chosen = dict.fromkeys(_pick(random, NOTES) for _ in range(lines))
    return "\n".join(line.format(n=2 + int(random.random() * 12)) for line in chosen)


def _draw(random: Random, weights: dict[int, int], count: int) -> Iterator[int]:
    return iter(random.choices(tuple(weights), weights=tuple(weights.values()), k=count))


def _pick(random: Random, choices: Sequence[_T]) -> _T:
    """Like `random.choice`, at a third of its cost."""
    return choices[int(random.random() * len(choices))]

"""What happens in the invented force, and when: pure. The same seed, size and moment give the same plan.

What would lie after the moment is left out, so reports of last night wait as they would.
"""

import random
from datetime import UTC, datetime

from demo import caring, casework
from demo.people import Person
from demo.scenes import scenes
from demo.stories import Cast, Story, forget_the_future, ordinary

DEFAULT_SIZE = 862
DEFAULT_SEED = 2026


def plan(people: list[Person], *, at: datetime, size: int = DEFAULT_SIZE, seed: int = DEFAULT_SEED) -> list[Story]:
    """Give the stories of the force in the order in which they are told: the scenes first, then in the order of time.

    :param at: now; the scenes of last night hang on its hour, everything else on its date in London
    :param size: how many assaults are counted in the end, at least; the scenes are always among them
    """
    cast = Cast(people, seed)
    now = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    stories = scenes(cast, now)
    counted = sum(story.assaults for story in stories)
    number = 0
    while counted < size:
        story = ordinary(cast, random.Random(f"{seed}/{number}"), now)  # noqa: S311 - nothing secret hangs on it
        stories.append(story)
        counted += story.assaults
        number += 1
    for number, story in enumerate(stories):
        story.steps += casework.steps(random.Random(f"{seed}/case/{number}"), story)  # noqa: S311
        story.steps += caring.steps(random.Random(f"{seed}/care/{number}"), story, now)  # noqa: S311
        forget_the_future(story, now)
    return sorted(stories, key=lambda story: (not story.name, story.opened_at, story.who))

"""Records what pabutools makes of made-up elections, for ``test_equal_shares.py``.

pabutools needs solvers that have no place among what this platform is developed with, so it is not installed here. Run
this where it is (``pip install pabutools==1.2.3``), and write what it prints to ``pabutools.json`` beside it.
"""

import json
import random
import sys
from importlib import import_module
from typing import Any

VERSION = "1.2.3"
INSTANCES = 150


def made(number: int) -> dict[str, Any]:
    """A made-up election; every third has costs that are often alike, so that there are ties."""
    drawn = random.Random(number)
    options, voters = drawn.randint(2, 9), drawn.randint(1, 40)
    unit = 1000 if number % 3 == 0 else 1
    costs = [unit * drawn.randint(1, 5 if unit > 1 else 5000) for _ in range(options)]
    budget = drawn.randint(max(costs), max(max(costs), sum(costs)))
    liking = [drawn.random() for _ in costs]
    votes = [[place + 1 for place, like in enumerate(liking) if drawn.random() < like] for _ in range(voters)]
    return {"costs": costs, "budget": budget, "votes": votes}


def counted(election: dict[str, Any]) -> list[int]:
    """What pabutools chooses."""
    pb: Any = import_module("pabutools.election")
    rules: Any = import_module("pabutools.rules")
    ties: Any = import_module("pabutools.tiebreaking")
    projects = {number: pb.Project(str(number), cost) for number, cost in enumerate(election["costs"], 1)}
    instance = pb.Instance(projects.values(), budget_limit=election["budget"])
    ballots = [pb.ApprovalBallot(projects[number] for number in vote) for vote in election["votes"]]
    profile = pb.ApprovalProfile(ballots, instance=instance)

    def place(_: Any, given: Any, one: Any) -> tuple[int, int, int]:
        return (-given.approval_score(one), int(one.cost), int(one.name))

    tie = ties.TieBreakingRule(place)
    first = rules.exhaustion_by_budget_increase(
        instance,
        profile,
        rules.method_of_equal_shares,
        {"sat_class": pb.Cost_Sat, "tie_breaking": tie},
        budget_bound=3 * election["budget"],
    )
    last = rules.greedy_utilitarian_welfare(
        instance, profile, sat_class=pb.Cost_Sat, tie_breaking=tie, initial_budget_allocation=first
    )
    # What nobody approves of costs nobody anything, and greedy would take it; here it is left out.
    return sorted(int(one.name) for one in last if profile.approval_score(one))


def main() -> None:
    """Writes them."""
    if import_module("importlib.metadata").version("pabutools") != VERSION:
        raise SystemExit(f"this is recorded with pabutools {VERSION}")
    elections = [made(number) for number in range(INSTANCES)]
    json.dump({"pabutools": VERSION, "elections": [{**one, "chosen": counted(one)} for one in elections]}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()

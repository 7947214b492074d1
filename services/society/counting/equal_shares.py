"""The method of equal shares for approval votes with costs (Peters, Pierczynski, Skowron 2021, equalshares.net).

Each voter has an equal share of the budget. Again and again the option is taken whose supporters pay least for it by
unit of its cost, each as much as the others as far as their share goes. Satisfaction is measured by cost.

Completion ``add1u``: the shares grow by a hundredth of the budget at a time as long as what is chosen costs no more
than the true budget, or until nothing that is left fits, at most to ``MOST`` times the budget; then what is left of the
true budget goes by approvals (utilitarian greedy). Arithmetic is exact: two who count get the same.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from services.society.counting.votes import Option, Outcome, Profile, Terms, approvals, before

STEPS = 100
"""The shares grow by this part of the budget."""
MOST = 3
"""Times the budget to which they grow at most."""
RULE = (
    f"equal shares (cost satisfaction), completion add1u: +1/{STEPS} of the budget up to {MOST} times, then greedy by"
    " approvals; ties: more approvals, lower cost, lower number drawn by lot"
)


def count(terms: Terms, votes: Profile) -> Outcome:
    """What is chosen."""
    found, total = approvals(terms, votes), sum(votes.values())
    chosen: set[int] = set()
    options = [one for one in terms.options if 0 < one.cost <= terms.budget and found[one.number]]
    costs = {one.number: one.cost for one in terms.options}
    budget = Fraction(terms.budget)
    while options and budget <= MOST * terms.budget:
        further = _equal_shares(options, votes, found, budget / total)
        spent = sum(costs[number] for number in further)
        if spent > terms.budget:
            break
        chosen = further
        if not any(number not in chosen and spent + cost <= terms.budget for number, cost in costs.items()):
            break
        budget += Fraction(terms.budget, STEPS)
    spent = sum(costs[number] for number in chosen)
    for one in sorted(options, key=lambda option: before(found, option)):
        if one.number not in chosen and spent + one.cost <= terms.budget:
            chosen.add(one.number)
            spent += one.cost
    return Outcome(total, found, tuple(sorted(chosen)), spent)


def _equal_shares(options: list[Option], votes: Profile, found: Mapping[int, int], share: Fraction) -> set[int]:
    purses = _Purses(options, votes, share)
    waiting = {one.number: (Fraction(0), one) for one in options}
    chosen: set[int] = set()
    while waiting:
        best: tuple[Fraction, tuple[int, int, int], Option, Fraction] | None = None
        # What an option costs its supporters by unit only grows: what was found before is the least that it can be.
        for known, one in sorted(waiting.values(), key=lambda each: each[0]):
            if best is not None and known > best[0]:
                break
            pays = purses.payment(one)
            if pays is None:
                del waiting[one.number]
                continue
            by_unit = pays / one.cost
            waiting[one.number] = (by_unit, one)
            place = (by_unit, before(found, one), one, pays)
            if best is None or place[:2] < best[:2]:
                best = place
        if best is None:
            break
        _, _, one, pays = best
        purses.pay(one, pays)
        chosen.add(one.number)
        del waiting[one.number]
    return chosen


class _Purses:
    """What voters have left, those together who vote alike. Amounts are few, and are known by their place in a list."""

    def __init__(self, options: list[Option], votes: Profile, share: Fraction) -> None:
        self._amounts, self._places = [share], {share: 0}
        self._has = [0] * len(votes)
        self._numbers = list(votes.values())
        self._supporters = {
            one.number: [place for place, bits in enumerate(votes) if bits >> one.number & 1] for one in options
        }

    def payment(self, one: Option) -> Fraction | None:
        """What each supporter pays who can, while others pay all that they have; None where they have not enough."""
        having: dict[int, int] = defaultdict(int)
        has, numbers = self._has, self._numbers
        for voter in self._supporters[one.number]:
            having[has[voter]] += numbers[voter]
        payers, missing = sum(having.values()), Fraction(one.cost)
        for amount, number in sorted((self._amounts[place], number) for place, number in having.items()):
            pays = missing / payers
            if pays <= amount:
                return pays
            missing -= amount * number
            payers -= number
        return None

    def pay(self, one: Option, pays: Fraction) -> None:
        """Takes it from its supporters."""
        after: dict[int, int] = {}
        has = self._has
        for voter in self._supporters[one.number]:
            place = after.get(has[voter])
            if place is None:
                left = max(self._amounts[has[voter]] - pays, Fraction(0))
                place = self._places.setdefault(left, len(self._amounts))
                if place == len(self._amounts):
                    self._amounts.append(left)
                after[has[voter]] = place
            has[voter] = place

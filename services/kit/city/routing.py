"""Which agency a complaint goes to: ordered rules, the first that matches decides and says why."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from services.kit.city.files import Problems, Row, parse_table
from services.kit.city.model import WASTE, Category, Rule


def first_match(rules: Sequence[Rule], category: str, area_code: str | None) -> Rule:
    """Return the first rule that matches. Checked rules always end with one that matches everything."""
    return next(rule for rule in rules if rule.matches(category, area_code))


def may_decide(rules: Sequence[Rule], category: str) -> Iterator[Rule]:
    """Yield the rules that some complaint of a category comes to: what follows the first that matches in any area is
    for others.
    """
    for rule in rules:
        if rule.category in ("*", category):
            yield rule
            if rule.area == "*":
                return


def cleaners(rules: Sequence[Rule], categories: Mapping[str, Category]) -> frozenset[str]:
    """Return the ids of the agencies that some complaint about waste comes to: their crews clean up."""
    waste = [category.id for category in categories.values() if category.group == WASTE]
    return frozenset(rule.agency for category in waste for rule in may_decide(rules, category))


def read_rules(
    file: str,
    text: str,
    *,
    categories: Collection[str],
    areas: Collection[str],
    agencies: Collection[str],
    problems: Problems,
) -> tuple[Rule, ...]:
    """Parse and check a rule set (CSV with the columns of `Rule`) against what the city has; problems are noted."""
    rows = parse_table(file, text, Rule, problems)
    for row in rows:
        rule, line = row.value, row.line
        if rule.category != "*" and rule.category not in categories:
            problems.add(file, line, f'unknown category "{rule.category}"', "use an id of categories.csv, or *")
        if rule.area != "*" and rule.area not in areas:
            problems.add(file, line, f'unknown area "{rule.area}"', "use a code of areas.csv, or *")
        if rule.agency not in agencies:
            problems.add(file, line, f'unknown agency "{rule.agency}"', "use an id of agencies.csv")
    _check_order(file, rows, problems)
    return tuple(row.value for row in rows)


def _check_order(file: str, rows: list[Row[Rule]], problems: Problems) -> None:
    """Note rules out of order, rules that an earlier one always wins over, and a missing last rule."""
    earlier: dict[tuple[str, str], Row[Rule]] = {}
    previous = 0
    for row in rows:
        rule = row.value
        if rule.order <= previous:
            problems.add(
                file, row.line, f"order {rule.order} does not come after {previous}", "number the rules upwards"
            )
        previous = max(previous, rule.order)
        winner = next((earlier[key] for key in _wider(rule) if key in earlier), None)
        if winner is not None:
            message = (
                f"rule {rule.order} is never reached: rule {winner.value.order} (line {winner.line}) matches first"
            )
            problems.add(file, row.line, message, "move it up or remove it")
        earlier.setdefault((rule.category, rule.area), row)
    if not rows or (rows[-1].value.category, rows[-1].value.area) != ("*", "*"):
        line = rows[-1].line if rows else 1
        problems.add(file, line, "no rule for everything else", "end with a rule that has category * and area *")


def _wider(rule: Rule) -> list[tuple[str, str]]:
    """Return the keys of every rule that would match whatever this one matches, itself included."""
    parts = [] if rule.area == "*" else rule.area.split(".")
    areas = ["*", *(".".join(parts[:n]) for n in range(2, len(parts) + 1))]
    return [(category, area) for category in {rule.category, "*"} for area in areas]

"""What the templates say of fields whose words browsers shall not keep."""

import re
from pathlib import Path

from gateway.portal.kit import page

PORTAL = Path(page.__file__).parents[1]
SCRIPT = PORTAL / "static" / "typed.js"
FORM = re.compile(r'<form\b[^>]*method="post".*?(?:</form>|\Z)', re.DOTALL)
NEVER = re.compile(r"NEVER = \[([^\]]+)\]")


def test_every_form_with_an_identity_a_key_or_a_vote_is_a_personal_one() -> None:
    found = NEVER.search(SCRIPT.read_text())
    assert found is not None
    names = "|".join(re.findall(r'"(\w+)"', found[1]))
    # A field as it is written, or by a macro, whose `autocomplete` may say itself that it tells of a person.
    field = re.compile(
        rf'<(?:input|select|textarea)\b(?![^>]*type="hidden")[^>]*\bname="(?:{names})"[^>]*|'
        rf'\{{\{{ ?\w+\("(?:{names})"[^}}]*'
    )
    asked, open_ = 0, []
    for template in sorted(PORTAL.rglob("*.html")):
        words = template.read_text()
        if '"kit/officer_base.html"' in words:  # of which nothing is kept
            continue
        for form in FORM.finditer(words):
            for each in field.finditer(form[0]):
                asked += 1
                if "data-personal" not in form[0][: each.start()] and 'autocomplete="name"' not in each[0]:
                    open_.append(f"{template.relative_to(PORTAL)}: {each[0]}")
    assert asked > 5, "it looks at forms"
    assert open_ == []

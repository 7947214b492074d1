"""`python -m deploy.answers URL`: whether every pillar answers through a gateway; what `helm test` runs."""

import json
import sys
import time
import urllib.request

WITHIN_S = 60.0


def sections(url: str) -> dict[str, str]:
    """Status of each pillar's section of the city's home. Raises OSError."""
    with urllib.request.urlopen(f"{url.rstrip('/')}/v1/city", timeout=5) as answer:  # noqa: S310 - our own gateway
        home = json.load(answer)
    return {name: section["status"] for name, section in home["sections"].items()}


def main() -> int:
    """Exit code 0 when all are fresh, 1 when one is not after a minute."""
    url, deadline, found = sys.argv[1], time.monotonic() + WITHIN_S, "no answer"
    while time.monotonic() < deadline:
        try:
            states = sections(url)
        except OSError as error:
            found = str(error)
        else:
            found = ", ".join(f"{name} {state}" for name, state in sorted(states.items()))
            if set(states.values()) == {"ok"}:
                sys.stdout.write(f"{found}\n")
                return 0
        time.sleep(1)
    sys.stderr.write(f"{found} after {WITHIN_S:.0f} s\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Logs in as an app does (code flow with PKCE, RFC 7636 and RFC 8252), and asks the API who that is.

python3 docs/app_login.py http://127.0.0.1:8080/        # `make run` has the public client `app` for it
"""

import base64
import hashlib
import http.server
import json
import secrets
import sys
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import Request, urlopen


def ask(address: str, form: dict[str, str] | None = None, **headers: str) -> Any:
    """What an address answers."""
    data = urlencode(form).encode() if form else None
    return json.load(urlopen(Request(address, data, headers), timeout=30))  # noqa: S310 - addresses of one's own


class Back(http.server.BaseHTTPRequestHandler):
    """Where the provider sends the browser with the code."""

    given: dict[str, list[str]] = {}  # noqa: RUF012 - one login, and then the program ends

    def do_GET(self) -> None:
        """Takes the code."""
        Back.given |= parse_qs(urlsplit(self.path).query)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Logged in. You can close this page.")

    def log_message(self, *_: Any) -> None:
        """Nothing: the query holds the code."""


api = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080/"
schemes = ask(urljoin(api, "openapi.json"))["components"]["securitySchemes"]
provider = ask(schemes["oidc"]["openIdConnectUrl"])
verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
with http.server.HTTPServer(("127.0.0.1", 0), Back) as server:
    client = {"client_id": "app", "redirect_uri": f"http://127.0.0.1:{server.server_port}/"}
    wanted = {"response_type": "code", "scope": "openid profile groups", "state": state, "nonce": nonce}
    proof = {"code_challenge": challenge, "code_challenge_method": "S256"}
    sys.stdout.write(f"Log in at {provider['authorization_endpoint']}?{urlencode({**client, **wanted, **proof})}\n")
    sys.stdout.flush()
    while "state" not in Back.given:
        server.handle_request()
if Back.given["state"] != [state] or "code" not in Back.given:
    raise SystemExit(f"This is not the answer to our question, or a refusal: {Back.given.get('error')}")
code = {"grant_type": "authorization_code", "code": Back.given["code"][0], "code_verifier": verifier}
token = ask(provider["token_endpoint"], {**client, **code})["access_token"]
sys.stdout.write(json.dumps(ask(urljoin(api, "v1/me"), Authorization=f"Bearer {token}")) + "\n")

"""Reads what was shown at a gate: a QR code's token, or a code that somebody typed."""

from datetime import datetime

from services.branding.gates.judging import Shown
from services.branding.gates.model import Verdict
from services.branding.keys.signing import BEGIN, TicketSigner
from services.branding.tickets import model as tickets


def read(signer: TicketSigner, prefix: str, scan: str, text: str, at: datetime, *, leaving: bool) -> Shown:
    """What a scan says. A token that the city did not sign is forged, whatever code it names."""
    text = text.strip()
    if text.upper().startswith(f"{BEGIN}."):
        token = signer.read(text)
        code = tickets.parse(prefix, token.code) if token else None
        if token is None or code is None:
            return Shown(scan, text, "", Verdict.FORGED, None, None, at, leaving)
        return Shown(scan, text, code, None, token.generation, token.seats, at, leaving)
    code = tickets.parse(prefix, text)
    if code is None:
        return Shown(scan, text, "", Verdict.MISTYPED, None, None, at, leaving)
    # Whoever had the ticket knows its code too, so what is typed stands for the first QR code alone.
    return Shown(scan, text, code, None, 1, None, at, leaving)

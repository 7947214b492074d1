"""What faults do to the tables of branding, and undo."""

_MARK = "smartcity-fault"
_SALE, _ORDER = "00000000-0000-7000-8000-0000000000f2", "00000000-0000-7000-8000-0000000000f3"
_SALE_OF_ONES_OWN = f"""
INSERT INTO branding.ticket_sale
  (id, version, state, agency, occasion, event, event_code, destination, title_id, title_en, venue, starts_at, ends_at,
   day, moved_at, opens_at, waiting_room, note, opened_by, created_at, updated_at)
VALUES ('{_SALE}', 1, 'stopped', '{_MARK}', NULL, NULL, '', '{_MARK}', '{_MARK}', '{_MARK}', '', NULL, NULL, NULL,
        NULL, now(), false, '', '{_MARK}', now(), now())
ON CONFLICT DO NOTHING"""  # noqa: S608 - of ours


def _order(state: str, hold_until: str) -> str:
    """Makes an order of that sale."""
    return f"""
INSERT INTO branding.ticket_order
  (id, version, code, state, sale, buyer, sealed, quantity, amount, payment, reason, hold_until, last_day, created_at,
   updated_at)
VALUES ('{_ORDER}', 1, '{_MARK}', '{state}', '{_SALE}', '', NULL, 1, 25000, '', '', {hold_until}, current_date, now(),
        now())
ON CONFLICT DO NOTHING"""  # noqa: S608 - of ours


# A refund that was refused since yesterday and is not asked for again before six hours are over.
NOT_GIVEN_BACK = (
    _SALE_OF_ONES_OWN,
    _order("returned", "NULL"),
    f"""INSERT INTO branding.ticket_refund
          (id, version, state, cause, sale, order_id, order_code, request, amount, attempt, reason, created_at,
           updated_at, asked_at)
        SELECT gen_random_uuid(), 1, 'refused', 'late', '{_SALE}', '{_ORDER}', '{_MARK}', '{_ORDER}', 25000, 1,
               'INSUFFICIENT_FUNDS', now() - interval '1 day', now(), now()
         WHERE NOT EXISTS (SELECT FROM branding.ticket_refund WHERE sale = '{_SALE}')""",  # noqa: S608
)
# A hold that was over an hour ago, and no order can expire.
HELD_FOR_EVER = (
    "ALTER TABLE branding.ticket_order ADD CONSTRAINT smartcity_fault CHECK (state <> 'expired') NOT VALID",
    _SALE_OF_ONES_OWN,
    _order("held", "now() - interval '1 hour'"),
)
GONE = (
    "ALTER TABLE branding.ticket_order DROP CONSTRAINT IF EXISTS smartcity_fault",
    f"DELETE FROM branding.ticket_refund WHERE sale = '{_SALE}'",  # noqa: S608 - of ours
    f"DELETE FROM branding.ticket_order WHERE sale = '{_SALE}'",  # noqa: S608
    f"DELETE FROM branding.ticket_takings WHERE sale = '{_SALE}'",  # noqa: S608
    f"DELETE FROM branding.ticket_sale WHERE id = '{_SALE}'",  # noqa: S608
)

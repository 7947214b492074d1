"""A city of wallets and merchants with a long journal behind it, and payments that wait to be paid from wallets."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.economy.ledger.model import city_account
from services.economy.resources import WalletPayment
from services.kit.database.idempotency import Claim
from smartcity.economy.v1 import payments_pb2

WALLETS, MERCHANTS = 100_000, 4_000
"""The first is a multiple of the second."""
ANSWER, EVENT = 290, 150
"""Bytes of the answer that a key keeps, and of an event, as pgbench writes them: those of the real ones."""
AMOUNT, TOPPED_UP = 1_000, 10**9
_WALLET, _MERCHANT, _ACCOUNT, _TRANSFER, _PAYMENT = range(1, 6)
CASH = city_account("cash", "IDR")


def _id(kind: int, number: int) -> UUID:
    """The ``number``th identifier of a kind, in order of time as UUIDv7 are."""
    return UUID(f"{kind * 2**36 + number:012x}7000{0x8000 + kind:04x}{number:012x}")


_ID = """
CREATE FUNCTION bench_id(kind bigint, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(kind * (2::bigint ^ 36)::bigint + number), 12, '0') || '7000'
            || to_hex(32768 + kind) || lpad(to_hex(number), 12, '0'))::uuid $$
"""
_PEOPLE = f"""
INSERT INTO account (id, kind, currency, overdraft, balance, entries, created_at)
VALUES ('{CASH}', 'cash', 'IDR', true, -{WALLETS}::bigint * {TOPPED_UP}, {WALLETS}, now() - interval '1 year');
INSERT INTO account (id, kind, owner, currency, balance, entries, created_at)
SELECT bench_id({_WALLET}, i), 'wallet', 'w' || i, 'IDR', {TOPPED_UP} - {{rounds}}, 1 + {{rounds}},
       now() - interval '1 year'
  FROM generate_series(0, {WALLETS} - 1) AS i;
INSERT INTO wallet (subject, account, created_at)
SELECT 'w' || i, bench_id({_WALLET}, i), now() FROM generate_series(0, {WALLETS} - 1) AS i;
INSERT INTO account (id, kind, owner, currency, balance, entries, created_at)
SELECT bench_id({_ACCOUNT}, i), 'merchant', 'm' || i, 'IDR', {{rounds}} * {WALLETS // MERCHANTS}::bigint,
       {{rounds}} * {WALLETS // MERCHANTS}::bigint, now() - interval '1 year'
  FROM generate_series(0, {MERCHANTS} - 1) AS i;
INSERT INTO merchant (id, version, kind, state, owner, name, mcc, sector, size, area, account, created_at, updated_at)
SELECT bench_id({_MERCHANT}, i), 1, 'business', 'active', 'm' || i, 'Warung ' || i, '5812', 'food', 'umi',
       '33.74.01.1007', bench_id({_ACCOUNT}, i), now(), now()
  FROM generate_series(0, {MERCHANTS} - 1) AS i;
INSERT INTO transfer (id, kind, debit, credit, amount, currency, debit_number, debit_balance, credit_number,
                      credit_balance, posted_at)
SELECT bench_id({_TRANSFER}, i), 'topup', '{CASH}', bench_id({_WALLET}, i), {TOPPED_UP}, 'IDR', i + 1,
       -(i + 1) * {TOPPED_UP}::bigint, 1, {TOPPED_UP}, now() - interval '1 year'
  FROM generate_series(0, {WALLETS} - 1) AS i;
"""
# In a round each wallet pays 1 to a merchant, and each merchant is paid by as many wallets.
_ROUND = f"""
INSERT INTO transfer (id, kind, debit, credit, amount, currency, debit_number, debit_balance, credit_number,
                      credit_balance, reference, posted_at)
SELECT bench_id({_TRANSFER}, $1::bigint * {WALLETS} + i), 'capture', bench_id({_WALLET}, i),
       bench_id({_ACCOUNT}, (i + $1) % {MERCHANTS}), 1, 'IDR', $1 + 1, {TOPPED_UP} - $1, paid, paid, 'SMGP-0000000-00',
       now() - interval '1 year' + $1 * interval '1 day'
  FROM generate_series(0, {WALLETS} - 1) AS i,
       LATERAL (SELECT ($1 - 1) * {WALLETS // MERCHANTS}::bigint + i / {MERCHANTS} + 1 AS paid) AS so_far
"""
_PAYMENTS = f"""
INSERT INTO payment (id, code, version, state, merchant, payee, currency, amount, purpose, description, area, sector,
                     correlation, created_at, updated_at, expires_at)
SELECT bench_id({_PAYMENT}, i), 'SMGP-' || i, 1, 'created', bench_id({_MERCHANT}, m), bench_id({_ACCOUNT}, m), 'IDR',
       {AMOUNT}, 'sale', 'Nasi goreng', '33.74.01.1007', 'food', bench_id({_PAYMENT}, i)::text, now(), now(),
       now() + interval '1 year'
  FROM generate_series($1::bigint, $1::bigint + $2 - 1) AS i,
       LATERAL (SELECT CASE WHEN $3 THEN 0 ELSE i * 104729 % {MERCHANTS} END AS m) AS chosen
"""
# Keys and events of earlier days; without them the planner takes their tables to be empty for ever.
_EARLIER = """
INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, answer, permanent)
SELECT 'w' || i, 'smartcity.economy.v1.PayFromWalletRequest', gen_random_uuid()::text, '', {answer}, true
  FROM generate_series(1, 100000) AS i;
INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload, published_at)
SELECT uuidv7(), 'smartcity.economy.v1.PaymentCaptured', i::text, 1, i::text, false, now(), {payload}, now()
  FROM generate_series(1, 100000) AS i;
"""
# The same payment as one function, as well as it can be written: locked in order, decided, and all rows written.
_PAY = f"""
CREATE SEQUENCE bench_next MINVALUE 0;
CREATE FUNCTION bench_pay(number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid := bench_id({_PAYMENT}, number);
    caller text := 'w' || number * 7919 % {WALLETS};
    paid record;
    wallet_account uuid;
    debited record;
    credited record;
BEGIN
    SELECT p.payee, p.amount, p.currency, p.code, p.state, p.expires_at, p.payer, p.version, p.correlation,
           m.state AS merchant_state
      INTO paid FROM payment p JOIN merchant m ON m.id = p.merchant WHERE p.id = wanted FOR NO KEY UPDATE OF p;
    IF paid.state <> 'created' OR paid.merchant_state <> 'active' OR paid.expires_at < now() OR paid.payer <> '' THEN
        RAISE EXCEPTION 'not payable';
    END IF;
    INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, answer, permanent)
    VALUES (caller, 'smartcity.economy.v1.PayFromWalletRequest', gen_random_uuid()::text,
            sha256(wanted::text::bytea), {{answer}}, true) ON CONFLICT DO NOTHING;
    SELECT account INTO wallet_account FROM wallet WHERE subject = caller;
    PERFORM FROM account WHERE id IN (wallet_account, paid.payee) ORDER BY id FOR NO KEY UPDATE;
    UPDATE account SET balance = balance - paid.amount, entries = entries + 1
     WHERE id = wallet_account AND status = 'open' AND currency = paid.currency AND balance - held >= paid.amount
    RETURNING balance, entries INTO STRICT debited;
    UPDATE account SET balance = balance + paid.amount, entries = entries + 1
     WHERE id = paid.payee AND status = 'open' AND currency = paid.currency
       AND (most IS NULL OR balance + paid.amount <= most)
    RETURNING balance, entries INTO STRICT credited;
    INSERT INTO transfer (id, kind, debit, credit, amount, currency, debit_number, debit_balance, credit_number,
                          credit_balance, reference, posted_at)
    VALUES (uuidv7(), 'capture', wallet_account, paid.payee, paid.amount, paid.currency, debited.entries,
            debited.balance, credited.entries, credited.balance, paid.code, now());
    UPDATE payment SET state = 'captured', method = 'wallet', version = version + 1, paid_by = caller,
                       captured_at = now(), updated_at = now() WHERE id = wanted;
    INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload)
    VALUES (uuidv7(), 'smartcity.economy.v1.PaymentCaptured', wanted::text, paid.version + 1, paid.correlation, false,
            now(), {{payload}});
END $$;
"""


@dataclass
class Market:
    """A database that is filled, and the numbers of its payments; the even ones are pgbench's, the odd ones ours."""

    url: str
    numbers: Iterator[int]

    def item(self) -> WalletPayment:
        """The next payment, as its payer asks for it."""
        number = next(self.numbers)
        name = str(_id(_PAYMENT, number))
        request = payments_pb2.PayFromWalletRequest(request_id=name, id=name)
        return WalletPayment(Claim(f"w{number * 7919 % WALLETS}", name, request, b""), None)


async def filled(url: str, rows: int, payments: int, *, hot: bool = False) -> Market:
    """Fills an empty database of economy: a journal of ``rows``, and payments to all merchants or to one (``hot``)."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SET search_path = economy, public; SET session_replication_role = replica; SET synchronous_commit = off"
        )
        await connection.execute(_ID)
        answer, payload = (f"decode(repeat('ab', {size}), 'hex')" for size in (ANSWER, EVENT))
        await connection.execute(_PAY.format(answer=answer, payload=payload))
        await connection.execute(_EARLIER.format(answer=answer, payload=payload), timeout=300)
        rounds = rows // WALLETS - 1
        await connection.execute(_PEOPLE.format(rounds=rounds), timeout=300)
        for number in range(1, rounds + 1):
            await connection.execute(_ROUND, number, timeout=300)
        await connection.execute(_PAYMENTS, 0, payments, hot, timeout=300)
        await connection.execute("VACUUM ANALYZE", timeout=600)
    finally:
        await connection.close()
    return Market(url, itertools.count(1, 2))


async def counted(url: str) -> dict[str, Any]:
    """What was paid by now, and whether all of it adds up."""
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(
            """
            SELECT (SELECT count(*) FROM economy.payment WHERE state = 'captured') AS captured,
                   (SELECT count(*) FROM economy.outbox WHERE published_at IS NULL) AS events,
                   (SELECT count(*) FROM economy.idempotency_key WHERE request_hash <> '') AS keys,
                   (SELECT sum(balance) FROM economy.account)::bigint AS total
            """,
            timeout=120,
        )
        assert row is not None
        return dict(row)
    finally:
        await connection.close()

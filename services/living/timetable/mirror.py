"""A network seen backwards in time, in which the latest departure is the earliest arrival. Pure."""

import numpy as np

from services.living.timetable.model import Ints
from services.living.timetable.network import EARLY, TIME_BITS, Footpaths, Headways, Network, Scheduled
from services.living.timetable.ranges import by_stop, first_rows, joined


def mirror(network: Network) -> Network:
    """The same network with all seconds negative and all ways the other way round."""
    scheduled, headways = _scheduled(network.scheduled), _headways(network.headways)
    return Network(
        network.stops,
        scheduled,
        headways,
        turned_round(network.footpaths, network.stops),
        by_stop(scheduled.stop, network.stops),
        by_stop(headways.stop, network.stops),
        backwards=True,
    )


def _turned(first: Ints) -> Ints:
    """Where each item goes when each of the ranges that begin at ``first`` is turned round."""
    counts = np.diff(first)
    ranges = np.repeat(np.arange(len(counts)), counts)
    return first[ranges] + first[ranges + 1] - 1 - np.arange(int(first[-1]), dtype=np.int64)


def _scheduled(one: Scheduled) -> Scheduled:
    calls = _turned(one.first_call)
    counts = np.diff(one.first_departure)[calls]
    first_departure = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    # The last trip of the day is the first seen backwards.
    moved = joined(one.first_departure[calls], counts)[_turned(first_departure)]
    mask = (1 << TIME_BITS) - 1
    seconds = (one.departures & mask) - EARLY
    call = np.repeat(np.arange(len(calls), dtype=np.int64), counts)
    runs = _turned(one.first_run)
    return Scheduled(
        stop=one.stop[calls],
        line=one.line,
        board=one.alight[calls],
        alight=one.board[calls],
        first_call=one.first_call,
        first_departure=first_departure,
        departures=call << TIME_BITS | EARLY - one.arrivals[moved].astype(np.int64),
        arrivals=(-seconds[moved]).astype(np.int32),
        first_run=one.first_run,
        trip=one.trip[runs],
        shift=one.shift[runs],
    )


def _headways(one: Headways) -> Headways:
    calls = _turned(one.first_call)
    return Headways(
        stop=one.stop[calls],
        line=one.line,
        board=one.alight[calls],
        alight=one.board[calls],
        first_call=one.first_call,
        arrival=-one.departure[calls],
        departure=-one.arrival[calls],
        start=one.start,
        end=one.end,
        headway=one.headway,
        trip=one.trip,
    )


def turned_round(one: Footpaths, stops: int) -> Footpaths:
    """The same ways by the stop that they lead to."""
    source = np.repeat(np.arange(stops, dtype=np.int64), np.diff(one.first))
    order = np.argsort(one.target, kind="stable")
    return Footpaths(
        first=first_rows(one.target[order], stops),
        target=source[order],
        seconds=one.seconds[order],
        metres=one.metres[order],
        kind=one.kind[order],
        change=one.change,
    )

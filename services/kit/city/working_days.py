"""The working calendar: the weekdays that the profile works (``working_weekdays``), less national holidays and joint
leave, in the city's own time.

Source of the day kinds: the yearly joint decree of three ministers (SKB 3 Menteri); joint leave (cuti bersama) does not
count as a working day for SP4N-LAPOR either.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.kit.city.model import Text

_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59)


class Holiday(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One day off, decided by decree or provisional (an estimate until the decree is out)."""

    date: date
    name_id: Text
    name_en: Text
    kind: Literal["national", "joint_leave", "local"]
    status: Literal["decided", "provisional"]
    source: str = ""


class Calendar:
    """Counts working days. A year without holidays in the file has its weekdays only, and is provisional."""

    def __init__(
        self,
        timezone: ZoneInfo,
        holidays: Mapping[date, Holiday],
        working_weekdays: frozenset[int] = frozenset(range(1, 6)),
    ) -> None:
        """Take the holidays by day and the ISO weekdays (1 = Monday) that are worked."""
        self.timezone = timezone
        self.holidays = holidays
        self._weekdays = working_weekdays
        provisional = {day.year for day, holiday in holidays.items() if holiday.status == "provisional"}
        self._decided_years = {day.year for day in holidays} - provisional

    def is_working_day(self, day: date) -> bool:
        """Say whether the city works on that (local) day."""
        return day.isoweekday() in self._weekdays and day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        """Say whether the calendar of that day's year may still change: not decided yet, or not in the profile."""
        return day.year not in self._decided_years

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """Return the end (23:59:59 local) of the `days`-th working day after the local day of `moment`.

        The day of `moment` itself never counts. 0 gives the end of that day, or of the next working day if it is none.

        Raises:
            ValueError: `moment` has no time zone, or `days` is negative.
        """
        if days < 0:
            raise ValueError(f"cannot add {days} working days; give 0 or more")
        day = self._local(moment)
        if days == 0:
            while not self.is_working_day(day):
                day += _DAY
        for _ in range(days):
            day += _DAY
            while not self.is_working_day(day):
                day += _DAY
        return datetime.combine(day, _END_OF_DAY, self.timezone)

    def _local(self, moment: datetime) -> date:
        if moment.tzinfo is None:
            raise ValueError(f"{moment.isoformat()} has no time zone; give an aware datetime")
        return moment.astimezone(self.timezone).date()

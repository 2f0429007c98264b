"""Times."""

from datetime import date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict


class ModelTimes(BaseModel):
    """Times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime = datetime.fromisoformat("2026-01-31T12:00:00Z")
    on: date = date(2026, 1, 31)
    from_: time = time.fromisoformat("08:30:00")
    lasts: timedelta = timedelta(seconds=90)
    pauses: timedelta = timedelta(days=1, seconds=7200)
    since: datetime = datetime.fromisoformat("2023-11-14T22:13:20+00:00")

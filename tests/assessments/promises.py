"""What a candidate is promised of time, in plain sums: the other side of the machine of clocks."""

from datetime import timedelta

from assessments.course import REST
from assessments.models.attempt import GRACE

ZERO = timedelta()


class Section:
    """One clock: of a section, or of the whole."""

    def __init__(self, minutes):
        self.minutes = minutes
        self.extra = ZERO
        self.deadline = None
        self.closed = False

    def length(self, percent):
        return timedelta(minutes=self.minutes) * (100 + percent) / 100 + self.extra


class Promises:
    """When which clock stops, given all that has happened; `now` only ever grows."""

    def __init__(self, now, minutes, *, timed, break_minutes):
        self.now = now
        self.timed = timed
        self.percent = 0
        self.sections = [Section(each) for each in minutes]
        self.rest_ends = now + REST
        self.break_left = timedelta(minutes=break_minutes)
        self.pause = None
        self.over = False
        if not timed:
            self.begin(self.sections[0], now)

    # What holds now ------------------------------------------------------------------------------

    @property
    def open(self):
        found = [each for each in self.sections if each.deadline and not each.closed]
        return found[-1] if found else None

    @property
    def ahead(self):
        return [each for each in self.sections if each.deadline is None]

    @property
    def running(self):
        return self.open if self.open and self.now <= self.open.deadline else None

    @property
    def end(self):
        ahead = sum((REST + each.length(self.percent) for each in self.ahead), ZERO)
        return (self.open.deadline if self.open else self.rest_ends - REST) + ahead

    @property
    def paused(self):
        return self.pause is not None and self.now < self.pause[1]

    @property
    def left(self):
        """How much of all clocks is still to be had."""
        resumed = self.pause[1] if self.paused else self.now
        running = max(ZERO, self.open.deadline - resumed) if self.open else ZERO
        return running + sum((each.length(self.percent) for each in self.ahead), ZERO)

    def takes(self, number):
        """Whether an answer to a question of that section counts now."""
        if self.over or (self.paused and self.now > self.pause[0] + GRACE):
            return False
        section = self.sections[number]
        started = section.deadline is not None and not section.closed
        return started and self.now <= section.deadline + GRACE

    # What happens --------------------------------------------------------------------------------

    def wait(self, time):
        self.now += time
        while not self.over and self._one_thing_happened():
            pass

    def _one_thing_happened(self):
        if self.end + GRACE < self.now:
            self.over = True
            return True
        for section in self.sections:
            late = section.deadline and section.deadline + GRACE < self.now
            if late and not section.closed:
                self.close(section, section.deadline)
                return True
        if self.open is None and self.ahead and self.rest_ends < self.now:
            self.begin(self.ahead[0], self.rest_ends)
            return True
        return False

    def begin(self, section, at):
        section.deadline = at + section.length(self.percent)

    def close(self, section, at):
        section.closed = True
        if self.open is None:
            self.rest_ends = at + REST

    def take_break(self):
        self.pause = (self.now, self.now + self.break_left)
        self.shift(self.break_left)
        self.break_left = ZERO

    def come_back(self):
        unused = self.pause[1] - self.now
        self.break_left += unused
        self.pause = None
        self.shift(-unused)

    def shift(self, by):
        if self.running:
            self.running.deadline += by
        else:
            self.rest_ends += by

    def give_minutes(self, minutes):
        if self.open:
            self.open.deadline += timedelta(minutes=minutes)
            return
        total = sum(each.minutes for each in self.ahead)
        for section in self.ahead:
            section.extra += timedelta(minutes=minutes) * section.minutes / total

    def give_percent(self, percent):
        if self.open:
            self.open.deadline += (
                timedelta(minutes=self.open.minutes) * (percent - self.percent) / 100
            )
        self.percent = percent

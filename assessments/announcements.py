"""What other parts may want to hear of; receivers run in the transaction of what they hear."""

from django.dispatch import Signal

# `regrade`: a dry run was taken over. Whether systems are to be told is its `tells_systems`.
regrade_committed = Signal()
# `event_type`, `row`: something happened that other systems may want to know; never of a preview.
announced = Signal()

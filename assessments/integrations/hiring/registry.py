"""Every adapter, by its system."""

from collections.abc import Mapping

from assessments.integrations.hiring.adapters import Adapter
from assessments.integrations.hiring.ashby import Ashby
from assessments.integrations.hiring.greenhouse import Greenhouse
from assessments.integrations.hiring.stage import Stage
from assessments.integrations.hiring.workable import Workable
from assessments.models import HiringConnection

ADAPTERS: Mapping[str, Adapter] = {
    each.system: each for each in (Greenhouse(), Ashby(), Workable(), Stage())
}


def adapter_of(connection: HiringConnection) -> Adapter:
    return ADAPTERS[connection.system]

"""The numbers of a county with which a rule is asked: its clinical policies and the hospital side.

Each policy stands beside what it decides; `dispatch.domain.clinical` lists the clinical ones, and
`hospital_gateway.policy` has the times and penalties of pre-alert, transfer and destination. Pure.
"""

from typing import Final

import msgspec

from dispatch.domain.clinical import ClinicalPolicies
from dispatch.domain.config import CountyConfig
from hospital_gateway.bypass import DEFAULT_CENTRES
from hospital_gateway.facilities import Centre
from hospital_gateway.policy import GatewayPolicy


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a county that can move the answer of a rule.

    ``centres`` have the gates and the limits of bypass.
    """

    clinical: ClinicalPolicies = ClinicalPolicies()
    gateway: GatewayPolicy = GatewayPolicy()
    centres: tuple[Centre, ...] = DEFAULT_CENTRES


DEFAULTS: Final = Policies()


def policies_of(config: CountyConfig) -> Policies:
    """The numbers of a county as configured."""
    return Policies(clinical=config.clinical, gateway=config.gateway, centres=config.centres)

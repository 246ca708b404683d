"""The bypass defaults of clinical reference §4 as centres, for a county that has set none, and who
may be driven past a nearer place at all.

| pathway        | goes ahead to                 | within                         | mark        |
|----------------|-------------------------------|--------------------------------|-------------|
| chest pain     | primary PCI                   | 120 min to the wire, inclusive | ESC 2023    |
| stroke         | thrombectomy                  | under 30 min                   | Venema 2020 |
| trauma, red    | level I, then II              | 45 min, inclusive              | GK          |
| maternal       | NICU level III, if stable     | 60 min, inclusive              | GK          |
| newborn, child | NICU level III, if stable     | 60 min, inclusive              | GK          |
| respiratory    | respiratory intensive care    | 60 min, inclusive              | POLICY      |
| burn, poison   | burn unit; hyperbaric chamber | 60 min, inclusive              | POLICY      |

Limits are of the drive unless they say otherwise (from first medical contact to the wire); all of
it is configuration of the county's medical director. A county's own centres are read from its
`centres.toml` and go before these. Not here: how candidates are ranked (`destination`).
"""

from collections.abc import Collection
from typing import Final, Literal

from dispatch.ids import CentreId
from hospital_gateway.facilities import Centre
from hospital_gateway.policy import GatewayPolicy

_ED: Final = ("ed_24h", "resus")
_THEATRE: Final = (*_ED, "or_24h", "blood")


def _centre(
    pathway: str,
    name: tuple[str, str],
    needs: tuple[tuple[str, ...], tuple[str, ...]],
    bypass_to: tuple[str, ...],
    limit_min: int = 60,
    counts: Literal["drive", "fmc_to_wire"] = "drive",
    *,
    is_inclusive: bool = True,
    serves: tuple[str, ...] = (),
) -> Centre:
    return Centre(
        centre_id=CentreId(pathway),
        name_zh=name[0],
        name_en=name[1],
        short_zh=name[0],
        short_en=name[1],
        icon="",
        colour="",
        requires_all=needs[0],
        requires_any=needs[1],
        bypass_to=bypass_to,
        bypass_limit_min=limit_min,
        bypass_limit_counts=counts,
        is_bypass_limit_inclusive=is_inclusive,
        serves=serves or (pathway,),
    )


DEFAULT_CENTRES: Final = (
    _centre("chest_pain", ("胸痛", "chest pain"), (_ED, ("ppci", "lysis_stemi")), ("ppci",),
            120, "fmc_to_wire"),
    _centre("stroke", ("卒中", "stroke"), ((*_ED, "ct_24h"), ("lysis_stroke", "evt")), ("evt",),
            30, is_inclusive=False),
    _centre("trauma", ("创伤", "trauma"),
            (_THEATRE, ("trauma_level_1", "trauma_level_2", "trauma_level_3")),
            ("trauma_level_1", "trauma_level_2"), 45),
    _centre("maternal", ("孕产", "maternal"), ((*_THEATRE, "ob_emergency"), ()), ("nicu_3",)),
    _centre("newborn_child", ("儿童新生儿", "newborn and child"),
            (_ED, ("nicu_2", "nicu_3", "picu")), ("nicu_3",), serves=("newborn", "child")),
    _centre("respiratory", ("呼吸", "respiratory"), (_ED, ("eicu", "respiratory_icu")),
            ("respiratory_icu",)),
    _centre("burn", ("烧伤", "burn"), (_ED, ()), ("burn",)),
    _centre("tox", ("中毒", "poisoning"), (_ED, ()), ("hyperbaric",)),
)  # fmt: skip


def may_bypass(
    policy: GatewayPolicy, pathways: Collection[str], is_stable: bool | None
) -> bool | None:
    """Whether a patient of these pathways may be driven past a nearer place.

    False when unstable. None, which is no permission either, when nobody said whether the patient
    is stable and a pathway of ``policy.bypass_if_stable`` wants to know it.
    """
    if is_stable is None and any(each in policy.bypass_if_stable for each in pathways):
        return None
    return is_stable is not False

"""The office of the demonstration: an invented county, its people and its units.

The county, its people, places and collectives do not exist. Units bear the plain names that such units have everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from workflow.core.model import Text
from workflow.directory import PartyKind

COUNTY = Text(zh="禾湾县", en="Hewan County")

CLERK, SECOND_CLERK = "clerk01", "clerk02"
COMMITTEE, DISPATCHER = "committee01", "dispatch01"
EDITOR, CHECKER, ISSUER, CONVENER = "editor01", "checker01", "issuer01", "convener01"
VICE_CHAIR = "vicechair01"

UNITS: dict[str, str] = {
    "edu": "县教育局",
    "health": "县卫生健康局",
    "agri": "县农业农村局",
    "water": "县水务局",
    "build": "县住房和城乡建设局",
    "transport": "县交通运输局",
    "culture": "县文化旅游局",
    "civil": "县民政局",
    "labour": "县人力资源和社会保障局",
    "ecology": "县生态环境局",
    "market": "县市场监督管理局",
    "industry": "县工业信息化和商务局",
    "land": "县自然资源局",
    "police": "县公安局",
    "city": "县综合执法局",
    "medical": "县医疗保障局",
    "finance": "县财政局",
    "reform": "县发展和改革局",
}

COLLECTIVES: dict[str, tuple[str, str]] = {  # id: name, kind of proposer
    "party_a": ("民盟禾湾县支部", "party"),
    "party_b": ("农工党禾湾县支部", "party"),
    "commerce": ("禾湾县工商联", "party"),
    "youth": ("共青团禾湾县委", "mass_org"),
    "women": ("禾湾县妇联", "mass_org"),
    "committee_econ": ("经济委员会", "committee"),
    "committee_soc": ("社会建设委员会", "committee"),
    "sector_agri": ("农业界别", "sector"),
    "sector_edu": ("教育界别", "sector"),
}

PLACES = ("东关街道", "西渠镇", "柳湖镇", "望山乡", "南滩镇", "北塬乡", "老城片区")

MEMBERS = 64

_SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹喻柏窦章云苏潘葛范彭鲁韦马苗方俞任袁柳"
_GIVEN = (
    "建平 秀兰 志远 晓燕 国栋 丽华 文博 海霞 永福 雪梅 少杰 春花 立新 玉珍 宏伟 静怡 明辉 桂英 学军 佳宁 "
    "成林 慧敏 长青 思源 启明 月娥 振华 若楠 广田 书瑶 天佑 素琴 克勤 婉清 大为 巧云 守正 小满 向东 芳菲"
).split()


@dataclass(frozen=True, slots=True)
class Body:
    """Somebody or something that can hold a case: `kind` is person, unit or group."""

    id: str
    name: str
    kind: PartyKind = "person"
    unit: str | None = None
    groups: tuple[str, ...] = ()


OFFICE = (
    Body(CLERK, "程知秋", groups=("proposal_office",)),
    Body(SECOND_CLERK, "穆清和", groups=("proposal_office",)),
    Body(COMMITTEE, "伍长河", groups=("proposal_committee",)),
    Body(DISPATCHER, "阮如是", groups=("dispatch_office",)),
    Body(EDITOR, "岑望舒", groups=("opinion_editors",)),
    Body(CHECKER, "顾南乔", groups=("opinion_checkers",)),
    Body(ISSUER, "宁致和", groups=("opinion_issuers",)),
    Body(CONVENER, "傅晚晴", groups=("consultation_office",)),
    Body(VICE_CHAIR, "温以宁"),
)


def member(n: int) -> str:
    """The id of the member with this number, from 1."""
    return f"m{n:03d}"


def desk(body: str) -> str:
    """The id of the person who acts for a unit or a collective."""
    return f"{body}01"


def voice(proposer: str) -> str:
    """Who speaks for a proposer: the member, or the contact person of the collective."""
    return desk(proposer) if proposer in COLLECTIVES else proposer


def everybody(random: Random) -> tuple[Body, ...]:
    """The office, the units with their clerks, the collectives with their contacts, the members."""
    return (
        *OFFICE,
        *(Body(id, name, kind="unit") for id, name in UNITS.items()),
        *(Body(desk(id), f"{name}经办人", unit=id) for id, name in UNITS.items()),
        *(Body(id, name, kind="unit") for id, (name, _) in COLLECTIVES.items()),
        *(Body(desk(id), f"{name}联系人", unit=id) for id, (name, _) in COLLECTIVES.items()),
        *(Body(member(n), name, groups=("members",)) for n, name in enumerate(_names(random), 1)),
    )


def _names(random: Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < MEMBERS:
        names[random.choice(_SURNAMES) + random.choice(_GIVEN)] = None
    return list(names)

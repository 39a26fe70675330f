"""Titles and texts of the year, all invented: a place, a matter, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

from workflow.demo.county import PLACES


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that people write to the office about; `unit` is the department that it concerns."""

    asks: str
    thing: str
    category: str
    unit: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One written paper."""

    title: str
    problem: str
    suggestions: tuple[str, ...]
    category: str
    unit: str


MATTERS: tuple[Matter, ...] = (
    Matter("完善", "公共停车设施", "society", "city"),
    Matter("加快", "老旧供水管网改造", "society", "water"),
    Matter("规范", "校外托管场所管理", "culture", "edu"),
    Matter("扩大", "普惠性学前教育供给", "culture", "edu"),
    Matter("提升", "乡镇卫生院诊疗能力", "society", "health"),
    Matter("推进", "慢性病用药就近配备", "society", "medical"),
    Matter("支持", "冷链仓储建设", "economy", "agri"),
    Matter("培育", "特色果蔬品牌", "economy", "agri"),
    Matter("修缮", "灌溉渠系和田间道路", "economy", "water"),
    Matter("推广", "节水灌溉技术", "ecology", "water"),
    Matter("加强", "秸秆综合利用", "ecology", "ecology"),
    Matter("治理", "餐饮油烟扰民", "ecology", "city"),
    Matter("开展", "农村生活污水治理", "ecology", "ecology"),
    Matter("增设", "公共充电设施", "economy", "industry"),
    Matter("优化", "公交线路和站点", "society", "transport"),
    Matter("改善", "通村道路照明", "society", "transport"),
    Matter("建设", "社区养老服务站点", "society", "civil"),
    Matter("健全", "困难家庭救助机制", "society", "civil"),
    Matter("拓宽", "返乡青年就业渠道", "economy", "labour"),
    Matter("加强", "灵活就业人员技能培训", "society", "labour"),
    Matter("保护", "传统村落和古树名木", "culture", "land"),
    Matter("活化利用", "非物质文化遗产", "culture", "culture"),
    Matter("开发", "乡村旅游精品线路", "economy", "culture"),
    Matter("延长", "公共图书馆开放时间", "culture", "culture"),
    Matter("整治", "农贸市场周边秩序", "society", "market"),
    Matter("强化", "食品小作坊监管", "society", "market"),
    Matter("降低", "小微企业融资成本", "economy", "industry"),
    Matter("简化", "个体工商户注销手续", "politics", "market"),
    Matter("完善", "基层议事协商机制", "politics", "civil"),
    Matter("加强", "普法宣传进村入户", "politics", "police"),
    Matter("完善", "校园周边交通安全设施", "society", "police"),
    Matter("盘活", "闲置集体建设用地", "economy", "land"),
    Matter("推进", "既有住宅加装电梯", "society", "build"),
    Matter("加快", "老旧小区改造", "society", "build"),
    Matter("规范", "物业服务收费", "society", "build"),
    Matter("加密", "口袋公园和绿道", "ecology", "build"),
)


class Papers:
    """Papers drawn without repetition: at most `len(MATTERS) * len(PLACES)` of them."""

    def __init__(self, random: Random) -> None:
        pairs = list(product(MATTERS, PLACES))
        random.shuffle(pairs)
        self._pairs = iter(pairs)

    def next(self, ending: str) -> Paper:
        """The next paper; `ending` is what its title ends in (的提案, 的建议, …)."""
        matter, place = next(self._pairs)
        subject = f"{place}{matter.thing}"
        return Paper(
            title=f"关于{matter.asks}{subject}{ending}",
            problem=f"走访中群众多次提到{subject}方面的问题：现有安排跟不上需要，责任不够清楚，进展缺少公开。",
            suggestions=(
                f"由主管部门牵头摸清{subject}的底数，列出清单并公开。",
                f"将{matter.asks}{subject}列入年度计划，明确责任单位和完成时限。",
                "每半年向政协委员通报一次进展，听取群众评价。",
            ),
            category=matter.category,
            unit=matter.unit,
        )


def reply_text(paper: Paper, *, planned: bool) -> str:
    """A department's written answer."""
    first, second, third = ("已安排", "年内推进", "列入明年计划") if planned else ("已完成", "已落实", "已建立")
    return (
        f"您提出的“{paper.title}”收悉，经研究并与您当面沟通，现答复如下："
        f"一、{first}摸底并公开清单；二、{second}所提措施；三、{third}定期通报制度。"
    )

"""What the loader and the templates can say, for the same catalogue: a file with one of these cannot be used at all.

The examples that begin with `casework: 1` stand alone; the others are laid over `SOUND` like those of the checks.
"""

from __future__ import annotations

from workflow.checks.catalogue import declare
from workflow.core.model import Text

_REST = """\
casework: 1
lifecycle: leave
version: 1
initial: asked
roles: {head: {group: heads}}
states: {asked: {}, granted: {final: successful}}
"""
_GRANT = "transitions: {grant: {from: asked, to: granted, by: head}}\n"

# ---------------------------------------------------------------- the file as a text

for code, zh, en, why_zh, why_en, hint_zh, hint_en, example in (
    ("empty", "空文件", "An empty file", "文件里什么也没有。", "There is nothing in the file.",
     "写流程，或从自带的流程抄起", "write a lifecycle, or begin with a copy of a shipped one", "# casework: 1\n"),
    ("syntax", "YAML 写法有误", "Not correct YAML", "括号、引号、缩进或冒号不对，后面的内容读不下去。",
     "A bracket, a quote, a colon or the indentation is wrong, and the rest cannot be read.",
     "看 ^ 所指处和它上面一行", "look at the place of the ^ and at the line above it", _REST + "transitions: {grant: {from: asked\n"),
    ("duplicate_key", "重复的键", "A key written twice", "同一处的两个键同名，只有一个会生效，不知道是哪个。",
     "Of two keys of one name only one would count, and nobody knows which.",
     "合并成一个，或改名", "make them one, or rename one", _REST + "version: 2\n" + _GRANT),
    ("key", "键不对", "Not a key", "冒号前必须是一个词。", "In front of a colon stands one word.",
     "写一个名称，或加引号", "write a name, or put it in quotes", _REST + "? [a, b]\n: c\n"),
    ("alias", "YAML 锚点和别名", "YAML anchors and aliases", "流程文件不用 & 和 *：别名会让几行的文件膨胀到无限大。",
     "Lifecycles have no & and *: aliases let a file of a few lines grow without end.",
     "把内容原样写出", "write the content out", _REST + "label: &a 请假\n" + _GRANT),
    ("tag", "YAML 类型标签", "YAML tags", "以 ! 开头的词会被读作类型标签；条件多半是忘了引号。",
     "A word with ! in front is read as a tag; a condition probably lacks its quotes.",
     "给条件加引号，如 '!case.open'", "put the condition in quotes, as in '!case.open'", _REST + "label: !!str 请假\n" + _GRANT),
    ("directive", "YAML 指令", "YAML directives", "以 % 开头的行不用。", "Lines that begin with % are not used.",
     "删去这一行", "delete the line", "%YAML 1.2\n---\n" + _REST + _GRANT),
    ("two_documents", "一个文件两份文档", "Two documents in a file", "一个文件只写一个流程。", "A file holds one lifecycle.",
     "拆成两个文件", "make two files of it", _REST + _GRANT + "---\n" + _REST + _GRANT),
    ("too_long", "文字过长", "A text that is too long", "一段文字超过 20000 字。", "A text has more than 20,000 characters.",
     "写短", "make it shorter", ""),
    ("too_deep", "嵌套过深", "Nested too deeply", "流程只需几层，64 层以上多半是括号写错了。", "A lifecycle needs a few levels; more than 64 are a slip.",
     "检查括号和缩进", "check brackets and indentation", ""),
    ("too_big", "文件过大", "A file that is too large", "流程文件不超过 1 MiB。", "A lifecycle has 1 MiB at most.",
     "检查是不是选错了文件", "check that it is the right file", ""),
    ("too_many", "内容过多", "Too much in one file", "文件的条目，或状态与动作的组合，超过十万。", "Entries, or states times actions, are more than 100,000.",
     "把流程拆成几个，或少用 from: any", "divide the lifecycle, or use `from: any` less", ""),
    ("encoding", "不是 UTF-8", "Not UTF-8", "文件要以 UTF-8 保存；记事本有时存成 GBK 或 UTF-16。", "Files are saved as UTF-8; some editors save GBK or UTF-16.",
     "在编辑器里另存为 UTF-8", "save it as UTF-8 in your editor", ""),
    ("control", "控制字符", "Control characters", "看不见的控制字符会让人和程序读到不同的内容。", "Invisible control characters let people and programs read different things.",
     "删去后重新输入这一处", "delete it and type this place again", _REST + 'label: "请\\x07假"\n' + _GRANT),
    ("bidi", "改变书写方向的字符", "Characters that turn the direction", "它们会让人看到的顺序与实际不同。", "They show people another order than there is.",
     "删去后重新输入这一处", "delete it and type this place again", _REST + 'label: "请\\u202e假"\n' + _GRANT),
    ("zero_width", "零宽字符", "Characters of no width", "两个看来相同的名称会因此不同。", "They make names different that look the same.",
     "删去后重新输入这一处", "delete it and type this place again", _REST + 'label: "请\\u200b假"\n' + _GRANT),
    ("not_normal", "不规范的编码", "Another encoding of the same character", "看似相同的字有两种编码，名称会因此对不上。", "One character has two encodings, and names that look the same differ.",
     "重新输入这一处", "type this place again", _REST + 'label: "\\u0065\\u0301t\\u00e9"\n' + _GRANT),
    ("more", "其余的问题", "Further problems", "问题太多，只列出前一百个。", "There are too many; the first hundred are listed.",
     "先改前面的", "begin with those above", ""),
):  # fmt: skip
    declare(code, "error", Text(zh, en), Text(why_zh, why_en), Text(hint_zh, hint_en), example)

# ---------------------------------------------------------------- the language

for code, zh, en, why_zh, why_en, hint_zh, hint_en, example in (
    ("unknown_key", "不认识的键", "A key that is not known", "此处没有这个键；多半是笔误，写了也不会起作用。",
     "There is no such key here: probably a slip, and it would mean nothing.",
     "看消息里此处可写的键", "see the message for what is allowed here", "transitions: {deny: {form: draft}}"),
    ("missing_key", "缺少的键", "A key that is missing", "没有它就不知道怎么办理。", "Without it nobody knows what to do.",
     "补上这个键", "write it", "states: {desk: {label: {zh: 处, en: Desk}, states: {one: {label: {zh: 一, en: One}}}}}"),
    ("missing_value", "缺少的值", "A value that is missing", "冒号后面没有内容。", "There is nothing behind the colon.",
     "补上值，或删去这个键", "write the value, or delete the key", "transitions: {deny: {by: []}}"),
    ("bad_value", "不合规定的值", "A value that cannot stand here", "这里的值有固定的写法（数、日期、时长、几个词之一）。",
     "A value here is written in one way: a number, a date, a duration, one of a few words.",
     "按消息里说的写", "write it as the message says", "deadlines: {opinion_due: {within: 5 days}}"),
    ("wrong_kind", "写成了另一种东西", "Something of another kind", "该写一组“键: 值”的地方写了一个词，或相反。",
     "A word stands where a mapping belongs, or the other way round.",
     "按消息里说的写", "write it as the message says", "roles: {head: heads}"),
    ("wrong_type", "类型不符", "Another type", "所指的设置或字段是另一种类型。", "The setting or field meant is of another type.",
     "改正类型，或指另一个", "put the type right, or name another",
     "settings: {copies: {type: int, default: 3, label: {zh: 份, en: Copies}}}\ndeadlines: {opinion_due: {within: settings.copies}}"),
    ("not_here", "不该写在这里", "Something that does not belong here", "这个键在别处有意义，在这里没有。", "The key means something elsewhere, and nothing here.",
     "删去，或移到它该在的地方", "delete it, or move it where it belongs", "fields: {days: {follow: true}}"),
    ("conflict", "互相冲突的键", "Keys that exclude each other", "两个键只能写一个。", "Only one of two keys may be written.",
     "删去其中之一", "delete one of them", "roles: {head: {is: case.created_by}}"),
    ("duplicate", "重复的名称", "A name that is taken", "同一个名称说了两样东西。", "One name stands for two things.",
     "给其中一个换个名称", "rename one of them", "acts: {grant: {label: {zh: 记录, en: Note}, in: any, by: [head]}}"),
    ("ambiguous", "说不清的名称", "A name with two meanings", "这个名称既是状态又是动作。", "The name is a state and an action.",
     "给其中一个换个名称", "rename one of them",
     "transitions: {asked: {label: {zh: 再议, en: Think again}, from: decided, to: asked, by: [head]}}\ndeadlines: {answer_due: {label: {zh: 答复期限, en: To answer}, from: asked, within: 9d, overdue: {notify: late, to: [head]}}}"),
    ("unknown_name", "没有声明的名称", "A name that is not declared", "指到了没有的状态、角色、字段、守卫、子件、动作、设置或时限。",
     "There is no state, role, field, guard, part, action, setting or deadline of that name.",
     "改正名称，或声明它", "put the name right, or declare it", "transitions: {deny: {by: [boss]}}"),
    ("condition", "条件有误", "A condition that is wrong", "CEL 条件里有没有声明的名称、不能相比的类型，或写法不对。",
     "A CEL condition names what is not declared, compares what cannot be compared, or cannot be read.",
     "看 ^ 所指处；文字要加引号，“且”写 &&，“等于”写 ==", "look at the ^; texts need quotes, `and` is &&, equality is ==",
     "transitions: {deny: {if: [{when: case.dayz < 3, else: {zh: 太多, en: Too many}}]}}"),
    ("circle", "绕圈的角色", "Roles in a circle", "any_of 绕回了自己。", "`any_of` leads back to the role itself.",
     "去掉其中之一", "take one of them out",
     "roles: {a: {any_of: [b], label: {zh: 甲, en: A}}, b: {any_of: [a], label: {zh: 乙, en: B}}}\ntransitions: {deny: {by: [a]}}"),
    ("numbering", "编号样式有误", "A template for numbers that is wrong", "编号样式里须恰有一个 {seq}，否则每件都是同一个号。",
     "A template has exactly one {seq}, or every case had the same number.",
     "写成如 \"{settings.term}-{seq:03}\"", 'write it as in "{settings.term}-{seq:03}"', "transitions: {grant: {number: 'L-{seq}-{seq}'}}"),
    ("two_else", "两条 else", "Two routes with else", "分路里只能有一条 else。", "One route at most is `else`.",
     "给其中一条写 when", "give one of them a `when`",
     "transitions: {grant: {to: null, routes: [{else: true, to: granted}, {else: true, to: denied}]}}"),
    ("mixed_units", "混用的时间单位", "Units that do not mix", "小时按钟点走，日按日历走，合不到一起。", "Hours run on the clock and days on the calendar.",
     "全用小时，或全不用", "use hours alone, or none", "deadlines: {opinion_due: {extend: {by: [head], up_to: 48h}}}"),
    ("too_short", "时长为零", "A duration of nothing", "时长须大于 0。", "A duration is more than 0.",
     "写一个大于 0 的时长", "write a duration of more than 0", "deadlines: {opinion_due: {warn: 0d}}"),
    ("not_by_engine", "引擎做不了的流转", "Not for the engine", "join 和 take 取的流转须由引擎做。", "A join or a deadline takes what the engine may do.",
     "在 by 里加上 engine，或取另一个流转", "add `engine` to its `by`, or take another", "transitions: {lapse: null}\nparts: {opinion: {transitions: {lapse: {by: [advisor]}}}}"),
    ("not_from_here", "不从此处出发", "Not from here", "join 取的流转不从这个状态出发，永远不会发生。", "The join takes a transition that does not start here, and so never happens.",
     "改正 take，或流转的 from", "put `take` right, or the `from` of the transition", "transitions: {settle: {from: draft}}"),
    ("not_a_transition", "不是流转", "Not a transition", "时限只能取流转，不能取办理动作。", "A deadline takes transitions, not acts.",
     "改为一个流转", "name a transition",
     "parts: {opinion: {acts: {nudge: {label: {zh: 催, en: Nudge}, in: open, by: [engine]}}}}\ndeadlines: {opinion_due: {overdue: {take: nudge}}}"),
    ("silent_success", "逾期就算办成", "Success by silence", "时限一到就到办成的终结状态：不作声被当作同意。", "When the time is up the case ends with success: silence is taken for a yes.",
     "改到另一个状态", "lead to another state", "parts: {opinion: {transitions: {lapse: {to: given}}}}"),
    ("not_older", "不是更早的版", "Not an older version", "案件只能从更早的版迁来。", "Cases come over from an older version only.",
     "改正 migrate 的 from，或提高 version", "put `from` under `migrate` right, or raise `version`", "migrate: {from: 1}"),
    ("not_gone", "还在的东西", "Something that is still there", "migrate 的 drop 只用于新版已没有的字段或时限。", "`drop` under `migrate` is for fields and deadlines that the new version has no more.",
     "从 drop 里去掉，或在新版里删去它", "take it out of `drop`, or out of the new version", "version: 2\nmigrate: {from: 1, drop: [days]}"),
    ("template", "通知样式有误", "A template that is wrong", "通知样式没有文件、不是 UTF-8、用了没有声明的字段，或写法不对。",
     "The template of a notice has no file, is not UTF-8, names a field that is not declared, or cannot be read.",
     "改正样式文件，或 notices 里的名称", "put the template's file right, or its name in `notices`", ""),
):  # fmt: skip
    declare(code, "error", Text(zh, en), Text(why_zh, why_en), Text(hint_zh, hint_en), example)

# ---------------------------------------------------------------- what the author says about warnings

declare(
    "ignore_without_reason", "warning",
    Text("没有理由的忽略", "Ignored without a reason"),
    Text("忽略一条警告要写明为什么，后来的人才知道不是漏看了。", "Who ignores a warning says why, so that others know it was seen."),
    Text("写成 # casework: ignore 代码 because 理由", "write `# casework: ignore CODE because …`"),
)  # fmt: skip
declare(
    "useless_ignore", "warning",
    Text("不起作用的忽略", "An ignore that does nothing"),
    Text("这里没有这条警告，代码写错了，或它是不能忽略的错误。", "There is no such warning here, the code is wrong, or it is an error, which cannot be ignored."),
    Text("删去这条注释", "delete the comment"),
)  # fmt: skip

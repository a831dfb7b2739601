"""Queries made shorter without another answer: read straight through, and decided where known.

A server works the text out as it stands, for each row and each time that a column is named.
"""

from functools import reduce

from sqlglot import exp

from segmentation.engine.conditions import OPPOSITES, all_of, is_not_null, is_not_true, join

_STRICT = (
    *(*OPPOSITES, exp.Like, exp.StrPosition, exp.Lower, exp.Add, exp.Sub, exp.Mul, exp.Not),
    *(exp.Sum, exp.Min, exp.Max),
)


# What needs no brackets around it, wherever it stands.
_CLOSED = (
    *(exp.Boolean, exp.Null, exp.Literal, exp.Column),
    *(exp.Paren, exp.Case, exp.Cast, exp.Anonymous),
)


def fold(query: exp.Query) -> exp.Query:
    """The query with what is known without looking at a row worked out."""
    query = query.copy()
    for node in reversed(list(query.walk())):
        if node is not query and node.parent is not None:
            folded = _folded(node)
            if folded is not node:
                node.replace(folded)
    return query


def _folded(node: exp.Expr) -> exp.Expr:
    """One node, whose parts are folded already."""
    if isinstance(node, exp.Case):
        return _fold_case(node)
    if isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        return node
    if isinstance(node, exp.If | exp.Where):
        node.set("this", _as_condition(node.this))
        return _fold_where(node) if isinstance(node, exp.Where) else node
    if isinstance(node, exp.Coalesce):
        return _fold_coalesce(node)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return _fold_is_null(node)
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Boolean):
        return exp.false() if node.this.this else exp.true()
    if isinstance(node, exp.Paren) and isinstance(node.this, _CLOSED):
        return node.this
    if isinstance(node, exp.AggFunc):
        return _fold_aggregate(node)
    if isinstance(node, exp.EQ | exp.NEQ) and (known := _fold_comparison(node)) is not None:
        return known
    if isinstance(node, _STRICT) and any(map(_is_null, _parts(node))):
        return exp.null()
    if isinstance(node, exp.GTE | exp.LT) and _is_call(node.this.unnest(), "valid_moment"):
        return _fold_moment(node)
    if isinstance(node, exp.And | exp.Or):
        return _fold_connector(node)
    return node


def _fold_is_null(node: exp.Is) -> exp.Expr:
    """Whether something is null, in the quickest way to find out."""
    value = node.this.unnest()
    if _is_null(value):
        return exp.true()
    if isinstance(value, exp.Literal):
        return exp.false()
    if _is_call(value, "tidy_id"):
        return exp.func("is_blank", value.expressions[0])
    if _is_call(value, "exact_text") or _is_call(value, "exact_order"):
        inner = value.expressions[0]
        if not _is_call(inner, "tidy_id"):
            node.set("this", inner)
            return _fold_is_null(node)
        # By some collations blanks are not nothing, by the exact order they are.
        value.set("expressions", inner.expressions[:1])
        return exp.func("is_blank", value)
    if _is_call(value, "valid_moment"):
        node.set("this", exp.ToDays(this=value.expressions[0]))
    return node


def _fold_moment(node: exp.GTE | exp.LT) -> exp.Expr:
    """A moment beside a day: compared by the number of days, which is null for no moment."""
    if not _is_day(node.expression):
        return node
    node.set("this", exp.ToDays(this=node.this.unnest().expressions[0]))
    node.set("expression", exp.ToDays(this=node.expression))
    return node


def _fold_where(node: exp.Where) -> exp.Where:
    """What comes cheap first; and what holds for all rows that are left need not be asked again."""
    parts = list(node.this.flatten()) if isinstance(node.this, exp.And) else [node.this]
    parts.sort(key=lambda part: part.find(exp.ToDays, exp.Anonymous) is not None)
    node.set("this", join(parts))
    valid = [
        days.this
        for part in parts
        if type(part) in OPPOSITES or is_not_null(part)
        for days in part.find_all(exp.ToDays)
        if isinstance(days.this, exp.Column)
    ]
    for moment in list(node.parent.find_all(exp.Anonymous)) if node.parent else []:
        if moment.name.lower() == "valid_moment" and moment.expressions[0] in valid:
            moment.replace(moment.expressions[0])
    return node


def _is_call(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


def _fold_aggregate(node: exp.AggFunc) -> exp.Expr:
    """An aggregate with its work done once a group in the place of once a row."""
    if isinstance(node, exp.Sum) and _is_grouped(node):
        if _is_one(node.this):
            return exp.Count(this=exp.Star())
        if _counts_some(node.this):
            return exp.Count(this=node.this)
    if isinstance(node, exp.Min | exp.Max) and _is_day(node.this):
        return exp.cast(type(node)(this=node.this.this), "date")
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        [value] = node.this.expressions
        if _is_day(value):
            node.this.set("expressions", [exp.ToDays(this=value.this)])
    return exp.null() if isinstance(node, _STRICT) and _is_null(node.this) else node


def _is_grouped(node: exp.AggFunc) -> bool:
    """Whether there is a row for sure; else a sum may be null where a count is 0."""
    select = node.find_ancestor(exp.Select)
    return bool(select and select.args.get("group"))


def _counts_some(node: exp.Expr) -> bool:
    """Whether it is 1 for some rows and null for the others."""
    return (
        isinstance(node, exp.Case)
        and not node.args.get("default")
        and all(_is_one(branch.args["true"]) for branch in node.args["ifs"])
    )


def _is_one(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.this == "1"


def _is_day(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.is_type("date")


def _parts(node: exp.Expr) -> list[exp.Expr]:
    return [part for key in ("this", "expression", "substr") if (part := node.args.get(key))]


def _is_null(node: exp.Expr) -> bool:
    if isinstance(node, exp.Paren | exp.Cast):
        return _is_null(node.this)
    return isinstance(node, exp.Null)


def _fold_connector(node: exp.And | exp.Or) -> exp.Expr:
    decides = isinstance(node, exp.Or)
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, exp.Boolean):
            return one if one.this == decides else other
    return node


def _fold_coalesce(node: exp.Coalesce) -> exp.Expr:
    parts = [part for part in (node.this, *node.expressions) if not _is_null(part)]
    if len(parts) == 1:
        return parts[0]
    return exp.func("coalesce", *parts) if parts else exp.null()


def _fold_case(node: exp.Case) -> exp.Expr:
    branches: list[exp.If] = []
    default = node.args.get("default")
    for branch in node.args["ifs"]:
        if isinstance(branch.this, exp.Boolean):
            if branch.this.this:
                default = branch.args["true"]
                break
            continue
        branches.append(branch)
    if not branches:
        return default or exp.null()
    node.set("ifs", branches)
    node.set("default", default)
    return node


def _fold_comparison(node: exp.EQ | exp.NEQ) -> exp.Expr | None:
    """Two texts, or a choice among texts and one of them; None where nothing is known."""
    left, right = node.left, node.right
    if not isinstance(right, exp.Literal):
        return None
    if isinstance(left, exp.Literal):
        is_true = (left.this == right.this) == isinstance(node, exp.EQ)
        return exp.true() if is_true else exp.false()
    if not isinstance(left, exp.Case) or left.this or not _is_condition(node):
        return None
    choices = [(branch.this, branch.args["true"]) for branch in left.args["ifs"]]
    choices.append((exp.true(), left.args.get("default") or exp.null()))
    if not all(isinstance(value, exp.Literal) for _, value in choices):
        return None
    earlier: list[exp.Expr] = []
    ways = []
    for condition, value in choices:
        if value.this == right.this:
            parts = [*earlier, *([] if isinstance(condition, exp.Boolean) else [condition])]
            ways.append(all_of([part.copy() for part in parts]))
        earlier.append(is_not_true(condition))
    if not ways:
        return exp.false()
    return ways[0] if len(ways) == 1 else reduce(exp.or_, ways)


def _is_condition(node: exp.Expr) -> bool:
    """Whether it is the same for what is made of it whether it is null or false."""
    if not isinstance(node, exp.EQ):
        return False
    while isinstance(node.parent, exp.And | exp.Or | exp.Paren):
        node = node.parent
    return isinstance(node.parent, exp.Where) or (
        isinstance(node.parent, exp.If) and node.arg_key == "this"
    )


def _as_condition(node: exp.Expr) -> exp.Expr:
    """What counts as true where null counts as false."""
    if _is_null(node):
        return exp.false()
    if isinstance(node, exp.Paren):
        return _as_condition(node.this) if isinstance(node.this, exp.Null | exp.Boolean) else node
    if isinstance(node, exp.And | exp.Or):
        for side in ("this", "expression"):
            node.set(side, _as_condition(node.args[side]))
        return _fold_connector(node)
    return node

"""Conditions put more simply, for where null counts as false."""

from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

OPPOSITES: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
}


def join(parts: Sequence[exp.Expr]) -> exp.Expr:
    """All of some conditions; true where there are none."""
    if not parts:
        return exp.true()
    closed = [exp.paren(part) if isinstance(part, exp.Or) else part for part in parts]
    return reduce(lambda a, b: exp.And(this=a, expression=b), closed)


def is_not_true(condition: exp.Expr) -> exp.Expr:
    """The condition for another one being false or null."""
    if isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null):
        return exp.not_(condition.copy())
    if isinstance(condition, exp.Or):
        return all_of([is_not_true(condition.left), is_not_true(condition.right)])
    if isinstance(condition, exp.Paren):
        return is_not_true(condition.this)
    return exp.not_(exp.Is(this=exp.paren(condition.copy()), expression=exp.true()))


def all_of(parts: list[exp.Expr]) -> exp.Expr:
    """All conditions at once, for where null counts as false."""
    flat = [
        each for part in parts for each in (part.flatten() if isinstance(part, exp.And) else [part])
    ]
    known = {each.this.this.sql() for each in flat if is_not_null(each)}
    flat = [_plain(each, known) for each in flat]
    flat = _narrowed(flat)
    compared = {
        side.sql()
        for each in flat
        if type(each) in OPPOSITES
        for side in (each.this, each.expression)
    }
    kept = [each for each in flat if not (is_not_null(each) and each.this.this.sql() in compared)]
    return join(kept)


def _narrowed(parts: list[exp.Expr]) -> list[exp.Expr]:
    """Of `x >= 0` and `x <> 0` both, `x > 0`."""
    unequal = [(each.this, each.expression) for each in parts if isinstance(each, exp.NEQ)]
    least = [(each.this, each.expression) for each in parts if isinstance(each, exp.GTE)]
    narrowed: list[exp.Expr] = []
    for each in parts:
        if isinstance(each, exp.GTE) and (each.this, each.expression) in unequal:
            narrowed.append(exp.GT(this=each.this, expression=each.expression))
        elif not isinstance(each, exp.NEQ) or (each.this, each.expression) not in least:
            narrowed.append(each)
    return narrowed


def is_not_null(node: exp.Expr) -> bool:
    """Whether a condition is that something is not null."""
    return (
        isinstance(node, exp.Not)
        and isinstance(node.this, exp.Is)
        and isinstance(node.this.expression, exp.Null)
    )


def _plain(node: exp.Expr, known: set[str]) -> exp.Expr:
    """`(x < 0) is not true` as `x >= 0`, where x is known to be something."""
    if not isinstance(node, exp.Not) or not isinstance(node.this, exp.Is):
        return node
    inner = node.this.this.unnest()
    opposite = OPPOSITES.get(type(inner))
    if opposite is None or inner.expression.find(exp.Column) or inner.this.sql() not in known:
        return node
    return opposite(this=inner.this, expression=inner.expression)

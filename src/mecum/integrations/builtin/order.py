"""In which order an expression is computed, written so that nobody has to know the rules."""

import ast
from typing import Final

_SIGNS: Final[dict[type[ast.operator], str]] = {
    ast.Add: " + ",
    ast.Sub: " - ",
    ast.Mult: " × ",
    ast.Div: " / ",
    ast.FloorDiv: " // ",
    ast.Mod: " mod ",
    ast.Pow: "^",
}
_SUMS: Final = (ast.Add, ast.Sub)


def reading(node: ast.expr) -> str:
    """Return an expression with brackets around every part that is computed before another kind of step."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            first = reading(left) if _goes_on(left, op, right) else _bracketed(left)
            return f"{first}{_SIGNS.get(type(op), ' ? ')}{_bracketed(right)}"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_bracketed(operand)}"
        case ast.Call(func=ast.Name(id="share"), args=[argument]):
            return f"{_bracketed(argument)} %"
        case ast.Call(func=ast.Name(id="factorial"), args=[argument]):
            return f"{_bracketed(argument)}!"
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return f"{name}({reading(argument)})"
        case _:
            return ast.unparse(node)


def _goes_on(left: ast.expr, op: ast.operator, right: ast.expr) -> bool:
    """Whether `left` and `op` are one chain of sums, or of products, which everybody reads from left to right."""
    if not isinstance(left, ast.BinOp):
        return not (isinstance(left, ast.UnaryOp) and isinstance(op, ast.Pow | ast.Mod))
    if isinstance(op, _SUMS):
        return isinstance(left.op, _SUMS) and not (_is_share(left.right) or _is_share(right))
    return isinstance(op, ast.Mult) and isinstance(left.op, ast.Mult)


def _is_share(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "share"


def _bracketed(node: ast.expr) -> str:
    return f"({reading(node)})" if isinstance(node, ast.BinOp | ast.UnaryOp) else reading(node)

"""Arithmetic: an expression in figures or words, evaluated exactly where it can be, within limits."""

import ast
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from mecum.integrations.builtin.order import reading
from mecum.integrations.builtin.reply import Question, Reply, say

Number = Fraction | float

_LONGEST: Final = 200
_BITS: Final = 4096
_FACTORIAL: Final = 300
_FIGURE: Final = r"\d+(?:\.\d+)?"
_WORDS: Final = (
    (r"(?<=\d),(?=\d{3}\b)", ""),
    (r"(?<=\d),(?=\d{1,2}\b)", "."),
    (rf"^add ({_FIGURE}) (?:and|to) ({_FIGURE})$|^(?:the )?sum of ({_FIGURE}) and ({_FIGURE})$", r"\1\3+\2\4"),
    (rf"^subtract ({_FIGURE}) from ({_FIGURE})$", r"\2-\1"),
    (rf"^multiply ({_FIGURE}) (?:by|with) ({_FIGURE})$", r"\1*\2"),
    (rf"^divide ({_FIGURE}) by ({_FIGURE})$", r"\1/\2"),
    (r"\b(?:a )?half of\b", "1/2*"),
    (r"\b(?:a |one )?third of\b", "1/3*"),
    (r"\b(?:a |one )?quarter of\b", "1/4*"),
    (r"\b(?:twice|double)\b", "2*"),
    (r"[×·]|(?<=[\d)]) ?x ?(?=[\d(])", "*"),
    ("÷", "/"),
    ("[−–]", "-"),
    (r"\^", "**"),
    (r"\bplus\b|\badded to\b", "+"),
    (r"\bminus\b", "-"),
    (r"\btimes\b|\bmultiplied by\b", "*"),
    (r"\bdivided by\b", "/"),
    (r"\bto the power of\b|\braised to\b", "**"),
    (r"\bmodulo\b|\bmod\b", "%"),
    (rf"\b(?:the )?(square|cube) root of ({_FIGURE})\b", r"\1(\2)"),
    (r"\b(?:the )?(square|cube) root of(?= ?\()", r"\1"),
    (r"\bsquare ?\(", "sqrt("),
    (r"\bcube ?\(", "cbrt("),
    (r"\bsquared\b", "**2"),
    (r"\bcubed\b", "**3"),
    (r"\bpercent\b|\bper cent\b", "%"),
    (rf"({_FIGURE}) ?% of\b", r"share(\1)*"),
    (rf"({_FIGURE}) ?% off ({_FIGURE})", r"(\2-share(\1))"),
    (rf"({_FIGURE}) ?%(?= ?(?:[-+*/)]|$))", r"share(\1)"),
    (rf"({_FIGURE})(?:!| factorial\b)", r"factorial(\1)"),
    (rf"√ ?({_FIGURE})", r"sqrt(\1)"),
    ("π", "pi"),
    # 2(3+4) and (1+2)(3+4), but log10(2)
    (rf"(?<![a-z0-9.])({_FIGURE}) ?(?=\()|(\)) ?(?=[(\da-z])", r"\1\2*"),
)
_LEADING: Final = re.compile(r"^(?:what is|how much is|calculate|compute|evaluate|work out|solve|find)\b[: ]*")
_ENDING: Final = re.compile(r" (?:equals|is)$|[= ]+$")
_PERCENT_SHARE: Final = re.compile(
    r"^(?:what )?(?:percent(?:age)?|%) (?:of|is) (?P<whole>[\d.,]+) (?:is|of) (?P<part>[\d.,]+)$|"
    r"^(?P<part2>[\d.,]+) is what (?:percent(?:age)?|%) of (?P<whole2>[\d.,]+)$"
)
_ANGLES: Final = re.compile(r"\b(?:sin|cos|tan)\(")
_DECIMAL_COMMA: Final = re.compile(r"\d,\d{1,2}\b")
_ALLOWED: Final = re.compile(r"[\d+\-*/%(). a-z]+")
_NAME: Final = re.compile(r"[a-z]+[a-z0-9]*")
_ROOTS: Final = ("sqrt", "cbrt")
_SHARE: Final = "share"
"""What a number with a percent sign becomes: a hundredth of it, or after + and - so much of what is before."""
_FLOATS: Final[dict[str, Callable[[float], float]]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "ln": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "exp": math.exp,
}
_EXACT: Final[dict[str, Callable[[Number], Number]]] = {
    "abs": lambda value: value if value >= 0 else -value,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "round": lambda value: Fraction(round(value)),
}
_CONSTANTS: Final = {"pi": math.pi, "tau": math.tau, "e": math.e}
_KNOWN: Final = {*_FLOATS, *_EXACT, *_CONSTANTS, *_ROOTS, "factorial", _SHARE}
_OPERATORS: Final[dict[type[ast.operator], Callable[[Number, Number], Number]]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: Fraction(left // right),
    ast.Mod: lambda left, right: left % right,
}


class NotArithmetic(ValueError):
    """The text is no expression."""


class NoResult(ValueError):
    """The expression has no result here; the message says why."""


def answer(question: Question) -> Reply | None:
    """Return the result of an arithmetic question, or None when it is none."""
    text = _ENDING.sub("", _LEADING.sub("", question.plain))
    if share := _PERCENT_SHARE.match(question.plain.removeprefix("what is ")):
        return _percentage(share)
    try:
        value = evaluate(text)
    except NotArithmetic:
        return None
    except NoResult as error:
        return say(f"`{text}`: {error}")
    return say(f"`{text}` {equals(value)}{_understood(text)}")


def evaluate(text: str) -> Number:
    """Return the value of `text`; raises NotArithmetic, NoResult."""
    expression = _normal(text)
    try:
        return _value(_tree(expression), expression)
    except ZeroDivisionError as error:
        raise NoResult("division by zero has no result.") from error
    except (OverflowError, RecursionError) as error:
        raise NoResult("the result is too large for me.") from error


def equals(value: Number, digits: int = 12) -> str:
    """Return `= **4**`, or `≈ **3.33**` when it was rounded."""
    shown, exact = shown_number(value, digits)
    return f"{'=' if exact else '≈'} **{shown}**"


def shown_number(value: Number, digits: int = 12) -> tuple[str, bool]:
    """Return the number in figures and whether that is all of it."""
    if isinstance(value, float):
        value = 0.0 if abs(value) < 1e-15 else value
        return _grouped(f"{value:.{digits}g}"), False
    if value.denominator == 1:
        figures = str(value.numerator)
        return (_grouped(figures), True) if len(figures) <= 40 else (f"{_scientific(value)}", False)
    exact = _terminating(value, digits)
    if exact is not None:
        return _grouped(exact), True
    try:
        return _grouped(f"{float(value):.{digits}g}"), False
    except OverflowError:
        return _scientific(value), False


def _normal(text: str) -> str:
    if len(text) > _LONGEST:
        raise NotArithmetic(text)
    text = text.strip().lower()
    for pattern, replacement in _WORDS:
        text = re.sub(pattern, replacement, text)
    if not _ALLOWED.fullmatch(text) or any(name not in _KNOWN for name in _NAME.findall(text)):
        raise NotArithmetic(text)
    return text.strip()


def _tree(expression: str) -> ast.expr:
    """Return the parsed expression; raises NotArithmetic, also when there is nothing to do in it."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotArithmetic(expression) from error
    if not _computes(tree):
        raise NotArithmetic(expression)
    return tree


def _understood(text: str) -> str:
    """Return in which order `text` was computed, where it can be read in more than one way."""
    read = reading(_tree(_normal(text)))
    said = read.count("(") > text.count("(") and not re.fullmatch(r"[a-z0-9]+\([^()]*\)", read)
    understood = f", read as `{read}`" if said or _DECIMAL_COMMA.search(text) else ""
    return f"{understood}, in radians" if _ANGLES.search(text) else understood


def _computes(tree: ast.AST) -> bool:
    """Whether there is something to do: a bare number is no question."""
    return any(isinstance(node, ast.BinOp | ast.Call) for node in ast.walk(tree))


def _value(node: ast.expr, source: str) -> Number:
    match node:
        case ast.Constant(value=int() | float()):
            return _literal(ast.get_source_segment(source, node) or "")
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, source)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, source)
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub()) as op, right=ast.Call(func=ast.Name(id="share")) as share):
            whole = _value(left, source)
            return _checked(_OPERATORS[type(op)](whole, whole * _value(share, source)))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _checked(_power(_value(left, source), _value(right, source)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _checked(_OPERATORS[type(op)](_value(left, source), _value(right, source)))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            return _checked(_call(name, _value(argument, source)))
        case _:
            raise NotArithmetic(source)


def _literal(figures: str) -> Fraction:
    # 1e999999999 is ten letters of source and a number that fills the memory.
    if not figures.replace(".", "").isdigit():
        raise NotArithmetic(figures)
    return Fraction(figures)


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(exponent.numerator) * bits > _BITS:
            raise NoResult("the result is too large for me.")
        return base**exponent.numerator
    if base < 0:
        raise NoResult("that is not a real number.")
    value: float = float(base) ** float(exponent)
    return value


def _call(name: str, value: Number) -> Number:
    if name in _ROOTS:
        return _root(value, 2 if name == "sqrt" else 3)
    if name == "factorial":
        return _factorial(value)
    if name == _SHARE:
        return value / 100
    if name in _EXACT:
        return _EXACT[name](value)
    if name not in _FLOATS:
        raise NotArithmetic(name)
    try:
        return _FLOATS[name](float(value))
    except ValueError as error:
        raise NoResult("that is not a real number.") from error


def _root(value: Number, degree: int) -> Number:
    if value < 0 and degree == 2:
        raise NoResult("that is not a real number.")
    sign = -1 if value < 0 else 1
    root = sign * abs(float(value)) ** (1 / degree)
    whole = Fraction(round(root))
    return whole if isinstance(value, Fraction) and whole**degree == value else root


def _factorial(value: Number) -> Number:
    if isinstance(value, float) or value.denominator != 1 or value < 0:
        raise NoResult("only whole numbers from 0 have a factorial.")
    if value > _FACTORIAL:
        raise NoResult("the result is too large for me.")
    return Fraction(math.factorial(value.numerator))


def _checked(value: Number) -> Number:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NoResult("the result is too large for me.")
    elif max(value.numerator.bit_length(), value.denominator.bit_length()) > _BITS:
        raise NoResult("the result is too large for me.")
    return value


def _percentage(match: re.Match[str]) -> Reply:
    part, whole = (
        Fraction((match[name] or match[name + "2"]).replace(",", "").rstrip(".")) for name in ("part", "whole")
    )
    if not whole:
        return say("Nothing is a percentage of zero.")
    shown, exact = shown_number(part / whole * 100)
    return say(f"{shown_number(part)[0]} is {'' if exact else 'about '}**{shown} %** of {shown_number(whole)[0]}")


def _terminating(value: Fraction, digits: int) -> str | None:
    for places in range(1, digits + 1):
        if (value * 10**places).denominator == 1:
            whole, rest = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
            return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"
    return None


def _grouped(figures: str) -> str:
    whole, point, rest = figures.partition(".")
    return f"{int(whole):,}{point}{rest}" if re.fullmatch(r"[1-9]\d{4,}", whole.lstrip("-")) else figures


def _scientific(value: Number) -> str:
    value = Fraction(value)
    power = len(str(abs(value.numerator))) - len(str(value.denominator))
    return f"{float(value / Fraction(10) ** power):.12g} × 10^{power}"

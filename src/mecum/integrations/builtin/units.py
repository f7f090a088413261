"""Units: length, mass, temperature, volume, speed, data, time, area, energy."""

import re
from fractions import Fraction
from functools import cache
from typing import Final

from mecum.integrations.builtin.arithmetic import shown_number
from mecum.integrations.builtin.reply import Question, Reply, say

# kind: (factor to the kind's own unit, symbol shown, names); factors are exact by definition.
_TABLE: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "length": (
        ("0.001", "mm", "mm millimetre millimeter"),
        ("0.01", "cm", "cm centimetre centimeter"),
        ("1", "m", "m metre meter"),
        ("1000", "km", "km kilometre kilometer"),
        ("0.0254", "in", "in inch inches"),
        ("0.3048", "ft", "ft foot feet"),
        ("0.9144", "yd", "yd yard"),
        ("1609.344", "mi", "mi mile"),
        ("1852", "nmi", "nmi nautical_mile"),
    ),
    "mass": (
        ("0.001", "mg", "mg milligram"),
        ("1", "g", "g gram gramme"),
        ("1000", "kg", "kg kilo kilogram"),
        ("1000000", "t", "t tonne"),
        ("28.349523125", "oz", "oz ounce"),
        ("453.59237", "lb", "lb pound"),
        ("6350.29318", "st", "st stone"),
    ),
    "volume": (
        ("0.001", "ml", "ml millilitre milliliter"),
        ("0.01", "cl", "cl centilitre centiliter"),
        ("1", "l", "l litre liter"),
        ("1000", "m³", "m3 m³ cubic_metre cubic_meter"),
        ("0.00492892159375", "tsp (US)", "tsp teaspoon"),
        ("0.01478676478125", "tbsp (US)", "tbsp tablespoon"),
        ("0.2365882365", "cups (US)", "cup"),
        ("0.473176473", "pints (US)", "pint pt"),
        ("0.946352946", "quarts (US)", "quart qt"),
        ("3.785411784", "gallons (US)", "gallon gal us_gallon"),
        ("4.54609", "gallons (UK)", "uk_gallon imperial_gallon"),
        ("0.0295735295625", "fl oz (US)", "floz fl_oz fluid_ounce"),
    ),
    "speed": (
        ("1", "m/s", "m/s mps metre_per_second meter_per_second metres_per_second"),
        ("1/3.6", "km/h", "km/h kmh kph kilometre_per_hour kilometres_per_hour kilometers_per_hour"),
        ("0.44704", "mph", "mph mile_per_hour miles_per_hour"),
        ("1852/3600", "kn", "kn knot"),
        ("0.3048", "ft/s", "ft/s feet_per_second"),
    ),
    "data": (
        ("1/8", "bit", "bit"),
        ("1", "B", "b byte"),
        ("1000", "kB", "kb kilobyte"),
        ("1000000", "MB", "mb megabyte"),
        ("1000000000", "GB", "gb gigabyte"),
        ("1000000000000", "TB", "tb terabyte"),
        ("1024", "KiB", "kib kibibyte"),
        ("1048576", "MiB", "mib mebibyte"),
        ("1073741824", "GiB", "gib gibibyte"),
        ("1099511627776", "TiB", "tib tebibyte"),
        ("125000", "Mbit", "mbit megabit"),
        ("125000000", "Gbit", "gbit gigabit"),
    ),
    "time": (
        ("0.001", "ms", "ms millisecond"),
        ("1", "s", "s sec second"),
        ("60", "min", "min minute"),
        ("3600", "h", "h hr hour"),
        ("86400", "days", "day d"),
        ("604800", "weeks", "week wk"),
        ("31557600", "years (365.25 days)", "year yr"),
    ),
    "area": (
        ("0.0001", "cm²", "cm2 cm² square_centimetre square_centimeter"),
        ("1", "m²", "m2 m² sqm square_metre square_meter"),
        ("10000", "ha", "ha hectare"),
        ("1000000", "km²", "km2 km² square_kilometre square_kilometer"),
        ("0.09290304", "ft²", "ft2 ft² sqft square_foot square_feet"),
        ("4046.8564224", "acres", "acre ac"),
        ("2589988.110336", "mi²", "mi2 square_mile"),
    ),
    "energy": (
        ("1", "J", "j joule"),
        ("1000", "kJ", "kj kilojoule"),
        ("4.184", "cal", "cal calorie"),
        ("4184", "kcal", "kcal kilocalorie"),
        ("3600", "Wh", "wh watt_hour"),
        ("3600000", "kWh", "kwh kilowatt_hour"),
        ("1055.05585262", "BTU", "btu"),
    ),
}
# To kelvin: (value + shift) × scale.
_TEMPERATURES: Final = {
    "°C": ("c °c celsius centigrade degree_celsius degrees_celsius degrees_c degree_c", "273.15", "1"),
    "°F": ("f °f fahrenheit degree_fahrenheit degrees_fahrenheit degrees_f degree_f", "459.67", "5/9"),
    "K": ("k kelvin", "0", "1"),
}
_NUMBER: Final = r"(?P<n>-?\d[\d,]*(?:\.\d+)?(?:/\d+)?|an?|one|half an?)"
_UNIT: Final = r"[a-z°³²/][a-z0-9°³²/ ]*?"
_FORMS: Final = (
    re.compile(
        rf"(?:convert |what is |how much is |how many is )?{_NUMBER} ?(?P<from>{_UNIT}) "
        rf"(?:to|in|into|as) (?P<to>{_UNIT})"
    ),
    re.compile(
        rf"how (?:many|much) (?P<to>{_UNIT}) (?:are there in|are in|is in|is there in|are|is|in|make|equal) "
        rf"{_NUMBER} ?(?P<from>{_UNIT})"
    ),
)


def answer(question: Question) -> Reply | None:
    """Return the result of a conversion, or None when this is none."""
    for form in _FORMS:
        match = form.fullmatch(question.plain)
        if match is None:
            continue
        source, target = _find(match["from"]), _find(match["to"])
        if source is not None and target is not None:
            return say(_converted(_number(match["n"]), source, target))
    return None


Unit = tuple[str, Fraction, Fraction, str]  # kind, shift, scale, symbol


def _converted(value: Fraction, source: Unit, target: Unit) -> str:
    if source[0] != target[0]:
        return f"{source[3]} measures {source[0]} and {target[3]} measures {target[0]}: one does not become the other."
    kind, shift, scale, symbol = source
    base = (value + shift) * scale
    if kind == "temperature" and base < 0:
        return "There is no temperature below absolute zero."
    shown, exact = shown_number(base / target[2] - target[1], 6)
    return f"{shown_number(value)[0]} {symbol} {'=' if exact else '≈'} **{shown} {target[3]}**"


def _number(text: str) -> Fraction:
    if text in ("a", "an", "one"):
        return Fraction(1)
    if text.startswith("half"):
        return Fraction(1, 2)
    whole, _, below = text.replace(",", "").partition("/")
    return Fraction(whole) / (Fraction(below or 1) or 1)


def _find(name: str) -> Unit | None:
    key = name.strip().replace(" ", "_")
    units = _units()
    return units.get(key) or units.get(key.removesuffix("s")) or units.get(key.removesuffix("es"))


@cache
def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for kind, rows in _TABLE.items():
        for factor, symbol, names in rows:
            above, _, below = factor.partition("/")
            unit = (kind, Fraction(0), Fraction(above) / Fraction(below or 1), symbol)
            found |= dict.fromkeys(names.split(), unit)
    for symbol, (names, shift, scale) in _TEMPERATURES.items():
        found |= dict.fromkeys(names.split(), ("temperature", Fraction(shift), Fraction(scale), symbol))
    return found

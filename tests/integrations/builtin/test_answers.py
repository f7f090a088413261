"""What the built-in responder answers, quotes and refuses, as a table."""

from datetime import UTC, datetime

import pytest

from mecum.inference.exchange import ModelMessage, ModelRequest, Passage, TextContent
from mecum.integrations.builtin.chat import respond
from mecum.integrations.builtin.reply import Cited, Said

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
PASSAGES = (
    Passage(
        "Trip to Lisbon",
        "We fly to Lisbon on 12 March. The hotel is Casa Azul near the river. Is breakfast included?",
        100,
        193,
        "cnv_1",
        "msg_1",
    ),
    Passage("Car", "The insurance number of the car is KX-4711.\nThe car needs new tyres.", 0, 69, "cnv_2", "msg_2"),
    Passage("recipe.txt", "Grandma's pancakes: 3 eggs, 250 ml milk, 200 g flour.", 0, 53, file_id="fil_1"),
    Passage("Team", "Jonas leads the Zephyr project, and Amira reviews the budget.", 5, 66, "cnv_3", "msg_3"),
    Passage("Dentist", "I have to call the dentist about my wisdom tooth.", 0, 49, "cnv_4", "msg_4"),
)
MODELS = "Open **Models**"

ANSWERS = [
    # arithmetic
    ("What is 2+2?", "`2+2` = **4**"),
    ("12*(3+4)", "`12*(3+4)` = **84**"),
    ("please calculate 15% of 80", "`15% of 80` = **12**"),
    ("80 + 15%", "**92**"),
    ("20% off 50", "**40**"),
    ("what percent of 80 is 20", "20 is **25 %** of 80"),
    ("20 is what percent of 80?", "20 is **25 %** of 80"),
    ("sqrt(2)", "≈ **1.41421356237**"),
    ("square root of 144", "= **12**"),
    ("2^10", "= **1024**"),
    ("5!", "= **120**"),
    ("17 mod 5", "= **2**"),
    ("seven", None),
    ("what's 3 plus 4 times 2", "= **11**"),
    ("10/3", "≈ **3.33333333333**"),
    ("1/0", "division by zero has no result"),
    ("2**100000", "the result is too large for me"),
    ("sqrt(-1)", "that is not a real number"),
    ("1,234,567 * 2", "**2,469,134**"),
    # in which order, wherever that can be read in two ways
    ("2+2*3", "`2+2*3` = **8**, read as `2 + (2 × 3)`"),
    ("what's 3 plus 4 times 2", "= **11**, read as `3 + (4 × 2)`"),
    ("-2^2", "= **-4**, read as `-(2^2)`"),
    ("2^3^2", "= **512**, read as `2^(3^2)`"),
    ("6/2(1+2)", "= **9**, read as `(6 / 2) × (1 + 2)`"),
    ("100 - 10% - 10%", "= **81**, read as `(100 - 10 %) - 10 %`"),
    ("(100 + 10%) * 2", "`(100 + 10%) * 2` = **220**"),
    ("100 + 10% * 2", "= **100.2**, read as `100 + (10 % × 2)`"),
    ("5% of 200 + 10", "= **20**, read as `(5 % × 200) + 10`"),
    ("20% off 50 + 10", "= **50**, read as `(50 - 20 %) + 10`"),
    ("square root of 16 + 9", "= **13**, read as `sqrt(16) + 9`"),
    ("square root of (16 + 9)", "`square root of (16 + 9)` = **5**"),
    ("-5 mod 3", "= **1**, read as `(-5) mod 3`"),
    ("17,50 * 2", "= **35**, read as `17.5 × 2`"),
    ("sin(90)", "≈ **0.893996663601**, in radians"),
    ("half of 80", "= **40**"),
    ("2 plus 2 equals", "`2 plus 2` = **4**"),
    ("subtract 3 from 10", "= **7**"),
    ("multiply 1.5 by 4", "= **6**"),
    ("the sum of 3 and 4", "= **7**"),
    ("5 factorial", "= **120**"),
    # units
    ("5 miles in km", "5 mi = **8.04672 km**"),
    ("Convert 100 °F to °C", "100 °F ≈ **37.7778 °C**"),
    ("how many cm in an inch?", "1 in = **2.54 cm**"),
    ("how many feet are in 2 metres", "2 m ≈ **6.56168 ft**"),
    ("2 cups to ml", "2 cups (US) = **473.176473 ml**"),
    ("60 mph to km/h", "60 mph = **96.56064 km/h**"),
    ("1 GB in MiB", "≈ **953.674 MiB**"),
    ("90 minutes in hours", "90 min = **1.5 h**"),
    ("5 acres in m2", "5 acres = **20,234.282112 m²**"),
    ("200 kcal to kJ", "200 kcal = **836.8 kJ**"),
    ("70 kg in pounds", "70 kg ≈ **154.324 lb**"),
    ("3 kg in metres", "kg measures mass and m measures length"),
    ("-300 c to f", "no temperature below absolute zero"),
    # time and dates
    ("What time is it?", "It is **14:05** (Saturday 21 November 2026, UTC)."),
    ("what's the time in Tokyo", "It is **23:05** in Tokyo"),
    ("time in New York", "It is **09:05** in New York"),
    ("what time is it in Atlantis", "I know no time zone for Atlantis"),
    ("what time is it in 3 hours", "In 3 hours: **17:05** on Saturday 21 November 2026."),
    ("3pm London time in Tokyo", "15:00 in London is **00:00** in Tokyo on Sunday 22 November 2026."),
    ("convert 9:30 am PST to CET", "09:30 in PST is **18:30** in CET."),
    ("What day is it today?", "Today is **Saturday 21 November 2026**."),
    ("what is today's date", "Today is **Saturday 21 November 2026**."),
    ("what day is tomorrow", "Tomorrow will be **Sunday 22 November 2026**."),
    ("what day of the week was 1969-07-20", "That was **Sunday 20 July 1969**."),
    ("what weekday is 24 December 2026", "That will be **Thursday 24 December 2026**."),
    ("how many days until Christmas", "**34 days**"),
    ("how many weeks until 1 March 2027", "**14 weeks and 2 days**"),
    ("days between 2026-01-01 and 2026-12-31", "**364 days**"),
    ("how many days since 1 January 2020", "**2,516 days**"),
    ("what date is 90 days from now", "90 days after today: **Friday 19 February 2027**."),
    ("what date is 3 weeks before 1 March 2027", "**Monday 8 February 2027**"),
    ("1 month after 2027-01-31", "**Sunday 28 February 2027**"),
    ("add 45 days to 1 March 2026", "**Wednesday 15 April 2026**"),
    ("6 weeks ago", "6 weeks ago: **Saturday 10 October 2026**."),
    ("is 2028 a leap year", "**Yes**: 2028 has 366 days."),
    ("is 2027 a leap year", "**No**: 2027 has 365 days."),
    ("what week is it", "week **47** of 2026"),
    ("how many days in February 2028", "February 2028 has **29 days**."),
    ("what day is 03/04/2026", "may be Friday 3 April 2026 or Wednesday 4 March 2026"),
    ("what day is 2026-02-30", "There is no date 2026-02-30."),
    ("2 years after 9998-01-01", "outside the calendar"),
    ("what day is next Friday", "Next Friday will be **Friday 27 November 2026**."),
    ("what day was last Monday", "**Monday 16 November 2026**"),
    ("what day is this Sunday", "**Sunday 22 November 2026**"),
    ("what day is the 3rd of May 2027", "**Monday 3 May 2027**"),
    ("what day is May 3, 2027", "**Monday 3 May 2027**"),
    ("what day is 13/04/2026", "That was **Monday 13 April 2026**."),
    ("when is Halloween", "Halloween will be **Sunday 31 October 2027**."),
    ("what day is 31 April", "April has no day 31."),
    ("how many days until 2026-11-01", "was **20 days** ago"),
    ("days until tomorrow", "**1 day**"),
    ("5 days before Christmas", "**Sunday 20 December 2026**"),
    ("what date will it be in 2 weeks and 3 days", "**Tuesday 8 December 2026**"),
    ("25:00 in Berlin to Tokyo", None),
    ("13 pm in Berlin to Tokyo", None),
    ("half a mile in km", "0.5 mi = **0.804672 km**"),
    ("percentage of 0 is 5", "Nothing is a percentage of zero."),
    ("2.5!", "only whole numbers"),
    ("7**60", "× 10^50"),
    ("1/3**90", "≈ **"),
    # quotes
    ("When do we fly to Lisbon?", "> We fly to Lisbon on 12 March."),
    ("What is the insurance number of the car?", "KX-4711"),
    ("Who leads the Zephyr project?", "> Jonas leads the Zephyr project"),
    ("which hotel near the river", "> The hotel is Casa Azul near the river."),
    ("how many eggs for the pancakes", "3 eggs, 250 ml milk"),
    ("when is my dentist call about the wisdom tooth", "mentions it, but does not say when"),
    ("search for Zephyr", "1 passage about “zephyr”"),
    ("what did I say about Lisbon?", "> We fly to Lisbon on 12 March."),
    ("find pancakes", "Grandma's pancakes"),
    ("search for unicorns", "mentions “unicorns”"),
    # who it is
    ("hello", "Hello. I answer by rules"),
    ("What can you do?", "I am Mecum's built-in responder."),
    ("thank you", "You are welcome."),
]  # fmt: skip

REFUSALS = [
    ("What do you think about Lisbon?", "An opinion needs a language model"),
    ("Should I fly to Lisbon?", "An opinion"),
    ("Which is the best hotel?", "An opinion"),
    ("recommend me a book", "An opinion"),
    ("Write a Python function that sorts a list", "Writing or mending code"),
    ("fix this code: print(1", "Writing or mending code"),
    ("Translate hotel into Portuguese", "Translating"),
    ("how do you say hello in French", "Translating"),
    ("Write a poem about the sea", "Writing text"),
    ("summarise my trip to Lisbon", "Summarising"),
    ("compare the two hotels", "Reasoning in several steps"),
    ("convert 5 miles to km and then add 3", "Reasoning in several steps"),
    ("why is the sky blue?", "Explaining needs a language model"),
    ("explain quantum entanglement", "Explaining needs a language model"),
    ("Who is the president of France?", "I found no answer to this"),
    ("what is the capital of Portugal", "I found no answer to this"),
    ("Is breakfast included?", "I found no answer to this"),
    ("10 bananas in km", "I found no answer to this"),
    ("zxcv", "I found no answer to this"),
]


def asked(text: str, passages: tuple[Passage, ...] = PASSAGES) -> str:
    request = ModelRequest("search", (ModelMessage("user", (TextContent(text),)),), passages=passages)
    return "".join(piece.text for piece in respond(request, NOW) if isinstance(piece, Said))


def test_the_table_is_long_enough() -> None:
    assert len(ANSWERS) + len(REFUSALS) >= 60


@pytest.mark.parametrize(("question", "expected"), ANSWERS)
def test_answers(question: str, expected: str | None) -> None:
    text = asked(question)
    if expected is None:
        assert MODELS in text
    else:
        assert expected in text


@pytest.mark.parametrize(("question", "expected"), REFUSALS)
def test_refusals(question: str, expected: str) -> None:
    text = asked(question)
    assert expected in text
    assert MODELS in text
    assert "Lisbon" not in text


@pytest.mark.parametrize("question", [question for question, _ in ANSWERS])
def test_nothing_is_quoted_where_nothing_was_recalled(question: str) -> None:
    assert "\n> " not in asked(question, ())


def cited(text: str) -> list[Passage]:
    request = ModelRequest("search", (ModelMessage("user", (TextContent(text),)),), passages=PASSAGES)
    return [piece.passage for piece in respond(request, NOW) if isinstance(piece, Cited)]


def test_a_citation_is_the_quoted_span() -> None:
    [passage] = cited("which hotel is near the river")
    whole = PASSAGES[0]
    assert passage.text == "The hotel is Casa Azul near the river."
    assert whole.text[passage.start - whole.start : passage.end - whole.start] == passage.text
    assert (passage.conversation_id, passage.message_id) == ("cnv_1", "msg_1")


def test_a_file_is_cited_as_one() -> None:
    [passage] = cited("find pancakes")
    assert passage.file_id == "fil_1"


def test_the_same_words_are_quoted_once() -> None:
    twice = (PASSAGES[3], PASSAGES[3])
    assert asked("Who leads the Zephyr project?", twice).count("\n> Jonas") == 1


def test_common_words_alone_prove_nothing() -> None:
    passages = (Passage("a", "It was a good day and people had time.", 0, 38),)
    assert "I found no answer" in asked("What good things about the Kepler telescope do people know?", passages)


PRICES = (
    Passage("price 17.50", "price 17.50", 0, 11, "cnv_5", "msg_5"),
    Passage("search", "search for price 17.50", 0, 22, "cnv_6", "msg_6"),
    Passage("list.txt", "On 12.03.2026 the price 17.50 was paid. 17 people took 50 chairs.", 0, 65, file_id="fil_2"),
)


@pytest.mark.parametrize("question", ["price 17.50", "Price 17,50?", "search for the price 17.50", "paid in 2026"])
def test_figures_with_decimals_are_words(question: str) -> None:
    text = asked(question, PRICES)
    assert "\n> On 12.03.2026 the price 17.50 was paid." in text
    assert "chairs" not in text


def test_what_was_asked_before_is_no_answer() -> None:
    assert "I found no answer" in asked("price 17.50", PRICES[:2])
    assert "Nothing in your conversations" in asked("search for price 17.50", PRICES[1:2])

"""What needs a language model, told apart so that the refusal says precisely why."""

import re
from typing import Final

from mecum.integrations.builtin.reply import Question, Reply, say

_HOW: Final = (
    "Open **Models** to load one: start Ollama, connect a server or a key, or put a GGUF file into the models folder."
)
_LANGUAGES: Final = (
    "english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|mandarin|japanese|korean|arabic|"
    "hindi|turkish|greek|latin|swedish|danish|norwegian|finnish|czech|ukrainian|hebrew"
)
_CODE: Final = (
    "code|function|script|program|regex|regular expression|sql|query|class|method|algorithm|unit test|bash|python|"
    "javascript|typescript|java|rust|html|css|makefile|dockerfile|api endpoint"
)
_TRANSLATION: Final = (
    r"translate\b.*",
    rf".*\b(?:say|write|put|word|phrase|mean|text|sentence)\b.* (?:in|into|to) (?:{_LANGUAGES})",
    r"how do (?:you|i) say .+",
    r".*\btranslation of\b.*",
)
_CODING: Final = (
    (
        r"(?:write|create|make|implement|generate|build|code|refactor|debug|fix|optimi[sz]e|review)\b"
        rf".*\b(?:{_CODE})s?\b.*"
    ),
    r".*\b(?:stack trace|traceback|compile error)\b.*",
)
_OPINION: Final = (
    r"(?:what|how) do you (?:think|feel)\b.*",
    r".*\byour (?:opinion|view|thoughts|favou?rite)\b.*",
    r"do you (?:like|agree|prefer|believe|think)\b.*",
    r"(?:should (?:i|we)|would you)\b.*",
    r"(?:which|what|who) (?:one )?(?:is|are|would be) (?:the )?(?:best|better|worst|nicest)\b.*",
    r".*\b(?:recommend|suggest|advice|advise)\b.*",
    r"is .+ (?:worth it|a good idea|any good)",
)
_WRITING: Final = (r"(?:write|compose|draft|tell|make up|invent|rewrite|rephrase|paraphrase|improve|proofread)\b.*",)
_SORTING: Final = (r"(?:summari[sz]e|sum up|tl;?dr|outline|extract|classify|categori[sz]e|brainstorm)\b.*",)
_REASONING: Final = (
    r".*\bstep by step\b.*",
    r"(?:plan|design|analy[sz]e|compare|contrast|argue|prove|derive|solve|debate|evaluate|figure out)\b.*",
    r".*\b(?:and then|after that)\b.*",
)
_KINDS: Final = tuple(
    (re.compile("|".join(forms)), what)
    for forms, what in (
        (_TRANSLATION, "Translating"),
        (_CODING, "Writing or mending code"),
        (_OPINION, "An opinion"),
        (_WRITING, "Writing text"),
        (_SORTING, "Summarising and sorting text"),
        (_REASONING, "Reasoning in several steps"),
    )
)
_EXPLAINS: Final = re.compile(r"(?:why|explain|how (?:do|does|did|can|could|to|come)|what (?:if|causes|would))\b.*")
_GREETS: Final = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|howdy|greetings|moin|hola)(?: there| mecum)?"
)
_THANKS: Final = re.compile(
    r"(?:thanks|thank you|thx|cheers|great|ok|okay|perfect|nice)(?: (?:a lot|very much|so much))?"
)
_HELPS: Final = re.compile(
    r"(?:help|what can (?:you|i) (?:do|ask)(?: here)?|who are you|what are you|how do you work|what is this|"
    r"which model (?:is this|are you)|are you (?:an? )?(?:ai|bot|chatgpt|language model|human))"
)
ABILITIES: Final = (
    "I answer by rules, without a language model:\n\n"
    "- find and quote what you wrote: *search for invoice*, *what did I say about Lisbon*\n"
    "- time and dates: *time in Tokyo*, *days until 24 December*, *45 days after 1 March 2027*\n"
    "- units: *5 miles in km*, *100 °F to °C*\n"
    "- arithmetic: *15% of 80*, *sqrt(2)\\*3*\n"
    "- notes, where a notes tool is on: *note: buy milk*\n\n"
)


def small_talk(question: Question) -> Reply | None:
    """Return a greeting or what this responder can do, or None."""
    if _GREETS.fullmatch(question.plain) or not question.plain:
        return say(f"Hello. {ABILITIES}For everything else: {_HOW}")
    if _THANKS.fullmatch(question.plain):
        return say("You are welcome.")
    if _HELPS.fullmatch(question.plain):
        return say(f"I am Mecum's built-in responder. {ABILITIES}For everything else: {_HOW}")
    return None


def beyond(question: Question) -> Reply | None:
    """Return the refusal of what no quote could answer, or None."""
    for form, what in _KINDS:
        if form.fullmatch(question.plain):
            return say(f"{what} needs a language model, and none is loaded. {_HOW}")
    return None


def nothing_found(question: Question) -> Reply:
    """Return the refusal at the end: no rule fits, and no passage is close enough."""
    if _EXPLAINS.fullmatch(question.plain):
        return say(
            "Explaining needs a language model, and none is loaded; nothing you wrote answers this in so many "
            f"words. {_HOW}"
        )
    return say(
        "I found no answer to this in what you wrote, and it is no question of time, units or arithmetic that I "
        f"know. Anything more needs a language model. {_HOW}"
    )

"""What every screen owes: nothing for axe to find, targets that a finger hits, no sideways scrolling."""

from pathlib import Path

from e2e.talk import Talk

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

#: An answer with everything that is wide or coloured.
RICH = """A **list**:

1. one
2. two [link](https://example.org)

```python
print("a line that is much longer than a telephone is wide, so that the block has to scroll, not the page")
```

| a | b | a wide column | another wide column | the widest column of them all |
|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 |

$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$

> a quotation
"""

#: Targets below 24 px, links inside text excepted, as WCAG 2.2 does.
SMALL = """() => [...document.querySelectorAll('a,button,input,select,textarea,summary,[role=option],[role^=menuitem]')]
  .filter((e) => !e.closest('.prose p, .prose li, .sr-only') && !e.classList.contains('sr-only')
    && e.checkVisibility({ visibilityProperty: true }))
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([r]) => r.width > 0 && (r.width < 24 || r.height < 24))
  .map(([r, e]) => `${e.outerHTML.slice(0, 120)} ${r.width}x${r.height}`)"""


#: What scrolls sideways: the page, or what scrolls in it. Code, tables and formulas may, in a box of their own.
WIDE = """() => [document.documentElement, ...document.querySelectorAll('body *')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.tagName !== 'TEXTAREA'
    && (e === document.documentElement || /auto|scroll/.test(getComputedStyle(e).overflowX)) && !e.closest('.prose'))
  .map((e) => `${e.outerHTML.slice(0, 120)} ${e.scrollWidth} in ${e.clientWidth}`)"""


#: Waits until what fades or slides in is there.
STILL = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.playState === 'running' && Number.isFinite(Number(one.effect?.getComputedTiming().endTime)))
  .map((one) => one.finished)).then(() => undefined)"""


def check(talk: Talk, where: str) -> None:
    """Assert that axe finds nothing, every target is large enough, and nothing scrolls sideways."""
    talk.page.wait_for_timeout(350)
    talk.run(STILL)
    talk.page.evaluate(AXE.read_text("utf-8"))
    found = talk.run("async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)])")
    assert found == [], f"{where}: {found}"
    small, wide = talk.run(SMALL), talk.run(WIDE)
    assert small == [], f"{where}: {small}"
    assert wide == [], f"{where}: {wide}"

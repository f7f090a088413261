/** Finds a quoted place in rendered text and marks it without changing the document. */

interface Place {
  node: Text;
  offset: number;
}

const WORD = /[\p{L}\p{N}]/u;

/** The range of `quote` inside `root`, compared by letters and digits only, or null. */
export function findQuote(root: Element, quote: string): Range | null {
  const wanted = [...quote.toLowerCase()].filter((char) => WORD.test(char)).join('');
  if (wanted === '') return null;
  const { text, places } = lettersOf(root);
  const at = text.indexOf(wanted);
  const from = places[at];
  const to = places[at + wanted.length - 1];
  if (at < 0 || !from || !to) return null;
  const range = document.createRange();
  range.setStart(from.node, from.offset);
  range.setEnd(to.node, to.offset + 1);
  return range;
}

function lettersOf(root: Element): { text: string; places: Place[] } {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const places: Place[] = [];
  let text = '';
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const data = node.data.toLowerCase();
    for (let offset = 0; offset < data.length; offset++) {
      const char = data.charAt(offset);
      if (!WORD.test(char)) continue;
      text += char;
      places.push({ node, offset });
    }
  }
  return { text, places };
}

/** Marks the quote inside `root` (or only `root`, where it is not found) and brings it into view. */
export function showQuote(root: HTMLElement, quote: string | undefined): void {
  for (const other of document.querySelectorAll('[data-marked]')) other.removeAttribute('data-marked');
  const range = quote ? findQuote(root, quote) : null;
  root.dataset.marked = range ? 'quote' : 'message';
  const highlights = 'highlights' in CSS ? CSS.highlights : null;
  highlights?.delete('quote');
  if (range) highlights?.set('quote', new Highlight(range));
  const place = range?.startContainer.parentElement ?? root;
  place.scrollIntoView({ block: 'center' });
}

/**
 * Markdown that grows: closed blocks are committed once, only the tail is lexed again.
 * A list is not closed by the first character of what might be its next item.
 */
import { type Token, type TokensList } from 'marked';
import { lex, type LinkTable } from '@/lib/markdown';

export interface Block {
  key: number;
  token: Token;
}

export interface Blocks {
  /** The text as given, line ends made `\n`. */
  source: string;
  closed: readonly Block[];
  closedLength: number;
  open: readonly Block[];
  links: LinkTable;
  whole: boolean;
}

export const NO_BLOCKS: Blocks = { source: '', closed: [], closedLength: 0, open: [], links: {}, whole: false };

const MAYBE_ITEM = /^\s{0,8}([-*+]|\d{1,9}[.)]?)?\s*$/;

/** The blocks of `text`. Where `text` continues `before`, its closed blocks are kept as they are. */
export function grow(before: Blocks, text: string): Blocks {
  const source = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (source === before.source && !before.whole) return before;
  const base = !before.whole && source.startsWith(before.source) ? before : NO_BLOCKS;
  const tokens = lex(source.slice(base.closedLength), base.links);
  const cut = closedCount(tokens);
  const fresh = number(tokens.slice(0, cut), base.closed.length);
  const length = tokens.slice(0, cut).reduce((sum, token) => sum + token.raw.length, 0);
  const closed = fresh.length === 0 ? base.closed : [...base.closed, ...fresh];
  return {
    source,
    closed,
    closedLength: base.closedLength + length,
    open: number(tokens.slice(cut), closed.length),
    links: { ...base.links, ...tokens.links },
    whole: false,
  };
}

/** The blocks of a finished text, lexed once as a whole so that late link references resolve. */
export function finish(text: string): Blocks {
  const source = text.replace(/\r\n?/g, '\n');
  const tokens = lex(source, {});
  return {
    source,
    closed: number(tokens, 0),
    closedLength: source.length,
    open: [],
    links: tokens.links,
    whole: true,
  };
}

function number(tokens: readonly Token[], from: number): Block[] {
  return tokens.map((token, i) => ({ key: from + i, token }));
}

function closedCount(tokens: TokensList): number {
  let last = tokens.length - 1;
  while (last >= 0 && tokens[last]?.type === 'space') last--;
  if (last <= 0) return 0;
  let before = last - 1;
  while (before > 0 && tokens[before]?.type === 'space') before--;
  const tail = tokens[last];
  if (tokens[before]?.type === 'list' && tail && MAYBE_ITEM.test(tail.raw)) return before;
  return last;
}

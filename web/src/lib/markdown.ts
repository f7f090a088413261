/** The Markdown lexer: marked with mathematics, no HTML. */
import { Marked, type Token, type TokenizerAndRendererExtension, type TokensList } from 'marked';

export type LinkTable = TokensList['links'];

export interface MathToken {
  type: 'math';
  raw: string;
  text: string;
  display: boolean;
}

const BLOCK_DOLLARS = /^ {0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n|$)/;
const BLOCK_BRACKETS = /^ {0,3}\\\[([\s\S]+?)\\\][ \t]*(?:\n|$)/;
const INLINE_PAREN = /^\\\(([\s\S]+?)\\\)/;
const INLINE_BRACKET = /^\\\[([\s\S]+?)\\\]/;
const INLINE_DOUBLE = /^\$\$([^$]+?)\$\$/;
const INLINE_SINGLE = /^\$(?![\s\d])((?:\\.|[^$\\\n])+?)(?<!\s)\$(?![\w$])/;
const INLINE_NUMBER = /^\$(\d[^$\n]*?[\\^_=+*/{][^$\n]*?)(?<!\s)\$(?![\w$])/;

function token(match: RegExpExecArray | null, display: boolean): MathToken | undefined {
  if (!match) return undefined;
  return { type: 'math', raw: match[0], text: (match[1] ?? '').trim(), display };
}

const blockMath: TokenizerAndRendererExtension = {
  name: 'math',
  level: 'block',
  start: (src) => {
    const at = src.search(/(?:^|\n) {0,3}(?:\$\$|\\\[)/);
    return at < 0 ? undefined : at;
  },
  tokenizer: (src) => token(BLOCK_DOLLARS.exec(src) ?? BLOCK_BRACKETS.exec(src), true),
};

const inlineMath: TokenizerAndRendererExtension = {
  name: 'math',
  level: 'inline',
  start: (src) => {
    const at = src.search(/\$|\\[([]/);
    return at < 0 ? undefined : at;
  },
  tokenizer: (src) => {
    const display = INLINE_DOUBLE.exec(src) ?? INLINE_BRACKET.exec(src);
    if (display) return token(display, true);
    return token(INLINE_PAREN.exec(src) ?? INLINE_SINGLE.exec(src) ?? INLINE_NUMBER.exec(src), false);
  },
};

const marked = new Marked({ gfm: true, extensions: [blockMath, inlineMath] });

/** The top-level tokens of `source`; `links` are reference definitions known from before it. */
export function lex(source: string, links: LinkTable): TokensList {
  const lexer = new marked.Lexer(marked.defaults);
  Object.assign(lexer.tokens.links, links);
  return lexer.lex(source);
}

/** An address a link may open, or null: only the web and mail, never a script. */
export function safeHref(href: string): string | null {
  const trimmed = href.trim();
  if (/^(https?:|mailto:|tel:)/i.test(trimmed)) return trimmed;
  if (/^(#|\/(?!\/))/.test(trimmed)) return trimmed;
  return null;
}

/** Plain text of a token tree, for headings and labels. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((part) => ('tokens' in part && part.tokens ? plainText(part.tokens) : 'text' in part ? String(part.text) : part.raw))
    .join('');
}

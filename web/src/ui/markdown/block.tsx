/** One block of Markdown. */
import type { Token, Tokens } from 'marked';
import { memo, type ReactNode } from 'react';
import type { MathToken } from '@/lib/markdown';
import { CodeBlock } from '@/ui/markdown/code-block';
import { Inline } from '@/ui/markdown/inline';
import { Math as Formula } from '@/ui/markdown/math';

interface BlockProps {
  token: Token;
  /** The block may still grow: costly parts (colour, diagrams) wait. */
  open: boolean;
}

export function BlockToken({ token, open }: BlockProps): ReactNode {
  switch (token.type) {
    case 'paragraph':
      return <p><Inline tokens={token.tokens ?? []} /></p>;
    case 'text':
      return <Inline tokens={token.tokens ?? [token]} />;
    case 'heading':
      return <Heading token={token as Tokens.Heading} />;
    case 'code':
      return <CodeBlock code={String(token.text)} language={languageOf(token as Tokens.Code)} open={open} />;
    case 'list':
      return <List list={token as Tokens.List} open={open} />;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'blockquote':
      return <blockquote><Children tokens={token.tokens ?? []} open={open} /></blockquote>;
    case 'math':
      return <Formula source={(token as unknown as MathToken).text} display />;
    case 'hr':
      return <hr />;
    case 'html':
      return <p className="whitespace-pre-wrap">{String(token.text).trimEnd()}</p>;
    default:
      return null;
  }
}

function languageOf(token: Tokens.Code): string {
  return (token.lang ?? '').trim().split(/\s+/)[0]?.toLowerCase() ?? '';
}

/** Headings begin at level 3: level 1 is the page, level 2 the message. */
function Heading({ token }: { token: Tokens.Heading }): ReactNode {
  const Tag = `h${Math.min(token.depth + 2, 6)}` as 'h3';
  return <Tag><Inline tokens={token.tokens} /></Tag>;
}

function Children({ tokens, open }: { tokens: Token[]; open: boolean }): ReactNode {
  return tokens.map((token, i) => <BlockToken key={i} token={token} open={open && i === tokens.length - 1} />);
}

function List({ list, open }: { list: Tokens.List; open: boolean }): ReactNode {
  const items = list.items.map((item, i) => (
    <Item key={i} raw={item.raw} item={item} open={open && i === list.items.length - 1} />
  ));
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={typeof list.start === 'number' ? list.start : 1}>{items}</ol>;
}

const Item = memo(
  function Item({ item, open }: { raw: string; item: Tokens.ListItem; open: boolean }): ReactNode {
    const body = item.tokens.filter((token) => token.type !== 'checkbox');
    if (!item.task) return <li><Children tokens={body} open={open} /></li>;
    return (
      <li className="-ml-5 list-none">
        <span aria-hidden="true" className="mr-2 text-accent">{item.checked ? '☑' : '☐'}</span>
        <span className="sr-only">{item.checked ? '[x] ' : '[ ] '}</span>
        <Children tokens={body} open={open} />
      </li>
    );
  },
  (before, after) => before.raw === after.raw && before.open === after.open,
);

function Table({ table }: { table: Tokens.Table }): ReactNode {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={table.header.map((cell) => cell.text).join(', ')}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} scope="col" style={{ textAlign: cell.align ?? 'left' }}><Inline tokens={cell.tokens} /></th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} style={{ textAlign: cell.align ?? 'left' }}><Inline tokens={cell.tokens} /></td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

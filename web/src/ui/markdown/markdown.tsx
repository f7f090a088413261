/** Markdown as React elements; while it grows only its open tail is made again. */
import { memo, useRef, type ReactNode } from 'react';
import { finish, grow, NO_BLOCKS, type Block, type Blocks } from '@/lib/blocks';
import { BlockToken } from '@/ui/markdown/block';

/** `streaming` text is lexed by its tail; finished text once as a whole. */
export const Markdown = memo(function Markdown({ text, streaming }: { text: string; streaming: boolean }): ReactNode {
  const blocks = useRef<Blocks>(NO_BLOCKS);
  const current = advance(blocks.current, text, streaming);
  blocks.current = current;
  return (
    <div className="prose" data-testid="markdown">
      {current.closed.map(view)}
      {current.open.map(viewOpen)}
    </div>
  );
});

function advance(before: Blocks, text: string, streaming: boolean): Blocks {
  if (streaming) return grow(before, text);
  return before.whole && before.source === text ? before : finish(text);
}

function view(block: Block): ReactNode {
  return block.token.type === 'space' ? null : <ClosedBlock key={block.key} block={block} />;
}

function viewOpen(block: Block): ReactNode {
  return block.token.type === 'space' ? null : <BlockToken key={block.key} token={block.token} open />;
}

const ClosedBlock = memo(function ClosedBlock({ block }: { block: Block }): ReactNode {
  return <BlockToken token={block.token} open={false} />;
});

/** Keeps the view at the newest text until the person scrolls up, and then leaves it alone. */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

const NEAR_PX = 6;
const UP_KEYS = new Set(['ArrowUp', 'PageUp', 'Home']);

interface Position {
  top: number;
  pinned: boolean;
}

const positions = new Map<string, Position>();

export interface Follow {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** The newest text is below the view. */
  away: boolean;
  toLatest: () => void;
  release: () => void;
}

/** `place` names the history entry: going back to it restores where the view was. Nothing is followed until `ready`. */
export function useFollow(place: string, ready: boolean): Follow {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const last = useRef(0);
  const [away, setAway] = useState(false);

  const pin = useCallback((value: boolean) => {
    pinned.current = value;
    setAway(!value);
  }, []);
  const toLatest = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    pin(true);
    box.scrollTop = box.scrollHeight;
    last.current = box.scrollTop;
  }, [pin]);
  const release = useCallback(() => pin(false), [pin]);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    const remember = (): void => {
      positions.set(place, { top: box.scrollTop, pinned: pinned.current });
    };
    const onScroll = (): void => {
      const top = box.scrollTop;
      const below = box.scrollHeight - box.clientHeight - top;
      if (top < last.current - 1 && below > NEAR_PX) pin(false);
      else if (top > last.current && below <= NEAR_PX) pin(true);
      last.current = top;
      remember();
    };
    const onWheel = (event: WheelEvent): void => {
      if (event.deltaY < 0 && box.scrollHeight > box.clientHeight) pin(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      const writing = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
      if (UP_KEYS.has(event.key) && !writing) pin(false);
    };
    const keep = new ResizeObserver(() => {
      if (!ready || !pinned.current) return;
      box.scrollTop = box.scrollHeight;
      last.current = box.scrollTop;
    });
    keep.observe(inner);
    keep.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    box.addEventListener('wheel', onWheel, { passive: true });
    box.addEventListener('keydown', onKey);
    return () => {
      keep.disconnect();
      box.removeEventListener('scroll', onScroll);
      box.removeEventListener('wheel', onWheel);
      box.removeEventListener('keydown', onKey);
    };
  }, [place, ready, pin]);

  useEffect(() => {
    const box = scroller.current;
    if (!ready || !box) return;
    const known = positions.get(place);
    if (!known || known.pinned) return toLatest();
    pin(false);
    box.scrollTop = known.top;
    last.current = known.top;
  }, [place, ready, pin, toLatest]);

  return { scroller, content, away, toLatest, release };
}

/** The one WebSocket of this tab: channels, reconnecting with back-off, resuming with `after`. */
import type { Envelope, MeEvent } from '@/api/envelopes';
import { createStore } from '@/lib/store';

export type Connection = 'connecting' | 'open' | 'lost';

export interface Channel {
  /** The last sequence number the reader has, asked again at every (re)connection. */
  after: () => number | null;
  /** How many milliseconds ago the reader began to read elsewhere what the channel tells changes of; asked where `after` is null. */
  since?: () => number;
  onEvent: (event: Envelope | MeEvent) => void;
  /** The server cannot replay: read everything again. */
  onResync?: () => void;
  /** Called once per connection, when the server has accepted the subscription, with the number of the newest event. */
  onSubscribed?: (newest: number) => void;
}

interface ServerFrame {
  type: string;
  channel?: string;
  run_id?: string;
  seq?: number;
  code?: string;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 8000;
const PING_EVERY_MS = 20_000;
const SILENCE_LIMIT_MS = 45_000;

export const connection = createStore<Connection>('connecting');

const channels = new Map<string, Channel>();
let socket: WebSocket | null = null;
let delay = FIRST_DELAY_MS;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let pingTimer: ReturnType<typeof setInterval> | undefined;
let lastHeard = 0;
let wanted = false;

/** Opens the socket and keeps it open until `disconnect`. */
export function connect(): void {
  if (wanted) return;
  wanted = true;
  window.addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', onVisible);
  open();
}

/** Closes the socket for good (signed out). */
export function disconnect(): void {
  wanted = false;
  clearTimeout(retryTimer);
  window.removeEventListener('online', retryNow);
  document.removeEventListener('visibilitychange', onVisible);
  socket?.close();
  socket = null;
}

/** Reads a channel until the returned function is called. */
export function subscribe(name: string, channel: Channel): () => void {
  channels.set(name, channel);
  ask(name);
  return () => {
    if (channels.get(name) !== channel) return;
    channels.delete(name);
    post({ type: 'unsubscribe', channel: name });
  };
}

/** Subscribes again from what the reader has, after it found a hole. */
export function ask(name: string): void {
  const channel = channels.get(name);
  if (!channel) return;
  const after = channel.after();
  const since = after === null && channel.since ? { since: Math.ceil(channel.since()) } : {};
  post({ type: 'subscribe', channel: name, after, ...since });
}

function post(frame: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function open(): void {
  clearTimeout(retryTimer);
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const mine = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
  socket = mine;
  mine.onopen = () => onOpen(mine);
  mine.onmessage = (event) => {
    lastHeard = Date.now();
    if (socket === mine) receive(String(event.data));
  };
  mine.onclose = () => socket === mine && onClose();
}

function onOpen(mine: WebSocket): void {
  if (socket !== mine) return;
  delay = FIRST_DELAY_MS;
  lastHeard = Date.now();
  connection.set('open');
  for (const name of channels.keys()) ask(name);
  clearInterval(pingTimer);
  pingTimer = setInterval(() => {
    if (Date.now() - lastHeard > SILENCE_LIMIT_MS) mine.close();
    else post({ type: 'ping' });
  }, PING_EVERY_MS);
}

function onClose(): void {
  clearInterval(pingTimer);
  socket = null;
  if (!wanted) return;
  connection.set('lost');
  retryTimer = setTimeout(open, delay * (0.75 + Math.random() / 2));
  delay = Math.min(delay * 2, LONGEST_DELAY_MS);
}

/** Tries again at once instead of waiting for the back-off. */
export function retryNow(): void {
  if (!wanted || socket) return;
  delay = FIRST_DELAY_MS;
  open();
}

function onVisible(): void {
  if (document.visibilityState === 'visible') retryNow();
}

function receive(data: string): void {
  const frame = JSON.parse(data) as ServerFrame | ServerFrame[];
  for (const one of Array.isArray(frame) ? frame : [frame]) dispatch(one);
}

function dispatch(frame: ServerFrame): void {
  if (frame.type === 'pong' || frame.type === 'error') return;
  const name = frame.channel ?? (frame.run_id ? `run:${frame.run_id}` : '');
  const channel = channels.get(name);
  if (!channel) return;
  if (frame.type === 'subscribed') channel.onSubscribed?.(frame.seq ?? 0);
  else if (frame.type === 'resync') channel.onResync?.();
  else channel.onEvent(frame as unknown as Envelope | MeEvent);
}

/** One door to the REST surface: JSON in and out, problem+json as `ApiError`, the CSRF header. */
import type { Problem } from '@/api/types';

/** A refusal by the server (`status` ≥ 400) or a server that cannot be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  /** Small values beside the sentence: the etags of a conflict, the problems of a text. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Each thing that is wrong with the request, by its place in it. */
  readonly errors: NonNullable<Problem['errors']>;

  constructor(status: number, problem: Problem) {
    super(wrongIn(problem) ?? problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.request_id ?? null;
    this.details = problem.details ?? {};
    this.errors = problem.errors ?? [];
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** What is wrong with the request, by its fields, where that says more than that it is. */
function wrongIn({ code, errors }: Problem): string | null {
  if (code !== 'request.invalid' || !errors?.length) return null;
  return errors.map(({ path, message }) => [path.replace(/^(body|query|path|header)\.?/, ''), message].filter(Boolean).join(': ')).join(' · ');
}

/** The server beyond this machine that may not be asked, where that is why something was refused. */
export function deniedEndpoint(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 'egress.denied') return undefined;
  const { endpoint } = error.details;
  return typeof endpoint === 'string' ? endpoint : undefined;
}

let csrfToken: string | null = null;
let opening: Promise<unknown> = Promise.resolve();
let onRefused: () => void = () => undefined;

/** Keeps the token every unsafe request must carry. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Holds every other request until the session is there: the first one makes the cookie. */
export function holdUntil(session: Promise<unknown>): void {
  opening = session.catch(() => undefined);
}

/** Resolves when requests may go out: the session is there, or cannot be had. */
export function sessionOpened(): Promise<unknown> {
  return opening;
}

/** Called when the server no longer knows this session. */
export function whenRefused(listener: () => void): void {
  onRefused = listener;
}

type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  method?: string;
  query?: Query;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const BASE = '/api/v1';

/** The address of a route with its query. */
export function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return `${BASE}${path}${text ? `?${text}` : ''}`;
}

/** The headers an unsafe request needs beside its own. */
export function unsafeHeaders(): Record<string, string> {
  return csrfToken ? { 'X-CSRF-Token': csrfToken } : {};
}

/** Sends a request; raises `ApiError`. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const method = options.method ?? 'GET';
  if (path !== '/session') await opening;
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (options.json !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') Object.assign(headers, unsafeHeaders());
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  const response = await reach(address(path, options.query), {
    method,
    headers,
    body: body ?? null,
    signal: options.signal ?? null,
    credentials: 'same-origin',
  });
  if (response.status === 401 && path !== '/session') onRefused();
  if (!response.ok) throw await refusal(response);
  return response;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'network.unreachable', detail: 'The server cannot be reached.' });
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  const gateway = response.status >= 502 && response.status <= 504;
  try {
    return new ApiError(response.status, JSON.parse(text) as Problem);
  } catch {
    return new ApiError(gateway ? 0 : response.status, { detail: text.slice(0, 300) || response.statusText });
  }
}

/** Sends a request and reads its JSON; raises `ApiError`. */
export async function call<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

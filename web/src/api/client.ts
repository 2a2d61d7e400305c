// One way to ask the server.  Paths and bodies are typed by schema.d.ts, which is made from the server's own
// OpenAPI document: a field that changed breaks the build.
import type { paths } from './schema'

export type Path = keyof paths
export interface Problem {
  type?: string
  title: string
  detail: string
  status: number
  errors?: { field: string; detail: string }[]
}

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | null,
  ) {
    super(problem.detail || problem.title)
  }
  get status(): number {
    return this.problem.status
  }
  /** What is wrong with one field, to stand beside it. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((e) => e.field === name)?.detail
  }
}

/** No answer came: the connection, not the request, is at fault. */
export class OfflineError extends Error {}

let csrf: string | null = null
let language = 'zh-CN'
let onUnauthenticated: () => void = () => undefined

export function setCsrf(token: string | null): void {
  csrf = token
}
export function setLanguage(tag: string): void {
  language = tag
}
export function whenUnauthenticated(then: () => void): void {
  onUnauthenticated = then
}

export type Query = Record<string, string | number | boolean | null | undefined>

export interface Ask {
  query?: Query
  json?: unknown
  body?: Blob | string
  type?: string
  version?: number
  key?: string
  signal?: AbortSignal
}

export interface Answer<T> {
  data: T
  version: number | null
  status: number
}

type Success<O> = O extends { responses: infer R }
  ? R extends Record<200, { content: { 'application/json': infer A } }>
    ? A
    : R extends Record<201, { content: { 'application/json': infer A } }>
      ? A
      : R extends Record<202, { content: { 'application/json': infer A } }>
        ? A
        : unknown
  : unknown

/** "/api/v1/orders/{id}" with its {…} filled in, and the query behind. */
export function fill(path: string, params: Record<string, string>, query?: Query): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  const tail = search.toString()
  return tail ? `${filled}?${tail}` : filled
}

export async function send(method: string, url: string, ask: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language, Accept: 'application/json' }
  if (ask.json !== undefined) headers['Content-Type'] = 'application/json'
  else if (ask.type) headers['Content-Type'] = ask.type
  if (csrf && method !== 'GET') headers['X-CSRF-Token'] = csrf
  if (ask.version !== undefined) headers['If-Match'] = `"${ask.version}"`
  if (ask.key) headers['Idempotency-Key'] = ask.key
  let answer: Response
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: ask.json !== undefined ? JSON.stringify(ask.json) : (ask.body ?? null),
      signal: ask.signal ?? null,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (ask.signal?.aborted) throw error
    throw new OfflineError()
  }
  if (answer.ok) return answer
  const problem = await answer
    .json()
    .catch(() => ({ title: answer.statusText, detail: '', status: answer.status }))
  if (answer.status === 401) onUnauthenticated()
  throw new ApiError(problem as Problem, Number(answer.headers.get('Retry-After')) || null)
}

async function ask<T>(
  method: string,
  path: string,
  params: Record<string, string>,
  ask: Ask,
): Promise<Answer<T>> {
  const answer = await send(method, fill(path, params, ask.query), ask)
  const etag = /^"(\d+)"$/.exec(answer.headers.get('ETag') ?? '')
  const text = await answer.text()
  return {
    data: (text ? JSON.parse(text) : null) as T,
    version: etag ? Number(etag[1]) : null,
    status: answer.status,
  }
}

type Get<P extends Path> = paths[P] extends { get: infer O } ? Success<O> : never
type Post<P extends Path> = paths[P] extends { post: infer O } ? Success<O> : never
type Patch<P extends Path> = paths[P] extends { patch: infer O } ? Success<O> : never

export const api = {
  get: <P extends Path>(path: P, params: Record<string, string> = {}, more: Ask = {}) =>
    ask<Get<P>>('GET', path, params, more),
  post: <P extends Path>(path: P, params: Record<string, string> = {}, more: Ask = {}) =>
    ask<Post<P>>('POST', path, params, more),
  patch: <P extends Path>(path: P, params: Record<string, string> = {}, more: Ask = {}) =>
    ask<Patch<P>>('PATCH', path, params, more),
  delete: <P extends Path>(path: P, params: Record<string, string> = {}, more: Ask = {}) =>
    ask<null>('DELETE', path, params, more),
  /** Where the path is known only at run time: pages made from the description of a resource. */
  any: <T>(method: string, path: string, more: Ask = {}) => ask<T>(method, path, {}, more),
}

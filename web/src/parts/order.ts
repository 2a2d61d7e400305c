// What an order says, and what follows from it for whoever looks at it: whose turn it is, which actions fit.
import type { Both, Row, Verb } from '../stores/resources'
import type { Step } from './steps'

export interface Item {
  id: string
  title: string
  state: string
  kind: string
  severity: string
  claim: string | null
  text: string | null
  version: string | null
  patch: string | null
  answered_by: string | null
  on_behalf: Behalf | null
  contradiction: string | null
  hint: string | null
  asset_id: string | null
  asset_name: string | null
  findings: string[]
  advice?: {
    problem: string | null
    harm: string | null
    remedy: string | null
    specific: string | null
  } | null
}
export interface Behalf {
  channel: string
  person: string
  at?: string
  text?: string
}
export interface Clock {
  kind: string
  rule: string
  start_at: string
  due_at: string
  met_at: string | null
  missed_at: string | null
  paused_at: string | null
  ended_at: string | null
  met_in_time: boolean
  entered_late: boolean
}
export interface Order extends Row {
  state: string
  number: string
  number_wanted: string
  title: string
  text: string
  kind: 'finding' | 'task' | 'declaration' | 'notice'
  part: 'main' | 'support' | 'copy'
  reply: 'none' | 'acknowledge' | 'answer'
  severity: string
  unit_id: string
  unit_name: string
  issuer_id: string | null
  issuer_name: string | null
  acknowledge_due: string | null
  answer_due: string | null
  extension_until: string | null
  extension_reason: string | null
  reviewed_at: string | null
  returned_proposed: string | null
  source: string
  source_number: string
  source_due: string | null
  sent_at: string | null
  seen_at: string | null
  verified_at: string | null
  returns: number
  urges: number
  calls: number
  level: number
  escalated_name: string | null
  last_note: string
  last_call: string
  last_call_at: string | null
  last_call_text: string
  redirected_from_id: string | null
  redirected_from_name: string | null
  overdue: boolean
  items: Item[]
  clocks?: Clock[]
  redirected_to?: { id: string; number: string }[]
}
export interface Attachment {
  id: string
  name: string
  type: string
  size: number
  at: string
  on_behalf: boolean
  step: string | null
}

export interface Turn {
  /** Who must act. */
  who: string
  /** What, as a key of words order.turn.* */
  what: string
  due: string | null
}

/** Who must act next and by when; null when nobody has to. */
export function turnOf(o: Order): Turn | null {
  const office = o.issuer_name ?? ''
  const unit = o.unit_name
  switch (o.state) {
    case 'draft':
      return { who: office, what: 'submit', due: null }
    case 'to_approve':
      return { who: office, what: 'approve', due: null }
    case 'sent':
      return o.reply === 'none' || o.part === 'copy'
        ? null
        : { who: unit, what: 'acknowledge', due: o.acknowledge_due }
    case 'handling':
      return { who: unit, what: 'answer', due: o.answer_due }
    case 'partly_answered':
      return { who: unit, what: 'answerRest', due: o.answer_due }
    case 'answered':
      return { who: office, what: 'verify', due: null }
    case 'disputed':
      return { who: office, what: 'rule', due: null }
    default:
      return null
  }
}

/** Who acts on it: the unit by itself, or an office (its issuer or another one). */
export interface Me {
  liaison: boolean
  office: boolean
  issuer: boolean
}

const ofUnit = ['acknowledge', 'answer', 'request_extension', 'note']
const ofIssuer = [
  'revise',
  'submit',
  'approve',
  'send_back',
  'verify',
  'return',
  'uphold',
  'reject',
  'redirect',
  'grant',
  'refuse',
  'hand_over',
  'withdraw',
  'archive',
]

/** Which verbs to offer: the server's permission and state, and what makes sense for this order now. */
export function offered(o: Order, verbs: Verb[], me: Me): Verb[] {
  const some = (state: string): boolean => o.items.some((i) => i.state === state)
  return verbs.filter((v) => {
    if (!v.allowed || !v.from.includes(o.state)) return false
    if (ofUnit.includes(v.verb) && !me.liaison && !me.office) return false
    if (ofIssuer.includes(v.verb) && !me.issuer) return false
    switch (v.verb) {
      case 'grant':
      case 'refuse':
        return o.extension_until !== null
      case 'request_extension':
        return o.reply === 'answer' && o.extension_until === null
      case 'answer':
        return o.reply === 'answer' && (some('open') || some('returned'))
      case 'verify':
      case 'return':
        return some('answered')
      case 'uphold':
      case 'reject':
        return some('disputed')
      case 'redirect':
        return o.items.some((i) => i.state === 'disputed' && (i.claim === 'not_ours' || i.claim === 'unable'))
      case 'review':
        return !me.issuer && o.reviewed_at === null && some('answered')
      default:
        return true
    }
  })
}

/** The one that comes first for this person, by the state. */
export function primary(o: Order, verbs: Verb[], me: Me): Verb | undefined {
  const find = (name: string): Verb | undefined => verbs.find((v) => v.verb === name)
  const unit = me.liaison ? (find('acknowledge') ?? find('answer')) : undefined
  return (
    unit ??
    find('approve') ??
    find('submit') ??
    (o.returned_proposed ? find('return') : undefined) ??
    find('verify') ??
    find('review') ??
    find('uphold') ??
    find('grant') ??
    (o.overdue || o.state === 'sent' ? find('urge') : undefined)
  )
}

export const behalfVerbs = ofUnit

/** Claims that may be made about this kind of order: answers first, then what does not close, then disputes. */
export function claimsOf(kind: Order['kind']): { claim: string; group: 'answer' | 'progress' | 'dispute' }[] {
  if (kind === 'task' || kind === 'notice')
    return [
      { claim: 'done', group: 'answer' },
      { claim: 'progress', group: 'progress' },
      { claim: 'unable', group: 'dispute' },
    ]
  return [
    { claim: 'fixed', group: 'answer' },
    { claim: 'mitigated', group: 'answer' },
    { claim: 'not_affected', group: 'answer' },
    { claim: 'decommissioned', group: 'answer' },
    { claim: 'affected', group: 'progress' },
    { claim: 'not_ours', group: 'dispute' },
    { claim: 'false_positive', group: 'dispute' },
    { claim: 'cannot_fix', group: 'dispute' },
  ]
}

/** Words that must be said with it: a dispute gives its reason, and so does "not affected". */
export function needsText(claim: string): boolean {
  return ['not_ours', 'false_positive', 'cannot_fix', 'unable', 'not_affected'].includes(claim)
}

/** Items that a verb is about. */
export function itemsFor(o: Order, verb: string): Item[] {
  const states: Record<string, string[]> = {
    answer: ['open', 'returned'],
    verify: ['answered'],
    return: ['answered'],
    uphold: ['disputed'],
    reject: ['disputed'],
    redirect: ['disputed'],
  }
  const wanted = states[verb]
  return wanted ? o.items.filter((i) => wanted.includes(i.state)) : []
}

const path = ['draft', 'to_approve', 'sent', 'handling', 'answered', 'verified', 'archived'] as const
export interface Stop {
  state: string
  at: string | null
  now: boolean
  passed: boolean
}
/** The way of an order with where it stands; what lies beside the way (disputed, withdrawn) only while it is there. */
export function wayOf(state: string, steps: Step[]): Stop[] {
  const reached = (s: string): string | null => {
    const found = steps.filter((one) => one.resource === 'order' && one.to === s && one.from !== s)
    return found[found.length - 1]?.happened_at ?? null
  }
  const beside =
    state === 'disputed' || state === 'withdrawn'
      ? state
      : state === 'partly_answered'
        ? 'partly_answered'
        : null
  const stops: string[] = []
  for (const s of path) {
    if (
      (s === 'draft' || s === 'to_approve') &&
      s !== state &&
      !reached(s) &&
      !(s === 'draft' && state === 'to_approve')
    )
      continue
    if (beside === 'withdrawn' && !reached(s)) continue
    stops.push(s)
    if (s === 'handling' && beside && beside !== 'withdrawn') stops.push(beside)
  }
  if (beside === 'withdrawn') stops.push('withdrawn')
  const here = stops.indexOf(state)
  return stops.map((s, i) => ({
    state: s,
    at: i <= here ? reached(s) : null,
    now: s === state,
    passed: i < here,
  }))
}

interface CpeMatch {
  criteria?: string
  versionEndExcluding?: string
  versionEndIncluding?: string
}
/** "2.4.65" where the vulnerability's own data say from which version on it is gone, for this product. */
export function fixedIn(configurations: unknown, criteria: string[]): string | null {
  const product = (cpe: string): string => cpe.split(':').slice(3, 5).join(':')
  const wanted = new Set(criteria)
  const products = new Set(criteria.map(product))
  let exact: string | null = null
  let last: string | null = null
  for (const configuration of Array.isArray(configurations)
    ? (configurations as { nodes?: { cpeMatch?: CpeMatch[] }[] }[])
    : [])
    for (const node of configuration.nodes ?? [])
      for (const match of node.cpeMatch ?? []) {
        if (!match.versionEndExcluding || !match.criteria) continue
        if (wanted.has(match.criteria)) exact = match.versionEndExcluding
        if (products.has(product(match.criteria))) last = match.versionEndExcluding
      }
  return exact ?? last
}

/** What a person types into a time field is the city's time. */
export function cityTime(local: string): string {
  return local ? new Date(`${local}:00+08:00`).toISOString() : ''
}

export const channels: ({ key: string } & Both)[] = [
  { key: 'phone', zh: '电话', en: 'telephone' },
  { key: 'wechat', zh: '微信', en: 'WeChat' },
  { key: 'yuezhengyi', zh: '粤政易', en: 'Yuezhengyi' },
  { key: 'paper', zh: '书面', en: 'paper' },
  { key: 'visit', zh: '当面', en: 'visit' },
]
export const callResults: ({ key: string } & Both)[] = [
  { key: 'reached', zh: '已接通', en: 'reached' },
  { key: 'promised', zh: '已承诺', en: 'promised' },
  { key: 'no_answer', zh: '无人接听', en: 'no answer' },
  { key: 'refused', zh: '拒绝', en: 'refused' },
  { key: 'wrong_number', zh: '号码有误', en: 'wrong number' },
]

/** 「陈工（电话）」: on whose word, as it is kept; the channel in the reader's language. */
export function wordOf(kept: string, language: 'zh' | 'en'): string {
  const [, who, how] = /^(.*)（([^（）]+)）$/.exec(kept) ?? []
  const channel = channels.find((c) => c.zh === how)
  return language === 'en' && channel ? `${who} (${channel.en})` : kept
}

import { describe, expect, it } from 'vitest'
import type { Verb } from '../stores/resources'
import {
  claimsOf,
  fixedIn,
  cityTime,
  itemsFor,
  needsText,
  offered,
  primary,
  turnOf,
  wayOf,
  wordOf,
  type Item,
  type Me,
  type Order,
} from './order'
import type { Step } from './steps'

const item = (state: string, claim: string | null = null): Item =>
  ({ id: state, title: state, state, claim, findings: [] }) as unknown as Item
const order = (state: string, more: Partial<Order> = {}): Order =>
  ({
    id: 'o',
    version: 1,
    state,
    unit_name: '雷州市供水公司',
    issuer_name: '湛江市网信办',
    reply: 'answer',
    part: 'main',
    kind: 'finding',
    items: [],
    extension_until: null,
    reviewed_at: null,
    returned_proposed: null,
    overdue: false,
    acknowledge_due: 'A',
    answer_due: 'B',
    ...more,
  }) as unknown as Order
const verb = (name: string, from: string[], allowed = true): Verb => ({
  verb: name,
  zh: name,
  en: name,
  from,
  needs: [],
  allowed,
})
const office: Me = { liaison: false, office: true, issuer: true }
const step = (verbName: string, to: string, at: string, from: string | null = null): Step =>
  ({ resource: 'order', verb: verbName, from, to, happened_at: at }) as unknown as Step

describe('whose turn it is', () => {
  it.each([
    ['sent', '雷州市供水公司', 'acknowledge', 'A'],
    ['handling', '雷州市供水公司', 'answer', 'B'],
    ['partly_answered', '雷州市供水公司', 'answerRest', 'B'],
    ['answered', '湛江市网信办', 'verify', null],
    ['disputed', '湛江市网信办', 'rule', null],
    ['to_approve', '湛江市网信办', 'approve', null],
  ])('%s: %s', (state, who, what, due) => {
    expect(turnOf(order(state))).toEqual({ who, what, due })
  })
  it('nobody has to act on what is closed, on a copy, or where no reply is asked for', () => {
    expect(turnOf(order('verified'))).toBeNull()
    expect(turnOf(order('sent', { part: 'copy' }))).toBeNull()
    expect(turnOf(order('sent', { reply: 'none' }))).toBeNull()
  })
})

describe('what is offered', () => {
  const grant = verb('grant', ['handling'])
  it('an extension is granted only where one was asked for', () => {
    expect(offered(order('handling'), [grant], office)).toEqual([])
    expect(offered(order('handling', { extension_until: 'x' }), [grant], office)).toEqual([grant])
  })
  it('only what the server permits and the state allows', () => {
    expect(
      offered(order('handling'), [verb('urge', ['sent']), verb('escalate', ['handling'], false)], office),
    ).toEqual([])
  })
  it('a leader records nothing on behalf, another county does not verify', () => {
    expect(
      offered(order('sent'), [verb('acknowledge', ['sent'])], {
        liaison: false,
        office: false,
        issuer: true,
      }),
    ).toEqual([])
    expect(
      offered(order('answered', { items: [item('answered')] }), [verb('verify', ['answered'])], {
        liaison: false,
        office: true,
        issuer: false,
      }),
    ).toEqual([])
  })
  it('redirects only what is said not to be theirs', () => {
    const redirect = verb('redirect', ['disputed'])
    expect(
      offered(order('disputed', { items: [item('disputed', 'false_positive')] }), [redirect], office),
    ).toEqual([])
    expect(offered(order('disputed', { items: [item('disputed', 'not_ours')] }), [redirect], office)).toEqual(
      [redirect],
    )
  })
  it('what the proof speaks against is returned first, verified otherwise', () => {
    const both = [verb('verify', ['answered']), verb('return', ['answered'])]
    expect(primary(order('answered'), both, office)?.verb).toBe('verify')
    expect(primary(order('answered', { returned_proposed: 'x' }), both, office)?.verb).toBe('return')
  })
})

describe('the way of an order', () => {
  it('shows what was passed, where it stands, and drafts only where there was one', () => {
    const way = wayOf('handling', [step('send', 'sent', '1'), step('acknowledge', 'handling', '2', 'sent')])
    expect(way.map((s) => s.state)).toEqual(['sent', 'handling', 'answered', 'verified', 'archived'])
    expect(way.map((s) => [s.passed, s.now])).toEqual([
      [true, false],
      [false, true],
      [false, false],
      [false, false],
      [false, false],
    ])
    expect(way[1]?.at).toBe('2')
  })
  it('a dispute lies beside the way, a withdrawal ends it', () => {
    expect(wayOf('disputed', [step('send', 'sent', '1')]).map((s) => s.state)).toContain('disputed')
    expect(
      wayOf('withdrawn', [step('send', 'sent', '1'), step('withdraw', 'withdrawn', '2', 'sent')]).map(
        (s) => s.state,
      ),
    ).toEqual(['sent', 'withdrawn'])
  })
})

describe('claims', () => {
  it('tasks have their own; disputes and "not affected" want words', () => {
    expect(claimsOf('task').map((c) => c.claim)).toEqual(['done', 'progress', 'unable'])
    expect(claimsOf('finding')[0]?.claim).toBe('fixed')
    expect(['not_affected', 'unable'].every(needsText)).toBe(true)
    expect(needsText('fixed')).toBe(false)
  })
  it('each verb is about the items in its states', () => {
    const o = order('partly_answered', { items: [item('open'), item('answered'), item('disputed')] })
    expect(itemsFor(o, 'answer').map((i) => i.state)).toEqual(['open'])
    expect(itemsFor(o, 'verify').map((i) => i.state)).toEqual(['answered'])
    expect(itemsFor(o, 'urge')).toEqual([])
  })
})

it("what is typed into a time field is the city's time", () => {
  expect(cityTime('2026-11-23T09:00')).toBe('2026-11-23T01:00:00.000Z')
})

it('the version that is no longer affected is the one of the matching range, else of the product', () => {
  const cpe = 'cpe:2.3:a:apache:http_server:*:*:*:*:*:*:*:*'
  const configurations = [
    {
      nodes: [
        {
          cpeMatch: [
            { criteria: cpe, versionEndExcluding: '2.4.59' },
            { criteria: 'cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*', versionEndExcluding: '1.20' },
          ],
        },
      ],
    },
  ]
  expect(fixedIn(configurations, [cpe])).toBe('2.4.59')
  expect(fixedIn(configurations, ['cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*'])).toBe('2.4.59')
  expect(fixedIn([], [cpe])).toBeNull()
})

describe('on whose word', () => {
  it('says the channel in the reader’s language and keeps what is no channel', () => {
    expect(wordOf('陈工（电话）', 'zh')).toBe('陈工（电话）')
    expect(wordOf('陈工（电话）', 'en')).toBe('陈工 (telephone)')
    expect(wordOf('陈工（科长）', 'en')).toBe('陈工（科长）')
    expect(wordOf('陈工', 'en')).toBe('陈工')
  })
})

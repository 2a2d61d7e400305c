// The county officer's day: what came down and what its units answered, pre-reviewed both ways; urged and handed on;
// its own units and its own orders with its own numbers; nothing of another county.
import { check } from './house.mjs'
import { both, day, json, order, sent } from './day.mjs'

/** What the city asks of the office itself: acknowledged and answered. */
async function inbox(d, title) {
  const { page } = d
  await page.getByRole('tab', { name: d.w('today.lanes.inbox') }).click()
  const row = page.locator('.desk tbody tr', { hasText: title })
  await row.waitFor()
  await d.look('today')
  await row.getByRole('link').first().click()
  await page.locator('.order .turn').waitFor()
  const mine = { behalf_person: d.type('本办', 'this office') }
  await d.act('acknowledge', mine)
  await page.locator('.way li.now', { hasText: d.verb('handling') }).waitFor()
  await d.act('answer', { text: d.type('已部署', 'arranged'), ...mine })
  await page.locator('.way li.now', { hasText: d.verb('answered') }).waitFor()
}

/** What a unit answered to the city: the county looks first; one passes, the other goes back with its reason. */
async function review(d, passes, fails) {
  const { page } = d
  await d.go('nav.today')
  for (const [o, given, state] of [
    [passes, { pass: 'true' }, 'answered'],
    [fails, { pass: 'false', reason: d.type('没有写明版本号', 'the version is missing') }, 'handling'],
  ]) {
    await page.getByRole('tab', { name: d.w('today.lanes.to_review') }).click()
    await page.locator('.desk').getByRole('link', { name: o.number, exact: true }).click()
    await page.locator('.order .turn').waitFor()
    await d.act('review', given)
    await page.locator('.way li.now', { hasText: d.verb(state) }).waitFor()
    await d.look(`review-${state}`)
    check(order(d.house, o.id).state === state, `reviewed, it is ${order(d.house, o.id).state}`)
    await d.go('nav.today')
  }
  check(order(d.house, passes.id).reviewed_at, 'the review is not kept')
}

/** Its own order to its own units, with its own number; one is urged, one handed on. */
async function own(d) {
  const { page, house } = d
  const title = d.type('开展弱口令自查', 'Check for weak passwords')
  await d.go('nav.units')
  await page.locator('main').getByText('赤坎区观澜中学').first().waitFor()
  check(!(await page.innerText('main')).includes('雷州'), 'units of another county')
  await d.look('units')
  await d.go('nav.today')
  await page.getByRole('link', { name: d.w('task.new') }).click()
  await d.put('title', title)
  await d.put('by', 'division')
  await d.put('division', '440802')
  await d.button(d.w('task.preview')).click()
  await page.locator('.halves tbody tr').first().waitFor()
  const n = await d.rows('.halves tbody tr')
  await d.look('task')
  await d.button(d.w('task.send', { n })).click()
  await page.locator('.turn.done a').first().waitFor()
  const number = await page.locator('.turn.done a').first().innerText()
  check(number.includes('赤坎'), `its number is the city's: ${number}`)
  await page.locator('.turn.done a').first().click()
  await page.locator('.order .turn').waitFor()
  await d.act('urge', { channel: 'phone', person: d.type('办公室', 'the office') })
  await page.locator('.timeline', { hasText: d.verb('urge') }).waitFor()
  await d.look('own')
  check((await json(house.cli('order', 'list', '--q', title, '--json'))).length >= n, 'they are not sent')
}

/** By its address, too, what is another county's is not there, and the page says so. */
async function elsewhere(d, other) {
  const { page } = d
  await page.goto(`${d.house.base}/orders/${other.id}`)
  await page.locator('.trouble').waitFor()
  check(
    (await page.innerText('main')).includes(d.w('state.missing')),
    'the page does not say what is the matter',
  )
  check(!(await page.innerText('main')).includes(other.number), 'it shows what it must not')
  await d.look('elsewhere')
}

async function whole(house, language) {
  const title = language === 'zh' ? '部署年度检查' : 'Arrange the yearly inspection'
  sent(house, 'task', title, 'chikan-wxb')
  const other = sent(house, 'task', title, 'leizhou-hospital')
  const vulns = language === 'zh' ? ['chikan-hospital', 'chikan-water'] : ['chikan-school', 'chikan-service']
  const asked = vulns.map((unit) => sent(house, 'task', `${title} ${unit}`, unit))
  for (const o of asked)
    house.cli(
      'order',
      'answer',
      o.id,
      '--claim',
      'done',
      '--text',
      'done',
      '--channel',
      'phone',
      '--person',
      'x',
    )
  const d = await day(house, 'county', language, { expect: [404] })
  await d.page.locator('.lanes .lane').first().waitFor()
  await inbox(d, title)
  await review(d, ...asked)
  await own(d)
  await elsewhere(d, other)
}

export const cases = both('the day of a county officer', whole)

// The duty officer's day: what is new, late and due next; urged, escalated, recorded for those who telephone; a task to
// many units; one withdrawn; a text for the group; the printed order; the shift handed over.
import { check } from './house.mjs'
import { both, day, order, PNG } from './day.mjs'

const number = (text) => Number(text.replace(/\D/g, ''))

async function desk(d) {
  const { page } = d
  await page.locator('.desk tbody tr').first().waitFor()
  await d.look('today')
  // each lane opens exactly as many rows as it says
  for (const lane of ['sent', 'due_later', 'to_verify', 'late']) {
    const tab = page.getByRole('tab', { name: d.w(`today.lanes.${lane}`) })
    const n = number(await tab.locator('b').innerText())
    await tab.click()
    await page.waitForURL((url) => url.searchParams.get('lane') === lane)
    await d.shows(n, '.desk tbody tr')
  }
  const row = page.locator('.desk tbody tr').first()
  check((await row.innerText()).includes(d.w('time.overdue', { t: '' }).trim()), 'late is said in words')

  await d.act('urge', { channel: 'phone', person: d.type('信息科', 'IT section') }, row)
  await page
    .getByRole('status')
    .filter({ hasText: d.verb('urge') })
    .waitFor()
  await d.act('escalate', { reason: d.type('两次催办未果', 'urged twice in vain') }, row)
  await page
    .getByRole('status')
    .filter({ hasText: d.verb('escalate') })
    .waitFor()

  // new ones: one is acknowledged for the unit, whose word it is is asked for
  await page.getByRole('tab', { name: d.w('today.lanes.sent') }).click()
  await page.waitForURL((url) => url.searchParams.get('lane') === 'sent')
  await page
    .locator('.desk tbody tr')
    .first()
    .getByRole('button', { name: d.w('today.ackFor'), exact: true })
    .click()
  await d.put('behalf_person', d.type('信息科 陈工', 'Mr Chen'))
  await page.keyboard.press('Enter')
  await page
    .getByRole('status')
    .filter({ hasText: d.verb('acknowledge') })
    .waitFor()
}

async function calls(d) {
  const { page } = d
  await page.getByRole('link', { name: d.w('today.calls'), exact: true }).click()
  const line = page
    .locator('.call')
    .filter({ has: d.page.getByRole('button', { name: d.w('calls.answerFor'), exact: true }) })
    .first()
  await line.waitFor()
  await d.look('calls')
  const id = (await line.getByRole('link').first().getAttribute('href')).split('/').pop()
  await line.getByLabel(d.w('calls.result')).selectOption('promised')
  await line.getByLabel(d.w('calls.words')).fill(d.type('答应今天反馈', 'will answer today'))
  await d.button(d.w('calls.record'), line).click()
  await line.getByRole('status').waitFor()
  // the answer comes by telephone, its photograph with it
  await d.button(d.w('calls.answerFor'), line).click()
  const form = page.locator('form.act')
  await d.put('text', d.type('电话报告：已完成', 'told by telephone: done'), form)
  await d.put('behalf_person', d.type('信息科 陈工', 'Mr Chen'), form)
  await d.put('behalf_scan', { name: 'scan.png', mimeType: 'image/png', buffer: PNG }, form)
  await form.locator('button[type=submit]').click()
  await form.waitFor({ state: 'detached' })
  await page.goto(`${d.house.base}/orders/${id}`)
  await page.locator('.evidence img').first().waitFor()
  check(
    (await page.innerText('main')).includes(d.w('order.behalf')),
    'it is not seen to be recorded on behalf',
  )
  await d.look('on-behalf')
  check(['answered', 'partly_answered'].includes(order(d.house, id).state), 'the answer is not recorded')
}

/** A task to several units, looked at before it goes; one of them withdrawn; its text for the group; the printed order. */
async function task(d) {
  const { page } = d
  const title = d.type('报送值守安排', 'Report who is on duty')
  await d.go('nav.today')
  await page.getByRole('link', { name: d.w('task.new') }).click()
  await d.put('title', title)
  await d.put('text', d.type('请报送节日值守安排。', 'Report who is on duty during the holiday.'))
  await d.put('by', 'division')
  await d.put('division', '440804')
  await page.locator('details summary', { hasText: d.w('task.others') }).click()
  await d.button(d.w('task.preview')).click()
  await page.locator('.turn[role=status]').waitFor()
  const n = await d.rows('.halves tbody tr')
  await d.look('task')
  await d.button(d.w('task.send', { n })).click()
  await page.locator('.turn.done a').first().waitFor()
  check(
    (await page.locator('.turn.done a').count()) === n && n > 1,
    `${n} recipients, ${await page.locator('.turn.done a').count()} orders`,
  )
  await page.locator('.turn.done a').first().click()
  await page.locator('.order .turn').waitFor()
  await d.look('order')

  // as it will be printed: heading, items, receipt with the place of the seal and the code
  const [paper] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: d.w('do.print'), exact: true }).click(),
  ])
  await paper.waitForLoadState()
  await d.house.look(paper, `day-duty-print-${d.language}`)
  const text = await paper.innerText('body')
  for (const part of ['工作任务单', title, '回执', '盖章'])
    check(text.includes(part), `the printed order lacks ${part}`)
  check(
    await paper.evaluate(() =>
      [...document.querySelectorAll('svg, img')].some((e) => e.getBoundingClientRect().width > 60),
    ),
    'no code to scan',
  )
  await paper.close()

  await d.act('withdraw', { reason: d.type('重复下发', 'sent twice') })
  await page.locator('.way li.now', { hasText: d.verb('withdrawn') }).waitFor()

  await d.go('nav.orders')
  await page.locator('.bar details summary').click()
  await d.button(d.w('orders.groupText')).click()
  await page.waitForFunction(() => document.querySelector('#group-text')?.value.length > 10)
  await d.look('orders')
}

/** The shift goes to a colleague, with what is open. */
async function handOver(d) {
  const { page, house } = d
  const note = d.type('港务集团仍未反馈，请继续催办', 'the port has not answered: keep urging')
  await d.go('nav.today')
  await d.button(d.w('today.writeNote')).click()
  await d.put('text', note)
  await d.look('note')
  await d.button(d.w('today.handOver')).click()
  await page
    .getByRole('status')
    .filter({ hasText: d.w('today.handedOver') })
    .waitFor()
  const next = await day(house, 'analyst', d.language)
  const seen = next.page.locator('.note', { hasText: note }).first()
  await seen.waitFor()
  await next.button(next.w('today.take'), seen).click()
  await seen.waitFor({ state: 'detached' })
}

async function search(d) {
  const { page } = d
  await page.keyboard.press('Control+k')
  await page.locator('.palette input').fill(d.type('水务', '水务'))
  await page.locator('.palette li', { hasText: '水务' }).first().waitFor()
  await d.look('search')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname.split('/').length === 3)
  await d.settled()
}

async function whole(house, language) {
  const d = await day(house, 'duty', language)
  await desk(d)
  await calls(d)
  await task(d)
  await search(d)
  await handOver(d)
}

export const cases = both('the day of a duty officer', whole)

// The leader's day: the city at a glance, a number opened, measures down to the record and as CSV; what waits for
// approval approved or sent back (four eyes); an instruction, and the office that has it to do and does it.
import { readFileSync } from 'node:fs'
import { check } from './house.mjs'
import { both, day, json } from './day.mjs'

const digits = (text) => Number(text.replace(/\D/g, ''))

/** Numbers of the city, each as many rows as it says. */
async function glance(d) {
  const { page } = d
  await d.go('nav.situation')
  await page.locator('.situation .figures').waitFor()
  await page.locator('.situation .trend canvas').first().waitFor()
  await d.look('situation')
  for (const [key, rows] of [
    ['situation.lateAnswer', '.orders tbody tr'],
    ['situation.kev', '.findings tbody tr:not(.space)'],
    ['situation.silent', 'main tbody tr'],
  ]) {
    const link = page.locator('.figures > div', { hasText: d.w(key) }).getByRole('link')
    const n = digits(await link.innerText())
    check(n > 0, `${key} is 0`)
    await link.click()
    await page.waitForURL((url) => url.pathname !== '/situation')
    await d.settled()
    if (key === 'situation.kev')
      await page.waitForFunction(
        (m) => Number(document.querySelector('.findings h1 .tabular')?.textContent.replace(/\D/g, '')) === m,
        n,
      )
    else await d.shows(n, rows)
    await page.goBack()
    await page.locator('.situation .figures').waitFor()
  }
}

async function measures(d) {
  const { page } = d
  await d.go('nav.measures')
  await page.locator('.measures tbody td').first().waitFor()
  await d.button(d.w('measure.presets.year')).click()
  await page.waitForURL(/from=/)
  await d.settled()
  await d.look('measures')
  const sent = page.locator('a[data-key="orders_sent"]')
  const n = digits(await sent.innerText())
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: d.w('do.export') }).click(),
  ])
  const csv = readFileSync(await file.path(), 'utf8')
  check(csv.includes(String(n)) && csv.trim().split('\n').length > 5, 'the CSV has not what the page has')
  await sent.click()
  await page.locator('.measure-records tbody tr').first().waitFor()
  await d.shows(n, '.measure-records tbody tr')
  await d.look('records')
  await page.locator('.measure-records tbody a').first().click()
  await page.waitForURL(/\/orders\//)
}

/** Two orders and a notice wait: one order goes out, the other and the notice go back with the reason. */
async function approve(d, title) {
  const { page } = d
  await d.go('nav.today')
  await page.getByRole('tab', { name: d.w('today.lanes.to_approve') }).click()
  for (const [n, key] of ['approve', 'send_back'].entries()) {
    const row = page.locator('.desk tbody tr', { hasText: `${title} ${n}` }).first()
    await row.waitFor()
    if (!n) await d.look('to-approve')
    await row.getByRole('link').first().click()
    await page.locator('.order .turn').waitFor()
    await d.act(
      key,
      key === 'send_back' ? { reason: d.type('请写明反馈要求', 'say what is to be answered') } : {},
    )
    await page.locator('.way li.now', { hasText: d.verb(key === 'approve' ? 'sent' : 'draft') }).waitFor()
    await d.go('nav.today')
    await page.getByRole('tab', { name: d.w('today.lanes.to_approve') }).click()
  }
}
async function notice(d, duty) {
  await duty.page.goto(`${d.house.base}/notices/new`)
  await duty.put('vulns', 'CVE-2021-44228')
  await duty.button(duty.w('notices.fromTemplate')).click()
  await duty.page.waitForURL(/\/notices\/[0-9a-f-]{36}$/)
  await duty.button(duty.verb('submit')).click()
  await duty.page.locator('main .state', { hasText: duty.verb('to_approve') }).waitFor()
  // who is no leader may only say who approved it on paper
  await duty.button(duty.verb('approve')).click()
  check(
    await duty.field('paper_person').isVisible(),
    'who is no leader approves only what was approved on paper',
  )
  await duty.look('paper')
  const { page } = d
  await d.go('nav.notices')
  await page
    .locator('main tbody tr', { hasText: d.verb('to_approve') })
    .first()
    .click()
  await d.button(d.verb('approve')).first().waitFor()
  await d.look('notice')
  await d.button(d.verb('approve')).first().click()
  await d.button(d.verb('approve'), page.locator('form.verb')).click()
  await page.locator('form.verb').waitFor({ state: 'detached' })
  // it cannot be approved twice
  await d.button(d.verb('approve')).first().waitFor({ state: 'detached' })
}

/** Instructed here, to do there, done with a word, seen here. */
async function instruct(d, duty) {
  const { page } = d
  const words = d.type('请本周内办结，周五前报我', 'Close it this week and report to me by Friday')
  const told = d.type('已约谈该单位负责人', 'spoke with the head of the unit')
  await d.go('nav.today')
  await page.getByRole('tab', { name: d.w('today.lanes.late') }).click()
  await page.locator('.desk tbody tr').first().getByRole('link').first().click()
  await page.locator('.order .turn').waitFor()
  await d.act('instruct', { text: words })
  await page.locator('.timeline', { hasText: words }).waitFor()
  await d.look('instructed')
  await duty.go('nav.today')
  const todo = duty.page.locator('.instructions li', { hasText: words })
  await todo.waitFor()
  await duty.button(duty.w('today.complete'), todo).click()
  await todo.locator('textarea').fill(told)
  await todo.locator('button[type=submit]').click()
  await todo.waitFor({ state: 'detached' })
  await page.locator('.timeline', { hasText: told }).waitFor() // it arrives by itself
}

async function whole(house, language) {
  const title = language === 'zh' ? '开展钓鱼邮件演练' : 'Hold a phishing drill'
  const send = async (duty, n) => {
    const { page } = duty
    await page.goto(`${house.base}/orders/new`)
    await duty.put('title', `${title} ${n}`)
    await duty.put('by', 'sector')
    await duty.put('sector', 'water')
    await page.getByLabel(duty.w('task.approval')).check()
    await duty.button(duty.w('task.preview')).click()
    await page.locator('.halves tbody tr').first().waitFor()
    await duty.button(duty.w('task.send', { n: await duty.rows('.halves tbody tr') })).click()
    await page.waitForFunction(() => document.querySelector('.turn.done a') || location.pathname.length > 30)
  }
  const duty = await day(house, 'duty', language)
  await send(duty, 0)
  await send(duty, 1)
  const d = await day(house, 'leader', language)
  await glance(d)
  await measures(d)
  await approve(d, title)
  await notice(d, duty)
  await instruct(d, duty)
  check(
    json(house.cli('order', 'list', '--q', title, '--json')).some((o) => o.state === 'sent'),
    'nothing was approved',
  )
}

export const cases = both('the day of a leader', whole)

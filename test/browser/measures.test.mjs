// The leader's measures: of a past month, with the records behind each; a target; an instruction on an order.
import { readFileSync } from 'node:fs'
import { check } from './house.mjs'

const ready = async (page) => {
  await page.waitForSelector('.measures tbody td')
  await page.waitForFunction(() => !document.querySelector('.measures [aria-busy=true]'))
}
const text = (page, selector) => page.textContent(selector).then((s) => s.replace(/\s+/g, ' ').trim())

async function measures(house, language) {
  const page = await house.signIn('leader', { language })
  await page.click('nav a[href="/measures"]')
  await ready(page)
  await page.click(`.presets button:has-text("${language === 'zh' ? '上月' : 'Last month'}")`)
  await page.waitForURL(/from=\d{4}-\d\d-01&to=/)
  await ready(page)
  check((await page.$$('.measures tbody')).length === 12, 'twelve measures')
  await page.click('.measures .name >> nth=8')
  await page.waitForSelector('.measures .wide')
  await house.look(page, `measures-${language}`)

  // the records of each are as many as the server counts, on the page too
  const asked = new URL(page.url()).search
  const answer = await page.evaluate(async (q) => (await fetch(`/api/v1/kpi${q}`)).json(), asked)
  check(
    answer.items.some((m) => m.count > 3),
    'something happened in that month',
  )
  for (const m of answer.items) {
    const href = await page.getAttribute(`.measures a[data-key="${m.key}"]`, 'href')
    const n = await page.evaluate(async (path) => {
      let n = 0
      for (let next = ''; next !== null;) {
        const a = await (
          await fetch(
            `/api/v1${path.replace('/measures/records', '/kpi/records')}&limit=1000${next ? `&cursor=${next}` : ''}`,
          )
        ).json()
        n += a.items.length
        next = a.next
      }
      return n
    }, href)
    check(n === m.count, `${m.key}: ${m.count} counted, ${n} listed`)
  }
  const sent = answer.items.find((m) => m.key === 'orders_sent').numerator
  await page.click('.measures a[data-key="orders_sent"]')
  await page.waitForSelector('.measure-records tbody tr')
  check((await page.$$('.measure-records tbody tr')).length === sent, `${sent} orders on the page`)
  await page.waitForSelector('.measure-records h1')
  await house.look(page, `measure-records-${language}`)
  await page.click('.measure-records tbody a')
  await page.waitForURL((url) => url.pathname.startsWith('/orders/'))
  await page.goBack()
  await page.waitForSelector('.measure-records tbody tr')
  await page.click('.measure-records .bar a')
  await page.waitForURL((url) => url.pathname === '/measures')
  await ready(page)

  // what is known on a day of that month is less than what is known now
  const month = new URL(page.url()).searchParams
  await page.fill('input[name=asof]', month.get('from'))
  await page.dispatchEvent('input[name=asof]', 'change')
  await page.waitForURL(/asof=/)
  await ready(page)
  check(
    (await text(page, '.measures a[data-key="orders_sent"]')) !== String(sent),
    'nothing was known yet on the first',
  )

  // CSV as the table
  await page.goto(`${house.base}/measures${asked}`)
  await ready(page)
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('.measures a[download]')])
  const csv = readFileSync(await download.path(), 'utf8')
  check(csv.split('\n').filter((l) => l.trim()).length === 13, 'twelve measures and a head in the CSV')

  // a target, by keyboard
  await page.focus('.measures tbody:nth-of-type(6) button:not(.name)')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.measures form input[name=value]')
  await page.fill('.measures form input[name=value]', language === 'zh' ? '5' : '6.5')
  await page.fill('.measures form input[name=from_date]', month.get('from'))
  await house.look(page, `measures-target-${language}`)
  await page.click('.measures form button[type=submit]')
  await page.waitForSelector('.measures form', { state: 'detached' })
  await page.waitForFunction(
    (aimed) =>
      document.querySelector('.measures tbody:nth-of-type(6) td:nth-of-type(3)').textContent.includes(aimed),
    language === 'zh' ? '5 %' : '6.5 %',
  )
  if (language === 'zh') {
    await page.emulateMedia({ media: 'print' })
    await house.look(page, 'measures-print')
  }
}

/** The leader instructs about an order that is late. */
async function instruct(house, language) {
  const words =
    language === 'zh' ? '请本周内办结，周五前报我' : 'To be closed this week; report to me by Friday'
  const page = await house.signIn('leader', { language })
  await page.click('nav a[href="/situation"]')
  await page.waitForSelector('.situation .figures')
  await page.click('.situation .figures > div:nth-child(4) a')
  await page.waitForURL((url) => url.pathname === '/orders')
  const id = await page.evaluate(
    async (q) => (await (await fetch(`/api/v1/orders${q}`)).json()).items[0].id,
    new URL(page.url()).search,
  )
  await page.click(`a[href="/orders/${id}"]`)
  await page.click(`button:has-text("${language === 'zh' ? '批示' : 'instruct'}")`)
  await page.fill('form textarea[name=text]', words)
  await page.click('form button[type=submit]')
  await page.waitForSelector(`text=${words}`)
  await house.look(page, `leader-instructed-${language}`)
}

/** An analyst reads measures and sets no targets. */
async function reader(house) {
  const page = await house.signIn('analyst')
  await page.click('nav a[href="/measures"]')
  await ready(page)
  check((await page.$$('.measures tbody button:not(.name)')).length === 0, 'an analyst sets no targets')
}

export const cases = [
  ...['zh', 'en'].map((language) => ({
    name: `measures of a past month, ${language}`,
    run: (house) => measures(house, language),
  })),
  ...['zh', 'en'].map((language) => ({
    name: `the leader instructs, ${language}`,
    run: (house) => instruct(house, language),
  })),
  { name: 'who only reads', run: reader },
]

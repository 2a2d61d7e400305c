// Assets by facets, one asset, and declarations taken or returned with what they change shown before.
import { check } from './house.mjs'

const api = (page, path) => page.evaluate(async (p) => (await fetch(p)).json(), path)

async function facets(house) {
  const page = await house.signIn('duty')
  await page.click('nav a[href="/assets"]')
  await page.waitForSelector('.facets fieldset')
  await page.waitForFunction(() => document.querySelector('.facets')?.getAttribute('aria-busy') === 'false')
  await house.look(page, 'assets')
  // every row can be reached by scrolling, and only those in view are drawn
  const all = Number((await page.locator('.assets h1 [role=status]').textContent()).replace(',', ''))
  check(all > 300, `${all} assets`)
  await page.waitForFunction((n) => {
    const box = document.querySelector('.assets .scroller')
    box.scrollTop = box.scrollHeight
    return box.querySelector(`tr[aria-rowindex="${n + 1}"]`) !== null
  }, all)
  const drawn = (await page.$$('.assets .scroller tbody tr')).length
  check(drawn < 60, `${drawn} rows are drawn`)
  // a facet's number is the number of rows that it leaves
  const box = page.locator('.facets label:has(input[name=exposure-internet])')
  const n = Number((await box.locator('.tabular').textContent()).replace(',', ''))
  await box.locator('input').check()
  await page.waitForURL(/exposure=internet/)
  const list = await api(page, '/api/v1/assets?exposure=internet&limit=1000')
  check(list.items.length === n, `${n} in the facet, ${list.items.length} in the list`)
  await page.waitForFunction(
    (c) => document.querySelector('.assets h1 [role=status]')?.textContent.trim() === String(c),
    n,
  )

  const host = (await api(page, '/api/v1/findings?limit=1')).items[0].asset_id
  await page.goto(`${house.base}/assets/${host}`)
  await page.waitForSelector('.asset .table tbody tr')
  await house.look(page, 'asset')
}

async function declarations(house) {
  const unit = JSON.parse(house.cli('unit', 'list', '--code', 'zj-gas', '--json').split('\n')[0]).id
  for (const [name, level] of [
    ['计费服务系统', '3'],
    ['调度监控系统', '2'],
  ]) {
    const d = JSON.parse(
      house.cli(
        'declaration',
        'add',
        '--unit',
        unit,
        '--name',
        name,
        '--mlps_level',
        level,
        '--says',
        'system',
        '--json',
      ),
    )
    house.cli('declaration', 'submit', d.id, '--on_behalf', '{"channel":"phone","person":"岑既明"}')
  }
  const page = await house.signIn('duty')
  await page.click('nav a[href="/declarations"]')
  await page.waitForSelector('.review article')
  await page.waitForSelector('text=通过后资产将这样变化')
  await house.look(page, 'declarations')
  await page.click('article:has-text("调度监控系统") button:has-text("退回")')
  await page.fill('article textarea[name=reason]', '请补充网址')
  await page.click('article form button[type=submit]')
  await page.waitForFunction(() => document.querySelectorAll('.review article').length === 1)
  await page.click('article:has-text("计费服务系统") button:has-text("通过")')
  await page.waitForSelector('text=没有待审核的申报')
  const made = await api(page, `/api/v1/assets?unit_id=${unit}&name=${encodeURIComponent('计费服务系统')}`)
  check(made.items.length === 1 && made.items[0].mlps_level === 3, 'it is an asset now')
  const back = await api(page, `/api/v1/declarations?unit_id=${unit}&state=returned`)
  check(back.items[0]?.reason === '请补充网址', 'the unit reads why')
}

export const cases = [
  { name: 'facets whose numbers are the rows, one asset', run: facets },
  { name: 'declarations taken and returned', run: declarations },
]

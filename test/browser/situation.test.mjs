// The leader opens the situation: each number opens a list of exactly that many rows.
import { check } from './house.mjs'

/** How many rows the list behind a page of the console has. */
const rows = (page, href) =>
  page.evaluate(async (path) => {
    let n = 0
    for (let next = ''; next !== null;) {
      const url = new URL(`/api/v1${path.replace('/measures/records', '/kpi/records')}`, location.origin)
      url.searchParams.set('limit', '1000')
      if (next) url.searchParams.set('cursor', next)
      const a = await (await fetch(url)).json()
      n += a.items.length
      next = a.next
    }
    return n
  }, href)

const ready = async (page) => {
  await page.waitForSelector('.situation .city .number')
  await page.waitForSelector('.situation .trend .chart canvas')
}

async function glance(house, language) {
  const page = await house.signIn('leader', { language })
  await page.click('nav a[href="/situation"]')
  await ready(page)
  const fits = await page.evaluate(() => {
    const main = document.querySelector('main')
    return [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth]
  })
  check(fits[0] <= 0 && fits[1] <= 0, `one screen of 1280 × 720: ${fits} too much`)
  await house.look(page, `situation-${language}`)
  const tiles = await page.$$eval('.city .tile', (all) => all.length)
  check(tiles === 10, `nine divisions and the city's own: ${tiles}`)

  // every number as the lists have it
  await page.check('.situation input[type=checkbox]')
  await page.waitForSelector('.situation .trend table')
  const links = await page.$$eval('.situation .count, .city .number, .city a.word', (all) =>
    all.map((a) => ({ href: a.getAttribute('href'), n: Number(a.textContent.replace(/\D/g, '')) })),
  )
  check(links.length > 60, `only ${links.length} numbers`)
  check(
    links.some((l) => l.n > 0 && l.href.includes('unit_id__direct')),
    'the city has findings of its own',
  )
  check(
    links.some((l) => l.n > 0 && l.href.includes('silent')),
    'somebody does not answer',
  )
  for (const { href, n } of links) {
    const has = await rows(page, href)
    check(has === n, `${href} says ${n}, the list has ${has}`)
  }
  const sum = await page.$$eval('.city .number', (all) =>
    all.reduce((s, a) => s + Number(a.textContent.replace(/\D/g, '')), 0),
  )
  const all = links.find((l) => l.href === '/findings?state__in=new,confirmed,ordered,fixed').n
  const unowned = links.find((l) => l.href.includes('unit_id__null'))?.n ?? 0
  check(sum + unowned === all, `the tiles have ${sum}, nobody's are ${unowned}, all are ${all}`)
  await house.look(page, `situation-tables-${language}`)

  // by mouse and by keyboard
  await page.click('.city .tile .number')
  await page.waitForURL((url) => url.pathname === '/findings' && url.searchParams.has('unit_id__under'))
  await page.goBack()
  await ready(page)
  await page.focus('.city .number >> nth=1')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === '/findings')
}

async function dark(house) {
  const page = await house.signIn('leader', { dark: true })
  await page.evaluate(() => localStorage.setItem('seawall.theme', 'dark'))
  await page.goto(`${house.base}/situation`)
  await ready(page)
  await house.look(page, 'situation-dark')
}

/** Others see their own part: a county its own tile, a liaison none. */
async function parts(house) {
  const page = await house.signIn('county')
  await page.click('nav a[href="/situation"]')
  await ready(page)
  check((await page.$$('.city .tile')).length === 1, 'a county sees its own tile')
  await house.look(page, 'situation-county')
}

/** Boundaries of one's own: read from a file, kept, refused when they are none. */
async function boundaries(house) {
  const page = await house.signIn('leader')
  await page.goto(`${house.base}/situation`)
  await ready(page)
  const file = (text) => ({
    name: 'city.geojson',
    mimeType: 'application/geo+json',
    buffer: Buffer.from(text),
  })
  await page.setInputFiles('input[name=geo]', file('{"type":"Topology"}'))
  await page.waitForSelector('.bounds [role=alert]')
  check((await page.$$('.city .tile')).length === 10, 'the tiles stay')
  const area = (code, name, lon, lat) => ({
    type: 'Feature',
    properties: { adcode: code, name },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [lon, lat],
          [lon + 0.2, lat],
          [lon + 0.2, lat + 0.2],
          [lon, lat + 0.2],
          [lon, lat],
        ],
      ],
    },
  })
  await page.setInputFiles(
    'input[name=geo]',
    file(
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          area(440802, '赤坎区', 110.3, 21.2),
          area(440881, '廉江市', 110.2, 21.6),
          area(1, '海', 110.6, 21),
        ],
      }),
    ),
  )
  await page.waitForSelector('.geo path')
  await page.reload()
  await page.waitForSelector('.geo path')
  await house.look(page, 'situation-boundaries')
  await page.click('.geo a.number')
  await page.waitForURL((url) => url.pathname === '/findings' && url.searchParams.has('unit_id__under'))
  await page.goBack()
  await page.waitForSelector('.geo path')
  await page.click('.bounds button')
  await page.waitForSelector('.city .tile')
}

export const cases = [
  ...['zh', 'en'].map((language) => ({
    name: `each number opens its list, ${language}`,
    run: (house) => glance(house, language),
  })),
  { name: 'dark', run: dark },
  { name: 'own boundaries', run: boundaries },
  { name: 'a county sees its own', run: parts },
]

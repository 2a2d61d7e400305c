// The measuring part of test/bench/console: first | live | lists BASE PASSWORD [CHANGES].  One figure a line: name, value, unit, budget.
import { readFileSync } from 'node:fs'
import { launch } from '../browser/house.mjs'

const [part, base, password, changes] = process.argv.slice(2)
const tell = (figure, value, unit, budget = '') =>
  console.log([figure, Math.round(value * 10) / 10, unit, budget].join('\t'))
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function stranger(browser) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(120000)
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  return { context, page, cdp }
}

async function signIn(page) {
  await page.goto(`${base}/sign-in`)
  await page.fill('input[name=username]', 'duty')
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('.frame main h1')
}

/** Bytes on the wire as Chromium counts them, heads of answers included. */
async function counter(cdp) {
  const seen = { all: 0, files: 0 }
  const files = new Set()
  await cdp.send('Network.enable')
  cdp.on('Network.responseReceived', (e) => {
    if (!e.response.url.includes('/api/')) files.add(e.requestId)
  })
  cdp.on('Network.loadingFinished', (e) => {
    seen.all += e.encodedDataLength
    if (files.has(e.requestId)) seen.files += e.encodedDataLength
  })
  return seen
}

async function first(browser) {
  const toForm = []
  const toDesk = []
  for (let i = 0; i < 5; i++) {
    const { context, page, cdp } = await stranger(browser)
    const seen = await counter(cdp)
    let begun = performance.now()
    await page.goto(base, { waitUntil: 'commit' })
    await page.waitForSelector('input[name=password]')
    toForm.push(performance.now() - begun)
    await page.waitForLoadState('load')
    if (i === 0) tell('first load, to the sign-in form', seen.files / 1000, 'kB', 400)
    await page.fill('input[name=username]', 'duty')
    await page.fill('input[name=password]', password)
    await page.click('button[type=submit]')
    await page.waitForSelector('.desk tbody tr')
    // a stranger's computer on which somebody is signed in: nothing kept
    await cdp.send('Network.clearBrowserCache')
    const before = { ...seen }
    begun = performance.now()
    await page.goto(base, { waitUntil: 'commit' })
    await page.waitForSelector('.desk tbody tr')
    toDesk.push(performance.now() - begun)
    await page.waitForLoadState('load')
    if (i === 0) {
      tell('first load, to the rows of Today', (seen.files - before.files) / 1000, 'kB', 400)
      tell('first load, to the rows of Today, with its data', (seen.all - before.all) / 1000, 'kB')
    }
    await context.close()
  }
  tell('from navigation to the sign-in form, nothing kept', middle(toForm), 'ms', 1000)
  tell('from navigation to the rows of Today, nothing kept', middle(toDesk), 'ms', 1000)
}

/** In the page: the time from doing it until its rows are drawn, and how much of it the list's own request took. */
function timed([what, path, rows]) {
  const text = () => document.querySelector(rows)?.textContent ?? ''
  const before = text()
  const main = document.querySelector('main')
  const same = location.pathname === path
  const there = () =>
    location.pathname === path &&
    text() &&
    (!same || text() !== before) &&
    !main.querySelector('table[aria-busy=true]')
  performance.clearResourceTimings()
  return new Promise((done) => {
    const begun = performance.now()
    const asked = () =>
      performance
        .getEntriesByType('resource')
        .filter((e) => e.name.includes(`/api/v1${path}?`))
        .reduce((most, e) => Math.max(most, e.responseEnd - e.requestStart), 0)
    const look = () => {
      if (there()) requestAnimationFrame(() => done({ all: performance.now() - begun, asked: asked() }))
      else requestAnimationFrame(look)
    }
    document.querySelector(what).click()
    requestAnimationFrame(look)
  })
}

function report(what, times) {
  tell(`1 M findings, ${what}`, middle(times.map((t) => t.all)), 'ms', 200)
  tell(`1 M findings, ${what}, its request`, middle(times.map((t) => t.asked)), 'ms')
}
const ROW = 'main tbody tr:not(.space)'
async function lists(browser) {
  const { page } = await stranger(browser)
  await signIn(page)
  for (const turn of ['the first time', 'again']) {
    for (const path of ['/findings', '/orders', '/assets']) {
      const times = []
      for (let i = 0; i < (turn === 'again' ? 5 : 1); i++) {
        await page.click('nav a[href="/settings"], nav a[href="/notices"]')
        await page.waitForURL((url) => url.pathname !== path)
        await page.waitForSelector('main h1')
        await page.waitForTimeout(300)
        times.push(await page.evaluate(timed, [`nav a[href="${path}"]`, path, ROW]))
        await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
      }
      report(`from click to rows, ${path}, ${turn}`, times)
    }
  }
  await page.click('nav a[href="/findings"]')
  await page.waitForSelector('input[name=severity-low]')
  for (const name of ['severity-low', 'state-confirmed', 'kev-true']) {
    await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
    const took = await page.evaluate(timed, [`input[name="${name}"]`, '/findings', 'main table tbody'])
    report(`from a filter to rows, ${name} added`, [took])
  }

  await page.goto(`${base}/findings`)
  await page.waitForSelector(ROW)
  await page.waitForTimeout(1000)
  const down = await page.evaluate(async () => {
    const box = document.querySelector('.scroller')
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    const { left, top, height } = box.getBoundingClientRect()
    const row = () => {
      const tr = document.elementFromPoint(left + 200, top + height / 2)?.closest('tr')
      return tr && !tr.classList.contains('space') && tr.textContent.trim()
    }
    const times = []
    for (let i = 0; i < 50; i++) {
      const begun = performance.now()
      box.scrollTop += box.clientHeight
      do await frame()
      while (!row() && performance.now() - begun < 10000)
      times.push(performance.now() - begun)
    }
    return times
  })
  tell('1 M findings, page down, the middle of 50', middle(down), 'ms')
  tell('1 M findings, page down, the slowest of 50', Math.max(...down), 'ms', 200)
}

/** What a tab holds: its heap after a collection, nodes, listeners, and the memory of its process. */
async function held(browser, cdp) {
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const value = (name) => metrics.find((m) => m.name === name).value
  const root = await browser.newBrowserCDPSession()
  const { processInfo } = await root.send('SystemInfo.getProcessInfo')
  await root.detach()
  const resident = processInfo
    .filter((p) => p.type === 'renderer')
    .map((p) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${p.id}/status`, 'utf8'))?.[1] ?? 0))
  return {
    'heap, MB': value('JSHeapUsedSize') / 1e6,
    'process, MB': Math.max(...resident) / 1000,
    nodes: value('Nodes'),
    listeners: value('JSEventListeners'),
  }
}

async function live(browser) {
  const there = await await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'duty', password }),
  }).then(async (a) => ({ cookie: a.headers.getSetCookie()[0].split(';')[0], ...(await a.json()) }))
  const headers = { cookie: there.cookie, 'x-csrf-token': there.csrf, 'content-type': 'application/json' }
  const get = async (path) => (await (await fetch(`${base}/api/v1/${path}`, { headers })).json()).items
  const orders = await get('orders?state=sent&limit=20')
  const one = async (i) => {
    const order = orders[i % orders.length]
    const body = JSON.stringify({ channel: 'phone', person: 'Li', result: `${i}` })
    const answer = await fetch(`${base}/api/v1/orders/${order.id}/urge`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`urge: ${answer.status} ${await answer.text()}`)
  }
  if (!orders.length) throw new Error('the demonstration has no orders to urge')
  for (const path of ['/', '/orders']) {
    const { context, page, cdp } = await stranger(browser)
    await cdp.send('Performance.enable')
    let asked = 0
    page.on('request', (r) => {
      if (r.url().includes('/api/') && !r.url().includes('/stream')) asked++
    })
    await signIn(page)
    await page.goto(base + path)
    await page.waitForSelector('main tbody tr')
    // what is made lazily, and the first reading, is no growth
    for (let i = 0; i < 50; i++) await one(i)
    await page.waitForTimeout(3000)
    const before = await held(browser, cdp)
    const begun = performance.now()
    asked = 0
    for (let i = 0; i < Number(changes); i++) {
      await one(i)
      // as they come in an hour, not in one heap: the page reads again between them
      if (i % 10 === 9) await new Promise((done) => setTimeout(done, 350))
    }
    await page.waitForTimeout(3000)
    const after = await held(browser, cdp)
    const name = `${path}, ${changes} changes`
    tell(`${name}, in`, (performance.now() - begun) / 1000, 's')
    tell(`${name}, requests of the page`, asked, 'requests')
    for (const key of Object.keys(before)) {
      const unit = key.split(', ')[1] ?? key
      tell(`${name}, ${key.split(',')[0]} before`, before[key], unit)
      tell(`${name}, ${key.split(',')[0]} after`, after[key], unit)
    }
    await context.close()
  }
}

const browser = await launch()
try {
  await { first, live, lists }[part](browser)
} finally {
  await browser.close()
}

// What the days of the six kinds of user share: the words on screen, taken from the files that the program is built of,
// and what a person does on many pages.  A page in English may show Chinese only where a record says it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { check, visit } from './house.mjs'

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..')
const { rolldown } = await import(pathToFileURL(join(root, 'web/node_modules/rolldown/dist/index.mjs')).href)

async function wordsOf(language) {
  const bundle = await rolldown({ input: join(root, `web/src/words/${language}.ts`) })
  const { output } = await bundle.generate({ format: 'esm' })
  return (await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)).default
}
const words = { zh: await wordsOf('zh'), en: await wordsOf('en') }
const states = Object.fromEntries(
  [
    ...readFileSync(join(root, 'src/resource/words.def'), 'utf8').matchAll(
      /WORD\("(\w+)", "([^"]+)", "([^"]+)"\)/g,
    ),
  ].map(([, key, zh, en]) => [key, { zh, en }]),
)
const every = (tree) => Object.values(tree).flatMap((one) => (typeof one === 'string' ? [one] : every(one)))
/** Chinese that the console itself says. */
const said = new Set(
  [...every(words.zh), ...Object.values(states).map((s) => s.zh)].filter((s) => s.length > 1),
)
const spoken = new Set()

/** Chinese on screen: visible texts, names and hints of elements, beside what is marked as Chinese. */
function hanTexts() {
  const found = new Set()
  const han = /[\u3400-\u9fff]/
  const marked = (e) => e.closest('[lang^=zh]:not(html), script, style, option:not(:checked)')
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n = walk.nextNode(); n; n = walk.nextNode())
    if (han.test(n.data) && !marked(n.parentElement) && n.parentElement.getClientRects().length)
      found.add(n.data.trim())
  for (const e of document.querySelectorAll('[title], [aria-label], [placeholder], [alt]'))
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
      const text = e.getAttribute(name)
      if (text && han.test(text) && !marked(e)) found.add(text)
    }
  return [...found]
}

/** Is this what a record says?  What is stored lies in the store as it was written. */
function stored(house) {
  const folder = join(house.data, 'store')
  return readdirSync(folder)
    .filter((f) => /\.db(-wal)?$/.test(f))
    .map((f) => readFileSync(join(folder, f)))
}
export async function onlyEnglish(house, page, name) {
  const texts = await page.evaluate(hanTexts)
  if (!texts.length) return
  const files = stored(house)
  const known = (part) => files.some((f) => f.includes(part))
  const foreign = (text) =>
    said.has(text) ||
    [...text.matchAll(/[\u3400-\u9fff]+/g)].some(
      ({ 0: run, index }) =>
        !known(run) || (said.has(run) && !known(text.slice(Math.max(0, index - 3), index + run.length + 3))),
    )
  const wrong = texts.filter((text) => !spoken.has(text) && foreign(text))
  if (wrong.length) house.faults.push(`Chinese on ${name} in English: ${wrong.slice(0, 8).join(' | ')}`)
}

/** Somebody at work in one language. */
export class Day {
  constructor(house, page, who, language) {
    Object.assign(this, { house, page, who, language })
  }
  /** A word of the console by its key in web/src/words. */
  w(key, named = {}) {
    const word = key.split('.').reduce((tree, part) => tree?.[part], words[this.language])
    check(typeof word === 'string', `there is no word ${key}`)
    const [one, many] = word.split(' | ')
    return (named.n === 1 || many === undefined ? one : many).replace(/\{(\w+)\}/g, (_, name) => named[name])
  }
  /** A word of a state or a verb by its key in words.def. */
  verb(key) {
    check(states[key], `there is no word ${key}`)
    return states[key][this.language]
  }
  /** What one types: in the language of the day. */
  type(zh, en) {
    spoken.add(zh)
    return this.language === 'zh' ? zh : en
  }
  button(name, within = this.page) {
    return within.getByRole('button', { name, exact: true })
  }
  field(name, within = this.page) {
    return within.locator(`[name="${name}"]`)
  }
  async settled() {
    await this.page.waitForSelector('main h1, main .trouble')
    await this.page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
  }
  /** A page of the side bar, by its word. */
  async go(key) {
    const link = this.page.locator('nav').getByRole('link', { name: this.w(key), exact: true })
    await visit(this.page, await link.getAttribute('href'))
  }
  /** The page is in order, in the right language, and this much of it a screenshot. */
  async look(name) {
    await this.house.look(this.page, `day-${this.who}-${name}-${this.language}`)
    if (this.language === 'en') await onlyEnglish(this.house, this.page, `${this.who} ${name}`)
  }
  /** One verb of an order, on its page or in a row: pressed wherever it stands, its form filled and sent. */
  async act(key, given = {}, within = this.page.locator('main')) {
    const button = within.locator('button', { hasText: new RegExp(`^\\s*${this.verb(key)}\\s*$`) }).first()
    const more = within.locator('.actions details summary')
    await within.locator('button').first().waitFor()
    if (!(await button.isVisible()) && (await more.count())) await more.click()
    await button.click()
    const form = this.page.locator('form.act')
    await form.waitFor()
    for (const [name, value] of Object.entries(given)) await this.put(name, value, form)
    await form.locator('button[type=submit]').click()
    await form.waitFor({ state: 'detached' })
  }
  /** One field, whatever it is. */
  async put(name, value, within = this.page) {
    const field = this.field(name, within)
    const kind = await field
      .first()
      .evaluate((e) => (e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()))
    if (kind === 'select') await field.selectOption(value)
    else if (kind === 'file') await field.setInputFiles(value)
    else if (kind === 'radio') await field.and(this.page.locator(`[value="${value}"]`)).check()
    else if (kind === 'checkbox') await field.setChecked(value)
    else await field.fill(value)
  }
  async rows(selector = 'main tbody tr') {
    return this.page.locator(selector).count()
  }
  /** Waits until a list has exactly this many rows; says how many it has else. */
  async shows(n, selector = 'main tbody tr') {
    for (let i = 0; i < 60; i++) {
      if ((await this.rows(selector)) === n) return
      await this.page.waitForTimeout(50)
    }
    check(false, `${selector}: ${await this.rows(selector)} rows, the number says ${n}`)
  }
}

export async function day(house, who, language, options = {}) {
  return new Day(house, await house.signIn(who, { language, typed: true, ...options }), who, language)
}
/** The same day in both languages. */
export const both = (name, run) =>
  ['zh', 'en'].map((language) => ({ name: `${name} (${language})`, run: (house) => run(house, language) }))
export const json = (text) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
export const order = (house, id) => json(house.cli('order', 'show', id, '--json'))[0]
/** An order of the other side: sent by the local administrator. */
export const sent = (house, kind, title, unit) =>
  order(
    house,
    JSON.parse(house.cli('order', 'send', '--kind', kind, '--title', title, '--to-unit', unit, '--json'))
      .orders[0].id,
  )
/** An order about these vulnerabilities of a unit, an item for each piece of software. */
export function dispatched(house, unit, ...vulns) {
  const ids = json(
    house.cli(
      'finding',
      'list',
      '--unit_id',
      unit,
      '--state',
      'new',
      '--vuln_id__in',
      vulns.join(','),
      '--json',
    ),
  ).map((f) => f.id)
  return order(house, JSON.parse(house.cli('finding', 'order', ...ids, '--json')).orders[0].id)
}
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

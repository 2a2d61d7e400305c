// The house under test: a demonstration city, the program serving it, a browser, people who sign in.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = resolve(here, '../../web/node_modules')
const load = async (name) => import(pathToFileURL(join(modules, name)).href)
const { chromium } = await load('playwright-core/index.mjs')
export const { AxeBuilder } = await load('@axe-core/playwright/dist/index.mjs')
const AXE = readFileSync(join(modules, 'axe-core/axe.min.js'), 'utf8')

const ARGUMENTS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** How long anything may take that a test waits for: only a failure is ever as slow, and a busy machine is none. */
const PATIENCE = 30000

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

export function scratch() {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  return mkdtempSync(join(process.env.TMPDIR ?? memory, 'seawall-browser-'))
}

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS })

/** `seawall serve` over DATA on a free port, answering. */
async function serve(program, data) {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const server = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  server.stderr.on('data', (text) => {
    said = (said + text).slice(-20000)
  })
  const ended = new Promise((done) => server.on('exit', (code, signal) => done(code ?? signal)))
  const answers = () =>
    fetch(`${base}/healthz`).then(
      (a) => a.ok,
      () => false,
    )
  for (const start = Date.now(); !(await answers());) {
    if (server.exitCode !== null || Date.now() - start > PATIENCE)
      throw new Error(`the server did not start: ${said}`)
    await new Promise((done) => setTimeout(done, 20))
  }
  const stop = () => {
    server.kill('SIGTERM')
    return ended
  }
  return { base, stop }
}

async function cookieOf(base, username, password) {
  const answer = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (!cookie) throw new Error(`${username} could not sign in: ${answer.status} ${await answer.text()}`)
  const at = cookie.indexOf('=')
  return { name: cookie.slice(0, at), value: cookie.slice(at + 1) }
}

/** The city that each file gets a copy of: made once, every account signed in once.  city.json: accounts and sessions. */
export async function makeCity(program, folder) {
  const data = join(folder, 'data')
  const made = spawnSync(program, ['demo', '--data', data], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`seawall demo: ${made.stderr}`)
  const accounts = Object.fromEntries(
    readFileSync(join(data, 'accounts.txt'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/\s+/).slice(0, 2)),
  )
  const { base, stop } = await serve(program, data)
  const sessions = {}
  for (const [name, password] of Object.entries(accounts))
    sessions[name] = await cookieOf(base, name, password)
  await stop()
  return { data, accounts, sessions }
}

/** A house of one's own: a copy of the city, the program serving it. */
export async function open(program, city, browser) {
  const folder = scratch()
  const data = join(folder, 'data')
  cpSync(city.data, data, { recursive: true, preserveTimestamps: true })
  const server = await serve(program, data)
  return new House(program, folder, data, { ...city.accounts }, city.sessions, browser, server)
}

class House {
  /** What went wrong on pages beside what a test compares; it counts against the case. */
  faults = []
  constructor(program, folder, data, accounts, sessions, browser, server) {
    Object.assign(this, { program, folder, data, accounts, sessions, browser, server, base: server.base })
  }

  /** The program as the local administrator: seawall … --data DATA; its standard output. */
  cli(...words) {
    const done = spawnSync(this.program, [...words, '--data', this.data], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`seawall ${words.join(' ')}: ${done.stderr}`)
    return done.stdout
  }

  /** A page of a browser of its own.  expect: statuses that this test provokes. */
  async page({ language = 'zh', phone = false, dark = false, expect = [], session = null } = {}) {
    const context = await this.browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 720 },
      hasTouch: phone,
      timezoneId: 'UTC',
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      acceptDownloads: true,
    })
    context.setDefaultTimeout(PATIENCE)
    if (session)
      await context.addCookies([{ ...session, url: this.base, httpOnly: true, sameSite: 'Strict' }])
    await context.addInitScript(
      ({ l, known }) => {
        if (location.protocol === 'about:') return
        // the mark that the console keeps beside a cookie which it cannot read
        if (known && !sessionStorage.getItem('known')) localStorage.setItem('seawall.signed-in', 'yes')
        if (known) sessionStorage.setItem('known', 'yes')
        if (!localStorage.getItem('seawall.language')) localStorage.setItem('seawall.language', l)
        document.addEventListener('securitypolicyviolation', (e) =>
          console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`),
        )
      },
      { l: language, known: !!session },
    )
    this.#watch(context, new Set([401, ...expect]))
    return context.newPage()
  }

  /** What no page may do, those that it opens included. */
  #watch(context, allowed) {
    context.on('console', (m) => {
      if (m.type() === 'error' && !/Failed to load resource/.test(m.text()))
        this.faults.push(`console: ${m.text()}`)
    })
    context.on('weberror', (e) => this.faults.push(`page error: ${e.error().message}`))
    context.on('response', (r) => {
      if (r.status() >= 400 && !allowed.has(r.status()))
        this.faults.push(`${r.status()} ${r.request().method()} ${r.url()}`)
    })
  }

  /**
   * The first page of somebody signed in.  A password given, or `typed`: through the form, as a person does; otherwise in
   * the session that the city was made with, which is the same for all who do not type.
   */
  async signIn(name, options = {}) {
    const typed = options.typed || options.password || this.accounts[name] === undefined
    const page = await this.page({ ...options, session: typed ? null : this.sessions[name] })
    if (!typed) {
      await page.goto(this.base)
      await page.waitForSelector('main')
      return page
    }
    await page.goto(`${this.base}/sign-in`)
    await page.fill('input[name=username]', name)
    await page.fill('input[name=password]', options.password ?? this.accounts[name])
    await page.click('button[type=submit]')
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }

  /**
   * Is the page in order?  Nothing serious or critical by axe (of a long table its first dozen rows: they are what costs, and
   * the others are made alike); a screenshot when SHOTS names a folder.
   */
  async look(page, name) {
    for (const one of await this.serious(page)) this.faults.push(`axe on ${name}: ${one}`)
    await this.shot(page, name)
  }

  /** What axe finds serious or critical, by all its rules or those named. */
  async serious(page, rules = null) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
    return page.evaluate(async (only) => {
      const { violations } = await window.axe.run(
        { exclude: [['tbody tr:nth-child(n+13)']] },
        { resultTypes: ['violations'], ...(only && { runOnly: only }) },
      )
      return violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => {
          const where = v.nodes.slice(0, 3).map((n) => n.target.join(' '))
          return `${v.id} (${v.impact}): ${where.join(' | ')}`
        })
    }, rules)
  }

  /** A screenshot when SHOTS names a folder. */
  async shot(page, name) {
    if (!process.env.SHOTS) return
    mkdirSync(process.env.SHOTS, { recursive: true })
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
  }

  /** How the server ended: 0 is well. */
  async close() {
    const code = await this.server.stop()
    rmSync(this.folder, { recursive: true, force: true })
    return code
  }
}

export function check(condition, what) {
  if (!condition) throw new Error(what)
}

/** A page of the side bar: chosen, there instead of the one before, and at rest. */
export async function visit(page, path) {
  await page.click(`nav a[href="${path}"]`)
  await page.waitForURL((url) => url.pathname === path)
  await page.waitForSelector('main h1, main .trouble')
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
}

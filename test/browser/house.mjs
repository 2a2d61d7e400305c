// The house under test: a demonstration city, the program serving it, a browser, people who sign in.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = resolve(here, '../../web/node_modules')
const load = async (name) => import(pathToFileURL(join(modules, name)).href)
const { chromium } = await load('playwright-core/index.mjs')
export const { AxeBuilder } = await load('@axe-core/playwright/dist/index.mjs')

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

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

export async function open(program) {
  const memory = '/dev/shm'
  const folder = mkdtempSync(join(process.env.TMPDIR ?? memory ?? tmpdir(), 'seawall-browser-'))
  const data = join(folder, 'data')
  const made = spawnSync(program, ['demo', '--data', data], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`seawall demo: ${made.stderr}`)
  const accounts = Object.fromEntries(
    readFileSync(join(data, 'accounts.txt'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/\s+/).slice(0, 2)),
  )
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const server = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  server.stderr.on('data', (text) => {
    said = (said + text).slice(-20000)
  })
  const ended = new Promise((done) => server.on('exit', (code) => done(code)))
  for (let i = 0; ; i++) {
    if (
      await fetch(`${base}/healthz`).then(
        (a) => a.ok,
        () => false,
      )
    )
      break
    if (i === 200) throw new Error(`the server did not start: ${said}`)
    await new Promise((done) => setTimeout(done, 50))
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  })
  return new House(program, folder, data, base, accounts, browser, server, ended)
}

class House {
  /** What went wrong on pages beside what a test compares; run.mjs counts it against the case. */
  faults = []
  constructor(program, folder, data, base, accounts, browser, server, ended) {
    Object.assign(this, { program, folder, data, base, accounts, browser, server, ended })
  }

  /** The program as the local administrator: seawall … --data DATA; its standard output. */
  cli(...words) {
    const done = spawnSync(this.program, [...words, '--data', this.data], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`seawall ${words.join(' ')}: ${done.stderr}`)
    return done.stdout
  }

  /** A page of a browser of its own.  expect: statuses that this test provokes. */
  async page({ language = 'zh', phone = false, dark = false, expect = [] } = {}) {
    const context = await this.browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 720 },
      hasTouch: phone,
      timezoneId: 'UTC',
      colorScheme: dark ? 'dark' : 'light',
      acceptDownloads: true,
    })
    await context.addInitScript((l) => {
      if (!localStorage.getItem('seawall.language')) localStorage.setItem('seawall.language', l)
      document.addEventListener('securitypolicyviolation', (e) =>
        console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`),
      )
    }, language)
    const page = await context.newPage()
    const allowed = new Set([401, ...expect])
    page.on('console', (m) => {
      if (m.type() === 'error' && !/Failed to load resource/.test(m.text()))
        this.faults.push(`console: ${m.text()}`)
    })
    page.on('pageerror', (e) => this.faults.push(`page error: ${e.message}`))
    page.on('response', (r) => {
      if (r.status() >= 400 && !allowed.has(r.status()))
        this.faults.push(`${r.status()} ${r.request().method()} ${r.url()}`)
    })
    page.setDefaultTimeout(10000)
    return page
  }

  /** Signed in through the form, as a person does. */
  async signIn(name, options = {}) {
    const page = await this.page(options)
    await page.goto(`${this.base}/sign-in`)
    await page.fill('input[name=username]', name)
    await page.fill('input[name=password]', options.password ?? this.accounts[name])
    await page.click('button[type=submit]')
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }

  /** Is the page in order?  Nothing serious or critical by axe; a screenshot when SHOTS names a folder. */
  async look(page, name) {
    const found = await new AxeBuilder({ page }).analyze()
    for (const v of found.violations)
      if (v.impact === 'serious' || v.impact === 'critical')
        this.faults.push(
          `axe on ${name}: ${v.id} (${v.impact}): ${v.nodes
            .slice(0, 3)
            .map((n) => n.target.join(' '))
            .join(' | ')}`,
        )
    await this.shot(page, name)
  }

  /** A screenshot when SHOTS names a folder. */
  async shot(page, name) {
    if (!process.env.SHOTS) return
    mkdirSync(process.env.SHOTS, { recursive: true })
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
  }

  async close() {
    await this.browser.close()
    this.server.kill('SIGTERM')
    const code = await this.ended
    rmSync(this.folder, { recursive: true, force: true })
    return code
  }
}

export function check(condition, what) {
  if (!condition) throw new Error(what)
}

// One worker of run.mjs: a browser, and for each file that it is told a house of its own.
import { join } from 'node:path'
import { launch, open } from './house.mjs'

const [program] = process.argv.slice(2)
const city = JSON.parse(process.env.CITY)
const browser = await launch()

/** Where the pages of a case that failed stand; a screenshot of each when SHOTS names a folder. */
async function seen(name) {
  const pages = browser.contexts().flatMap((c) => c.pages())
  const folder = process.env.SHOTS
  const path = (i) => join(folder, `failed-${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}-${i}.png`)
  if (folder) await Promise.all(pages.map((p, i) => p.screenshot({ path: path(i) }).catch(() => null)))
  return pages.map((p) => `on ${p.url()}`)
}

/** What went wrong, '' if nothing did. */
async function attempt(house, one) {
  let why = ''
  house.faults = []
  try {
    await one.run(house)
  } catch (error) {
    why = [String(error.stack ?? error), ...(await seen(one.name))].join('\n')
  }
  for (const context of browser.contexts()) await context.close()
  return [why, ...house.faults].filter(Boolean).join('\n')
}

async function run(file) {
  const start = Date.now()
  const { cases } = await import(`./${file}.test.mjs`)
  const results = []
  const house = await open(program, city, browser)
  try {
    for (const one of cases) {
      if (!one.name.includes(process.env.CASE ?? '')) continue
      const begun = Date.now()
      const why = await attempt(house, one)
      results.push({ name: one.name, why, ms: Date.now() - begun })
    }
  } finally {
    const code = await house.close()
    results.push({ name: 'the server ends cleanly', why: code === 0 ? '' : `it ended with ${code}`, ms: 0 })
  }
  return { results, ms: Date.now() - start }
}

process.on('message', async (file) => {
  if (file) {
    process.send(await run(file).catch((error) => ({ error: String(error.stack ?? error) })))
  } else {
    await browser.close()
    process.disconnect()
  }
})
process.on('disconnect', () => process.exit())
process.send('ready')

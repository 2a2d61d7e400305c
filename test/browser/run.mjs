// Runs *.test.mjs, several at once, each over a copy of one demonstration city, and prints TAP in the order of their names.
import { fork } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeCity, scratch } from './house.mjs'

const [program, ...names] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const there = readdirSync(here)
  .filter((f) => f.endsWith('.test.mjs'))
  .map((f) => f.slice(0, -9))
const unknown = names.filter((n) => !there.includes(n))
const files = there.filter((f) => !names.length || names.includes(f)).sort()
let n = 0
let failed = 0

function tell(name, why) {
  n++
  if (why) failed++
  console.log(`${why ? 'not ok' : 'ok'} ${n} - ${name}`)
  for (const line of why.split('\n').slice(0, 30)) if (line) console.log(`# ${line}`)
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

function print(file, { results, ms, error }) {
  if (error) return tell(`${file}: the file runs`, error)
  const longest = results.reduce((a, b) => (b.ms > a.ms ? b : a))
  console.log(`# ${file}: ${seconds(ms)}, longest ${seconds(longest.ms)}: ${longest.name}`)
  for (const one of results) tell(`${file}: ${one.name}`, one.why)
}

/** The longest first, so that no worker begins it when the others have nothing left: as many pages as are looked at. */
async function weigh(file) {
  const { cases } = await import(`./${file}.test.mjs`)
  const steps = readFileSync(`${here}${file}.test.mjs`, 'utf8').match(/await /g)?.length ?? 0
  return steps + 12 * cases.length
}

const done = new Map()
/** What is finished is printed as soon as all before it is. */
function finish(file, result) {
  done.set(file, result)
  while (files.length && done.has(files[0])) print(files[0], done.get(files.shift()))
}

/** Takes files from the queue until it is empty. */
function work(city, queue) {
  return new Promise((ended) => {
    let file = ''
    const worker = fork(`${here}worker.mjs`, [program], {
      env: { ...process.env, CITY: JSON.stringify(city) },
    })
    worker.on('message', (result) => {
      if (file) finish(file, result)
      file = queue.shift() ?? ''
      worker.send(file)
    })
    worker.on('exit', (code, signal) => {
      if (file || code) finish(file || 'worker', { error: `the worker ended with ${code ?? signal}` })
      ended()
    })
  })
}

const begun = Date.now()
const folder = scratch()
try {
  for (const name of unknown) tell(`${name}: there is no such file`, 'see test/browser')
  const weights = new Map()
  for (const file of files) weights.set(file, await weigh(file))
  const queue = [...files].sort((a, b) => weights.get(b) - weights.get(a))
  const city = await makeCity(program, folder)
  const workers = Math.min(Number(process.env.WORKERS ?? 2), queue.length)
  await Promise.all(Array.from({ length: workers }, () => work(city, queue)))
  for (const file of [...files]) finish(file, done.get(file) ?? { error: 'no worker took it' })
} catch (error) {
  tell('the city is made', String(error.stack ?? error))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`# all: ${seconds(Date.now() - begun)}`)
console.log(`1..${n}`)
process.exitCode = failed ? 1 : 0

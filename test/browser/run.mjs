// Runs *.test.mjs over one demonstration city and prints TAP.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { open } from './house.mjs'

const [program, ...names] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(here)
  .filter((f) => f.endsWith('.test.mjs') && (!names.length || names.includes(f.slice(0, -9))))
  .sort()
let n = 0
let failed = 0
function tell(ok, name, why = '') {
  n++
  if (!ok) failed++
  console.log(`${ok ? 'ok' : 'not ok'} ${n} - ${name}`)
  if (why)
    console.log(
      why
        .split('\n')
        .slice(0, 30)
        .map((line) => `# ${line}`)
        .join('\n'),
    )
}

const house = await open(program)

/** What went wrong, '' if nothing did. */
async function attempt(one) {
  let why = ''
  house.faults = []
  try {
    await one.run(house)
  } catch (error) {
    why = String(error.stack ?? error)
  }
  for (const context of house.browser.contexts()) await context.close()
  return [why, ...house.faults].filter(Boolean).join('\n')
}

try {
  for (const file of files) {
    const { cases } = await import(`./${file}`)
    for (const one of cases) {
      // one more try for what a busy machine made late; what fails twice has failed, and the first try is told
      let why = await attempt(one)
      if (why) {
        console.log(`# ${one.name}, first try: ${why.split('\n').slice(0, 6).join('\n#   ')}`)
        why = await attempt(one)
      }
      tell(!why, `${file.slice(0, -9)}: ${one.name}`, why)
    }
  }
} finally {
  tell((await house.close()) === 0, 'the server ends cleanly')
}
console.log(`1..${n}`)
process.exitCode = failed ? 1 : 0

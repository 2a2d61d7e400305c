// The built scripts must be what Chromium 86 understands (console.md section 8): newer syntax there is an empty page.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'

const folder = join(process.argv[2], 'static')
let bad = 0

function complain(name, node, what) {
  console.error(`${name}: ${what} at ${node.start}: not known to Chromium 86`)
  bad++
}

function walk(name, node) {
  if (!node || typeof node.type !== 'string') return
  if (node.type === 'StaticBlock') complain(name, node, 'static block')
  if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier')
    complain(name, node, '#x in y')
  if (node.type === 'AwaitExpression' && node.top) complain(name, node, 'top-level await')
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) value.forEach((one) => walk(name, one))
    else if (value && typeof value === 'object') walk(name, value)
  }
}

for (const name of readdirSync(folder)) {
  if (!name.endsWith('.js')) continue
  try {
    walk(name, parse(readFileSync(join(folder, name), 'utf8'), { ecmaVersion: 2022, sourceType: 'module' }))
  } catch (error) {
    console.error(`${name}: ${error.message}`)
    bad++
  }
}
process.exit(bad ? 1 : 0)

// Makes the pictures of the README from the demonstration city: pictures.mjs PROGRAM FOLDER
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { launch, makeCity, open, scratch } from './house.mjs'

const [program, folder] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const own = scratch()
const browser = await launch()
const house = await open(program, await makeCity(program, own), browser)

async function still(page) {
  await page.waitForSelector('main h1')
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true], .coming'))
  await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined) // live updates keep a line open
  await page.mouse.move(0, 0)
}
/** Runs in a page: a screenshot's width, height, its 256 most frequent colours, and of each point which is nearest. */
async function reduce(base64) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
  const { width, height } = bitmap
  const canvas = new OffscreenCanvas(width, height).getContext('2d')
  canvas.drawImage(bitmap, 0, 0)
  const { data } = canvas.getImageData(0, 0, width, height)
  const points = Array.from(
    { length: width * height },
    (_, i) => (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2],
  )
  const often = new Map()
  for (const p of points) often.set(p, (often.get(p) ?? 0) + 1)
  const colours = [...often]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 256)
    .map(([colour]) => colour)
  const apart = (a, b) =>
    [16, 8, 0].reduce((sum, by) => sum + (((a >> by) & 255) - ((b >> by) & 255)) ** 2, 0)
  const nearest = new Map()
  for (const p of often.keys())
    nearest.set(
      p,
      colours.reduce((best, c, i) => (apart(p, c) < apart(p, colours[best]) ? i : best), 0),
    )
  return { width, height, colours, indexes: points.map((p) => nearest.get(p)) }
}
function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
/** A PNG with a palette: a third of the size. */
function png({ width, height, colours, indexes }) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([8, 3], 8)
  const lines = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) lines.set(indexes.slice(y * width, (y + 1) * width), y * (width + 1) + 1)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(colours.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
const drawing = await browser.newPage()
async function picture(page, path, name) {
  if (path) await page.goto(house.base + path)
  await still(page)
  const shot = (await page.screenshot()).toString('base64')
  writeFileSync(join(folder, name), png(await drawing.evaluate(reduce, shot)))
}

try {
  const duty = await house.signIn('duty')
  await picture(duty, '', 'today.png')
  await picture(duty, '/situation', 'situation.png')
  const liaison = await house.signIn('liaison', { phone: true })
  await still(liaison)
  await picture(liaison, await liaison.getAttribute('a[href^="/orders/"]', 'href'), 'liaison.png')
} finally {
  process.exitCode = await house.close()
  await browser.close()
  rmSync(own, { recursive: true, force: true })
}

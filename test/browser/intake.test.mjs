// Bringing in what others sent: three hundred units by one drop, thousands of rows, scans and lists of components, sheets of
// declarations, and what the program says when too much of it waits.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check } from './house.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const api = (page, path) => page.evaluate(async (p) => (await fetch(p)).json(), path)
const settled = (page) =>
  page.waitForFunction(
    () => {
      const state = document.querySelector('.import .state')?.textContent ?? ''
      return state && !/比对|写入|received|compared|written/.test(state)
    },
    null,
    { timeout: 60000 },
  )
const count = (page, key) =>
  page.evaluate(
    (k) => Number(document.querySelector(k ? `.counts .${k} b` : '.counts button b')?.textContent ?? 0),
    key,
  )
let fresh = 0
const name = (what) => `${what}${process.pid}${++fresh}`

async function open(page, kind) {
  await page.goto(`${page.house}/imports?kind=${kind}`)
  await page.waitForSelector(`.kinds input[value=${kind}]:checked`)
}
async function drop(page, file, bytes, type = 'application/octet-stream') {
  await page.evaluate(
    ([given, base64, mime]) => {
      const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      const held = new DataTransfer()
      held.items.add(new File([raw], given, { type: mime }))
      document
        .querySelector('.drop')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: held, bubbles: true, cancelable: true }))
    },
    [file, Buffer.from(bytes).toString('base64'), type],
  )
}
async function shown(page) {
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/)
  await settled(page)
}
async function officer(house, options) {
  const page = await house.signIn('duty', options)
  page.house = house.base
  return page
}

/** The workbook of the first week: 300 units with 36 kinds of mess, dropped as it is. */
async function roster(house) {
  const made = [resolve(dirname(house.program), '../../test'), resolve(root, 'build/meson/test')].find((f) =>
    existsSync(`${f}/roster.xlsx`),
  )
  check(made, 'the build made roster.xlsx')
  const page = await officer(house)
  await open(page, 'units')
  await drop(page, '联络员名册.xlsx', readFileSync(`${made}/roster.xlsx`))
  await shown(page)
  check((await count(page, '')) === 302, `300 units, two of them twice, not ${await count(page, '')}`)
  await page.waitForSelector('.cells tbody tr[data-row="0"] .cell')
  await house.look(page, 'intake-roster')
  const drawn = await page.locator('.cells tbody tr[data-row]').count()
  check(drawn < 80, `of 300 rows ${drawn} are drawn`)

  // every likely repair at once; then what is left is told by the number that opens it
  if (await page.locator('button:has-text("采纳全部整理建议")').count()) {
    await page.click('button:has-text("采纳全部整理建议")')
    await page.waitForFunction(() => !document.querySelector('.import .done .el-button.is-loading'))
    await settled(page)
  }
  const asked = await count(page, 'question')
  const refused = await count(page, 'refused')
  check(asked + refused < 40, `${asked} questions, ${refused} wrong rows are left`)
  if (refused) {
    await page.click('.counts .refused')
    await page.waitForURL(/action=refused/)
    await page.waitForSelector('.cells tbody .does.refused')
    await house.look(page, 'intake-roster-refused')
    // n goes to the next wrong cell
    await page.locator('.cells .cell').first().focus()
    await page.keyboard.press('n')
  }
  const writes = (await count(page, 'new')) + (await count(page, 'changed'))
  await page.click(
    `button:has-text("${asked + refused ? `导入无误的 ${writes} 行` : `导入全部 ${writes} 行`}")`,
  )
  await page.waitForSelector('text=已导入：', { timeout: 60000 })
  // the tree with them: unfolded at once, searched within, walked by arrows
  await page.goto(`${house.base}/units`)
  await page.waitForSelector('.unit-tree [data-unit]')
  await page.fill('#unit-search', 'wcxx')
  await page.waitForSelector('.found button')
  await page.fill('#unit-search', '')
  await page.locator('.unit-tree [aria-level="2"][aria-expanded=false]').first().focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForSelector('.unit-tree [aria-level="3"]')
  await page.keyboard.press('ArrowRight')
  check(
    (await page.evaluate(() => document.activeElement.getAttribute('aria-level'))) === '3',
    'right goes in',
  )
  await page.keyboard.press('ArrowLeft')
  check(
    (await page.evaluate(() => document.activeElement.getAttribute('aria-level'))) === '2',
    'left goes out',
  )
  await page.keyboard.press('Enter')
  await page.waitForSelector('.unit .unit-panel')
  await house.look(page, 'intake-tree')
}

/** A row that may be a unit on record: answered by a click, both ways. */
async function question(house) {
  const page = await officer(house, { language: 'en' })
  await open(page, 'units')
  const csv = `单位名称,所在区县,联络员A\n湛江市蓝湾燃汽有限公司,湛江市,申屠明\n湛江市观海血夜中心,湛江市,许望潮\n`
  await drop(page, 'near.csv', csv, 'text/csv')
  await shown(page)
  check((await count(page, 'question')) > 0, 'it is asked whether they are the same')
  await house.look(page, 'intake-question-en')
  const before = await count(page, 'question')
  await page.click('.answers button >> nth=0')
  await page.waitForFunction(
    (n) => Number(document.querySelector('.counts .question b')?.textContent ?? 0) < n,
    before,
  )
  if ((await count(page, 'question')) > 0) {
    await page.click('.answers button:has-text("new") >> nth=0')
    await page.waitForFunction(() => !document.querySelector('.counts .question'))
  }
  // the one that is the same is changed, not doubled; that its liaison changes is agreed to apart
  await page.click('button:has-text("Take all proposed repairs")')
  await page.waitForFunction(() => document.querySelector('.counts .changed b')?.textContent === '1')
  await page.click('button:has-text("Give up this import")')
  await page.waitForURL(/\/imports\?kind=units/)
  await page.waitForSelector('td:has-text("given up")')
}

/** How a column of somebody's own is read is said once. */
async function remembered(house) {
  const page = await officer(house)
  const word = name('联系人所在处')
  for (const time of [1, 2]) {
    await open(page, 'units')
    await drop(page, 'own.csv', `单位名称,所在区县,${word}\n廉江市望海样本单位,廉江,440881\n`, 'text/csv')
    await shown(page)
    await page.waitForSelector('.mapping')
    if (time === 1) {
      await page.click('.mapping summary')
      await page.selectOption('.mapping select[name=map-C]', 'chief_post')
      await page.click('button:has-text("按这样的对应重新比对")')
      await page.waitForFunction(() => !document.querySelector('.mapping .soon'))
    }
  }
  check(
    (await page.inputValue('.mapping select[name=map-C]')) === 'chief_post',
    'the second file of this shape is read as the first',
  )
  check(!(await page.locator('.mapping .soon').count()), 'no column is left without meaning')
}

/** Five thousand rows: few of them drawn, the last as near as the first, corrections do not wait for one another. */
async function large(house) {
  const page = await officer(house)
  const rows = Array.from(
    { length: 5000 },
    (_, i) =>
      `湛江市样本${i}号单位,湛江市,申屠${'甲乙丙丁戊己庚'.charAt(i % 7)},${i % 1000 === 999 ? '1.38E+10' : `138000${10000 + i}`}`,
  )
  await open(page, 'units')
  await drop(page, 'large.csv', `单位名称,所在区县,联络员A,联络员A手机\n${rows.join('\n')}\n`, 'text/csv')
  await shown(page)
  check((await count(page, '')) === 5000, 'five thousand rows')
  await page.waitForSelector('tr[data-row="0"] .cell')
  await page.evaluate(() => {
    const view = document.querySelector('.cells')
    view.scrollTop = view.scrollHeight
  })
  await page.waitForSelector('tr[data-row="4999"] .cell')
  check((await page.locator('.cells tbody tr[data-row]').count()) < 100, 'few rows are drawn')
  await page.waitForSelector('[data-cell="5001-name"]')
  await house.look(page, 'intake-large')
  const wrong = await count(page, 'refused')
  check(wrong === 5, `five telephone numbers are wrong, not ${wrong}`)
  await page.click('.counts .refused')
  await page.waitForFunction(() => document.querySelectorAll('tr[data-row] .cell').length > 0)
  // two corrections one after the other, without waiting
  for (const line of [1001, 2001]) {
    await page.locator(`[data-cell="${line}-liaison_a_phone"]`).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+A')
    await page.keyboard.type(`1390000${line}`)
    await page.keyboard.press('Enter')
  }
  await page.waitForFunction(() => document.querySelector('.counts .refused b')?.textContent === '3', null, {
    timeout: 60000,
  })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('button:has-text("下载其余 3 行")'),
  ])
  const rest = readFileSync(await download.path())
  check(rest.subarray(0, 2).toString() === 'PK', 'the rest is a workbook')
  await page.click('button:has-text("放弃这项导入")')
  await page.waitForURL(/\/imports\?/)
  // what was given back can be given in again: only those rows, each still with its fault
  await drop(page, 'rest.xlsx', rest)
  await shown(page)
  check((await count(page, '')) === 3 && (await count(page, 'refused')) === 3, 'three rows come back')
  await page.click('button:has-text("放弃这项导入")')
  await page.waitForURL(/\/imports\?/)
}

async function pick(page, label, text) {
  await page.click(`.needs .el-select`)
  await page.keyboard.type(text)
  await page.click(`.el-select-dropdown__item:has-text("${text}")`)
}
/** A report of nmap and a list of components: to whom they belong is asked before. */
async function scans(house) {
  const page = await officer(house)
  await open(page, 'nmap')
  const report = process.env.NMAP ?? `${root}/test/corpus/import_nmap/two.xml`
  await drop(page, 'scan.xml', readFileSync(report), 'text/xml')
  await page.click('button:has-text("上传并预览")')
  await page.waitForSelector('text=请选择归属单位')
  await pick(page, '归属单位', '湛江市蓝湾燃气有限公司')
  await page.click('button:has-text("上传并预览")')
  await shown(page)
  await page.waitForSelector('.preview tbody tr, .done')
  await house.look(page, 'intake-nmap')
  const writes = (await count(page, 'new')) + (await count(page, 'changed'))
  if (writes) {
    await page.click('.import .done .el-button--primary')
    await page.waitForSelector('text=已导入：')
  }
  await page.goto(`${house.base}/imports?kind=sbom`)
  await page.waitForSelector('.kinds input[value=sbom]:checked')
  await drop(
    page,
    'bom.json',
    readFileSync(process.env.SBOM ?? `${root}/test/corpus/import_sbom/cyclonedx.json`),
  )
  await pick(page, '归属系统', (await api(page, '/api/v1/assets?kind=system&limit=1')).items[0].name)
  await page.click('button:has-text("上传并预览")')
  await shown(page)
  await house.look(page, 'intake-sbom')
  check((await count(page, '')) > 0, 'components are read')
  if (await page.locator('.import .done .el-button--primary').count()) {
    await page.click('.import .done .el-button--primary')
    await page.waitForSelector('text=已导入：')
  }
}

const first = (text) => JSON.parse(text.split('\n')[0])
/** An order that asks a unit for its declaration. */
function asked(house, unit) {
  const { orders } = JSON.parse(
    house.cli('order', 'send', '--kind', 'declaration', '--title', name('申报'), '--to-unit', unit, '--json'),
  )
  return first(house.cli('order', 'show', orders[0].id, '--json'))
}

/** A sheet that came by post or mail, recorded by the office on the order's page; and by the unit itself. */
async function sheets(house) {
  const o = asked(house, 'zj-media')
  const page = await officer(house, { expect: [422] })
  await page.goto(`${house.base}/declarations`)
  await page.waitForSelector('select[name=record]')
  await page.selectOption('select[name=record]', o.id)
  await page.waitForURL(/\/orders\/.*do=answer/)
  await page.waitForSelector('.declare-behalf')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('a:has-text("下载申报表")'),
  ])
  const form = readFileSync(await download.path())
  check(form.subarray(0, 2).toString() === 'PK', 'the sheet is a workbook')
  await page.setInputFiles('input[name=sheet]', {
    name: '申报表.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('系统名称,网址,IP 地址\n融媒体发布系统,无,198.51.100.999\n'),
  })
  check(
    await page.locator('button:has-text("提交申报表")').isDisabled(),
    'not before it is said on whose word',
  )
  await page.fill('input[name=behalf_person]', '传真')
  await page.click('button:has-text("提交申报表")')
  await page.waitForSelector('.declare-sheet .wrong')
  check(/2/.test(await page.textContent('.declare-sheet .wrong')), 'the row that is wrong is told')
  await house.look(page, 'intake-declare-wrong')
  await page.setInputFiles('input[name=sheet]', {
    name: '申报表.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('系统名称,网址,IP 地址,等保级别\n融媒体发布系统,无,198.51.100.99,三级\n'),
  })
  await page.click('button:has-text("提交申报表")')
  await page.waitForFunction(() => !document.querySelector('.declare-behalf'))
  const rows = await api(page, `/api/v1/declarations?order_id=${o.id}`)
  check(
    rows.items.length === 1 &&
      rows.items[0].name === '融媒体发布系统' &&
      rows.items[0].on_behalf.person === '传真',
    'what the sheet says is there, on whose word too',
  )
  // while that waits for a decision, another order begins with what was said
  const second = asked(house, 'zj-media')
  await page.goto(`${house.base}/orders/${second.id}?do=answer`)
  await page.fill('input[name=behalf_person]', '传真')
  await page.check('input[name=given][value=form]')
  await page.waitForSelector('.declare .system summary:has-text("融媒体发布系统")')
  await house.look(page, 'intake-declare-form')
  // the workbook of the second order says the same: sent back as it is
  const workbook = await page.evaluate(
    async (p) => Array.from(new Uint8Array(await (await fetch(p)).arrayBuffer())),
    `/api/v1/orders/${second.id}/declaration.xlsx`,
  )
  await page.check('input[name=given][value=sheet]')
  await page.setInputFiles('input[name=sheet]', {
    name: '申报表.xlsx',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(workbook),
  })
  await page.click('button:has-text("提交申报表")')
  await page.waitForFunction(() => !document.querySelector('.declare-behalf'))
  const again = await api(page, `/api/v1/declarations?order_id=${second.id}`)
  check(
    again.items.some((r) => r.name === '融媒体发布系统' && r.mlps_level === '3'),
    'the sheet says it again',
  )
}

/** So many may wait; the program says what to do. */
async function room(house) {
  const page = await officer(house, { language: 'en', expect: [409] })
  const now = await api(page, '/api/v1/imports?actor=duty&state__in=ready,refused,failed&limit=100')
  house.cli('setting', 'set', 'imports_pending', String(now.items.length + 1))
  try {
    await open(page, 'units')
    await drop(page, 'one.csv', `单位名称,所在区县\n${name('廉江市望海')}小学,廉江\n`, 'text/csv')
    await shown(page)
    const waiting = page.url()
    await open(page, 'units')
    await drop(page, 'two.csv', `单位名称,所在区县\n${name('廉江市望海')}中学,廉江\n`, 'text/csv')
    await page.waitForSelector('.wrong:has-text("apply or give up some of them first")')
    await house.look(page, 'intake-full-en')
    await page.goto(waiting)
    await page.click('button:has-text("Give up this import")')
    await page.waitForURL(/\/imports\?/)
  } finally {
    house.cli('setting', 'set', 'imports_pending', '20')
  }
}

/** Of what went in nobody reads telephone numbers in the preview afterwards. */
async function forgotten(house) {
  const page = await officer(house)
  await open(page, 'units')
  const unit = name('廉江市观澜')
  await drop(
    page,
    'p.csv',
    `单位名称,所在区县,联络员A,联络员A手机\n${unit}站,廉江,申屠望,13800004242\n`,
    'text/csv',
  )
  await shown(page)
  await page.waitForSelector('.cells >> text=13800004242')
  await page.click('button:has-text("导入全部 1 行")')
  await page.waitForSelector('text=已导入：新增 1 行')
  const id = page.url().split('/').pop().split('?')[0]
  let text = ''
  for (let i = 0; i < 50; i++) {
    text = JSON.stringify(await api(page, `/api/v1/imports/${id}/rows`))
    if (!text.includes('13800004242')) break
    await page.waitForTimeout(100)
  }
  check(
    !text.includes('13800004242') && !text.includes('申屠望') && text.includes(unit),
    'the unit stays, the person does not',
  )
  check(
    house.cli('person', 'list', '--q', '申屠望', '--json').includes('13800004242'),
    'the person is on record',
  )
}

export const cases = [
  { name: 'a workbook of 300 units dropped, and the tree with them', run: roster },
  { name: 'is it the same unit or a new one', run: question },
  { name: 'how a column is read is remembered', run: remembered },
  { name: 'five thousand rows', run: large },
  { name: 'a scan and a list of components', run: scans },
  { name: 'sheets of declarations', run: sheets },
  { name: 'not more than there is room for', run: room },
  { name: 'persons are not kept in the preview', run: forgotten },
]

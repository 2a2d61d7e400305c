// A roster as people send it: through the browser, put right in its cells, taken, the rest given back.
import { readFileSync } from 'node:fs'
import { check } from './house.mjs'

// the roster of the manual's first week, with a row of a unit that is there already under nearly the same name
const ROSTER = `湛江市网络安全联络员名册（2026年）,,,,,
单位名称,所在县区,主管部门,主要负责人,联络员A,联络员A手机
廉江市听海图书馆,廉江,廉江市网信办,江望舒,林 知远,１３８００００２００１
廉江市望潮水厂,廉江,廉江市网信办,,苏若谷,1.38E+10
廉江市云帆小学,廉江,廉江市网信办,,温一鸣,13800002003、0759-0100203
廉江市长号中学,廉江,廉江市网信办,,郑一,1.39E+10
`
const settled = (page) =>
  page.waitForFunction(
    () => !/比对|写入|compared|written/.test(document.querySelector('.import .state')?.textContent ?? '比对'),
  )

async function chooseFile(page, name, text) {
  await page.setInputFiles('#import-file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/)
  await page.waitForSelector('.cells tbody tr, .done li')
  await settled(page)
}
const count = async (page, key) =>
  Number(await page.$eval(`.counts .${key} b`, (b) => b.textContent).catch(() => '0'))

async function roster(house) {
  const page = await house.signIn('duty')
  await page.click('nav a[href="/imports"]')
  await page.waitForSelector('.kinds input')
  await house.look(page, 'imports')
  await page.check('.kinds input[value=units]')
  await chooseFile(page, 'roster.csv', ROSTER)
  await house.look(page, 'import-preview')
  check(
    (await count(page, 'new')) === 2 && (await count(page, 'refused')) === 2,
    'two new, two wrong at first',
  )

  // the cell is put right in its place: opened and kept by keyboard
  const cell = page.locator('[data-cell="4-liaison_a_phone"]')
  await cell.focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.cells input')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('13800002002')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.counts .new b')?.textContent === '3')
  check((await count(page, 'refused')) === 1, 'one row is wrong still')

  // a number opens exactly its rows
  await page.click('.counts .refused')
  await page.waitForFunction(() => document.querySelectorAll('.cells tbody tr').length === 1)
  check(page.url().includes('action=refused'), 'what is shown is in the address')

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('button:has-text("下载其余 1 行")'),
  ])
  const bytes = readFileSync(await download.path())
  check(bytes.subarray(0, 2).toString() === 'PK' && bytes.length > 2000, 'the rest is a workbook')

  await page.click('button:has-text("导入无误的 3 行")')
  await page.waitForSelector('text=已导入：新增 3 行')
  await house.look(page, 'import-done')
  const told = JSON.parse(house.cli('unit', 'list', '--q', '听海图书馆', '--json').split('\n')[0])
  check(told.name === '廉江市听海图书馆', 'the unit is there')
  const persons = house.cli('person', 'list', '--q', '苏若谷', '--json')
  check(persons.includes('13800002002'), 'with the number that was put right')

  // the same file again: nothing of those rows is written twice
  await page.click('a:has-text("导入另一个文件")')
  await chooseFile(page, 'roster.csv', ROSTER)
  check((await count(page, 'new')) === 0, 'nothing is new the second time')
}

async function pasted(house) {
  const page = await house.signIn('duty', { language: 'en' })
  await page.goto(`${house.base}/imports?kind=units`)
  await page.waitForSelector('.kinds input:checked')
  await page.evaluate(() => {
    const held = new DataTransfer()
    held.setData('text/plain', '单位名称\t所在地方\t类别\n"廉江市试点\n单位"\t廉江市\t党政机关\n')
    document
      .querySelector('#paste-here')
      .dispatchEvent(new ClipboardEvent('paste', { clipboardData: held, bubbles: true }))
  })
  await page.waitForSelector('text=2 rows, 3 columns pasted')
  await house.look(page, 'import-pasted')
  await page.click('button:has-text("Upload and preview")')
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/)
  await page.waitForSelector('.mapping summary')
  await settled(page)
  // a column in words of their own is mapped by hand, and remembered once it was imported
  await page.click('.mapping summary')
  await page.selectOption('.mapping select[name=map-B]', 'division')
  await page.click('button:has-text("Compare again")')
  await page.waitForFunction(() => !document.querySelector('.mapping .soon'))
  await settled(page)
  await house.look(page, 'import-mapping')
}

async function refused(house) {
  const page = await house.signIn('duty')
  await page.goto(`${house.base}/imports?kind=units`)
  await page.waitForSelector('.kinds input:checked')
  await chooseFile(page, 'wrong.csv', 'a,b\n1,2\n')
  await page.waitForSelector('text=文件不能导入')
  await house.look(page, 'import-refused')
}

export const cases = [
  { name: 'a messy roster, put right in the browser', run: roster },
  { name: 'a table pasted from Excel, a column mapped by hand', run: pasted },
  { name: 'a file that cannot be read says why', run: refused },
]

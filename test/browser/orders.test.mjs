// The duty officer's day at the desk, and one order through its whole life in two browsers that see each other's steps arrive.
import { check } from './house.mjs'

const first = (text) => JSON.parse(text.split('\n')[0])
const sent = (house, kind, title, unit) => {
  const { orders } = JSON.parse(
    house.cli('order', 'send', '--kind', kind, '--title', title, '--to-unit', unit, '--json'),
  )
  return first(house.cli('order', 'show', orders[0].id, '--json'))
}
const words = {
  zh: {
    late: '已超期',
    urge: '催办',
    did: '已完成',
    acknowledgeFor: '代签收',
    handling: '处置中',
    answer: '反馈',
    preview: '预览收件单位',
    send: '发出',
    grant: '同意延期',
    verify: '复核通过',
    back: '退回整改',
    waitsAnswer: '等待',
    verified: '已办结',
    moreTime: '需要更多时间',
    askTime: '申请延期',
    submit: '提交反馈',
    changes: '新变化',
  },
  en: {
    late: 'overdue',
    urge: 'urge',
    did: 'done',
    acknowledgeFor: 'ack. for it',
    handling: 'handling',
    answer: 'answer',
    preview: 'Preview recipients',
    send: 'Send',
    grant: 'grant',
    verify: 'verify',
    back: 'return',
    waitsAnswer: 'waiting',
    verified: 'verified',
    moreTime: 'We need more time',
    askTime: 'Ask for more time',
    submit: 'Send the answer',
    changes: 'new change',
  },
}
const count = async (page, lane) => Number(await page.innerText(`.lane:has-text("${lane}") b`))

async function desk(house, language) {
  const w = words[language]
  const page = await house.signIn('duty', { language })
  await page.waitForSelector('.lanes .lane')
  await page.waitForSelector('.desk tbody tr')
  await house.look(page, `today-${language}`)
  // a number opens exactly that many rows
  const late = await count(page, w.late)
  check(late > 3, `only ${late} are late`)
  check((await page.$$('.desk tbody tr')).length === late, 'the lane and its rows differ')
  const days = await page.innerText('.desk tbody tr:first-child td:nth-child(5)')
  check(/\d/.test(days) && days.includes(language === 'zh' ? '已超期' : 'overdue'), `how late: ${days}`)

  // keys move along the rows and open one, and do nothing while one types
  await page.keyboard.press('j')
  check(await page.$eval('.desk tbody tr:nth-child(2)', (r) => r.classList.contains('at')), 'j does not move')
  await page.keyboard.press('k')

  // urge from the row
  await page.click(`.desk tbody tr:first-child .acts .link:has-text("${w.urge}")`)
  await page.waitForSelector('form.act')
  await house.look(page, `today-urge-${language}`)
  await page.selectOption('form.act select[name=channel]', 'phone')
  await page.fill('form.act input[name=person]', language === 'zh' ? '信息科' : 'IT section')
  await page.click('form.act button[type=submit]')
  await page.waitForSelector(`.turn.done:has-text("${w.did}")`)

  // acknowledge on behalf: whose word it is, is asked for
  const behalf = page.locator('.desk tbody tr', { hasText: w.acknowledgeFor }).first()
  await behalf.locator(`.link:has-text("${w.acknowledgeFor}")`).click()
  await page.fill('form.act input[name=behalf_person]', language === 'zh' ? '信息科 陈工' : 'Mr Chen')
  await page.keyboard.press('Enter')
  await page.waitForSelector(`.turn.done:has-text("${w.did}")`)

  // what others do arrives by itself, and does not move what one reads
  house.cli('order', 'send', '--kind', 'task', '--title', `live ${language}`, '--to-unit', 'zj-gas')
  await page.waitForSelector(`.changes:has-text("${w.changes}")`)
  await page.click('.changes')
  await page.waitForSelector('.changes', { state: 'detached' })

  // the list behind: tabs with counts, everything in the address
  await page.goto(`${house.base}/orders?lane=late`)
  await page.waitForSelector('.tab.here')
  await page.waitForSelector('tbody tr')
  const n = Number(await page.innerText('.tab.here b'))
  check((await page.$$('tbody tr')).length === n, `the tab says ${n}`)
  await house.look(page, `orders-${language}`)
  await page.click('.bar details summary')
  await page.click(`.menu .link >> nth=0`)
  await page.waitForSelector('#group-text')
  check((await page.inputValue('#group-text')).length > 10, 'no text for the group')

  // the call list: one line of result
  await page.goto(`${house.base}/orders/calls`)
  await page.waitForSelector('.call form')
  await house.look(page, `calls-${language}`)
  await page.selectOption('.call form select >> nth=0', 'promised')
  await page.click('.call form button[type=submit] >> nth=0')
  await page.waitForSelector('.call [role=status]')
}

async function send(house, language) {
  const w = words[language]
  const page = await house.signIn('duty', { language })
  await page.goto(`${house.base}/orders/new`)
  await page.fill('input[name=title]', language === 'zh' ? '报送值守安排' : 'Report who is on duty')
  await page.selectOption('select[name=by]', 'sector')
  await page.selectOption('select[name=sector]', 'water')
  await page.click(`button[type=submit]:has-text("${w.preview}")`)
  await page.waitForSelector('.turn[role=status]')
  await house.look(page, `task-preview-${language}`)
  const rows = (await page.$$('.halves table tbody tr')).length
  const button = await page.innerText('button[type=submit]')
  check(rows > 0 && button.includes(String(rows)), `${rows} recipients, the button says ${button}`)
  await page.click('button[type=submit]')
  await page.waitForSelector(rows === 1 ? '.order .turn' : '.turn.done')
}

/** Office and unit in two browsers: sent, acknowledged, extended, answered, returned, answered again, verified, archived. */
async function life(house, language) {
  const w = words[language]
  const o = sent(house, 'task', `life ${language}`, 'zj-hospital')
  const office = await house.signIn('duty', { language })
  const unit = await house.signIn('liaison', { language, phone: true })
  await office.goto(`${house.base}/orders/${o.id}`)
  await unit.goto(`${house.base}/orders/${o.id}`)
  await office.waitForSelector('.order .turn')
  check(
    (await office.innerText('.order .turn')).includes(o.unit_name),
    'the office does not see whose turn it is',
  )
  await house.look(office, `order-sent-${language}`)
  await office.evaluate(() => (window.kept = true)) // a reload would lose it

  await unit.click('.step .big')
  await office.waitForSelector('.way li:nth-child(2).now')

  // more time
  await unit.click(`summary:has-text("${w.moreTime}")`)
  await unit.fill('input[name=until]', '2099-01-31')
  await unit.fill(
    'textarea[name=reason]',
    language === 'zh' ? '考试周不能停机' : 'no downtime in the exam week',
  )
  await unit.click(`button:has-text("${w.askTime}")`)
  await office.waitForSelector('.ask')
  await office.click(`.actions .el-button:has-text("${w.grant}")`)
  await office.waitForSelector('form.act')
  await office.click('form.act button[type=submit]')
  await unit.waitForFunction(() => document.querySelector('.liaison')?.textContent?.includes('2099-01-31'))

  // answered, returned, answered again
  for (const round of [1, 2]) {
    await unit.waitForSelector('input[name=claim][value=done]')
    await unit.check('input[name=claim][value=done]')
    await unit.fill('textarea[name=text]', `round ${round}`)
    await unit.click(`button:has-text("${w.submit}")`)
    await office.waitForSelector(`.answer:has-text("round ${round}")`)
    await house.look(office, `order-answered-${round}-${language}`)
    if (round === 1) {
      await office.click(`.actions .el-button:has-text("${w.back}")`)
      await office.fill(
        'form.act textarea[name=reason]',
        language === 'zh' ? '请附名单' : 'please add the list',
      )
      await office.click('form.act button[type=submit]')
      await unit.waitForSelector('.liaison .back')
      await house.look(unit, `liaison-returned-${language}`)
    }
  }
  await office.click(`.actions .el-button--primary:has-text("${w.verify}")`)
  await office.waitForSelector('form.act')
  await office.click('form.act button[type=submit]')
  await office.waitForSelector('.turn.done')
  await unit.waitForFunction(
    () =>
      !document.querySelector('.answerbox button[type=submit]') &&
      !document.querySelector('input[name=claim]'),
  )
  await house.look(unit, `liaison-closed-${language}`)
  await house.look(office, `order-verified-${language}`)
  check(await office.evaluate(() => window.kept === true), 'the office had to reload')
  check(first(house.cli('order', 'show', o.id, '--json')).state === 'verified', 'it is not verified')

  // and put away: the unit sees that, too
  const archive = language === 'zh' ? '归档' : 'archive'
  const button = office.locator('.actions button', { hasText: archive })
  await office.waitForSelector('.actions button', { state: 'attached' })
  if (!(await button.isVisible())) await office.click('.actions details summary')
  await button.click()
  await office.click('form.act button[type=submit]')
  await unit.waitForSelector(`.timeline li:has-text("${archive}")`)
  check(await office.evaluate(() => window.kept === true), 'the office had to reload')
  check(first(house.cli('order', 'show', o.id, '--json')).state === 'archived', 'it is not archived')
}

/** A break of the connection: nothing that happened meanwhile is missing when it is back. */
async function broken(house) {
  const o = sent(house, 'task', 'broken line', 'zj-port')
  const page = await house.signIn('duty')
  await page.goto(`${house.base}/orders/${o.id}`)
  await page.waitForSelector('.order .turn')
  await page.context().setOffline(true)
  house.cli('order', 'acknowledge', o.id)
  await page.context().setOffline(false)
  await page.waitForSelector('.way li:nth-child(2).now')
}

export const cases = [
  ...['zh', 'en'].map((language) => ({
    name: `the day of a duty officer, ${language}`,
    run: (house) => desk(house, language),
  })),
  ...['zh', 'en'].map((language) => ({
    name: `a task to many units, ${language}`,
    run: (house) => send(house, language),
  })),
  ...['zh', 'en'].map((language) => ({
    name: `one order through its whole life in two browsers, ${language}`,
    run: (house) => life(house, language),
  })),
  { name: 'nothing is lost when the connection breaks', run: broken },
]

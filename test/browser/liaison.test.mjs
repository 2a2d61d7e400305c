// The liaison's day on the phone: sees what is asked, acknowledges, answers with a photograph, asks for more time.
import { check } from './house.mjs'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const words = {
  zh: {
    first: '请先签收',
    acknowledge: '签 收',
    fixed: '已整改',
    more: '需要更多时间',
    ask: '申请延期',
    submit: '提交反馈',
    sent: '已提交',
  },
  en: {
    first: 'Please acknowledge first',
    acknowledge: 'Acknowledge',
    fixed: 'fixed',
    more: 'We need more time',
    ask: 'Ask for more time',
    submit: 'Send the answer',
    sent: 'Sent',
  },
}
const first = (text) => JSON.parse(text.split('\n')[0])
const sent = (house, kind, title, unit) => {
  const { orders } = JSON.parse(
    house.cli('order', 'send', '--kind', kind, '--title', title, '--to-unit', unit, '--json'),
  )
  return first(house.cli('order', 'show', orders[0].id, '--json'))
}

async function day(house, language) {
  const w = words[language]
  house.cli(
    'order',
    'send',
    '--kind',
    'task',
    '--title',
    language === 'zh' ? '核对值班电话' : 'Check the phone list',
    '--to-unit',
    'zj-hospital',
  )
  const page = await house.signIn('liaison', { language, phone: true })
  await page.waitForSelector('.liaison .card')
  await house.look(page, `liaison-home-${language}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 390, `the page is ${wide} wide`)

  // the new task: acknowledge it, then say it is done
  await page.click(
    `.liaison .card:has-text("${language === 'zh' ? '核对值班电话' : 'Check the phone list'}")`,
  )
  await page.waitForSelector(`text=${w.first}`)
  await house.look(page, `liaison-order-${language}`)
  await page.click(`button:has-text("${w.acknowledge}")`)
  await page.waitForSelector(`.turn.done`)
  await page.check('input[name=claim][value=done]')
  await page.fill('textarea[name=text]', language === 'zh' ? '已核对' : 'checked')
  // what was typed survives a reload
  await page.reload()
  await page.waitForSelector('textarea[name=text]')
  check((await page.inputValue('textarea[name=text]')) !== '', 'the draft was lost')
  await page.setInputFiles('.evidence input[type=file]', {
    name: 'photo.png',
    mimeType: 'image/png',
    buffer: PNG,
  })
  await page.waitForSelector('.evidence img')
  await page.click(`button:has-text("${w.submit}")`)
  await page.waitForSelector(`.turn.done:has-text("${w.sent}")`)
  await house.look(page, `liaison-answered-${language}`)
  const id = page.url().split('/').pop()
  const order = first(house.cli('order', 'show', id, '--json'))
  check(order.state === 'answered', `the order is ${order.state}`)
}

/** A declaration: what is known is there already, one question may be answered by not knowing, a system may be added. */
async function declare(house, language) {
  const o = sent(house, 'declaration', `declare ${language}`, language === 'zh' ? 'zj-hospital' : 'zj-water')
  const page = await house.signIn(language === 'zh' ? 'liaison' : 'liaison2', { language, phone: true })
  await page.goto(`${house.base}/orders/${o.id}`)
  await page.waitForSelector('.declare .system')
  const known = (await page.$$('.declare .system')).length
  await page.click('.declare .system summary >> nth=0')
  await page.check('.declare .system >> nth=0 >> .unknown input >> nth=0')
  await house.look(page, `liaison-declaration-${language}`)
  await page.click('.declare > .big:not(.primary)')
  await page.fill('.declare .system >> nth=-1 >> input >> nth=0', `new ${language}`)
  check((await page.$$('.declare .system')).length === known + 1, 'no system was added')
  await page.click('.declare button[type=submit]')
  await page.waitForSelector('.turn.done')
  check(
    first(house.cli('order', 'show', o.id, '--json')).state === 'answered',
    'the declaration is not answered',
  )
  const rows = house
    .cli('declaration', 'list', '--order_id', o.number, '--json')
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l))
  check(
    rows.some((r) => r.name === `new ${language}`),
    'the new system is not among the rows',
  )
  check(
    rows.some((r) => (r.unknown ?? []).length > 0),
    'what is not known was lost',
  )
}

/** An order of two items: one fixed, the other in dispute with its reason, each with what it is about. */
async function items(house) {
  const page = await house.signIn('liaison', { phone: true })
  await page.click('.card:has-text("网络安全隐患整改")')
  await page.waitForSelector('.answerbox')
  await page.click('.box summary >> nth=0')
  await page.waitForSelector('.advice p')
  await house.look(page, 'liaison-items-zh')
  const boxes = page.locator('.choice input[type=checkbox]')
  check((await boxes.count()) === 2, 'the two items are not there')
  await boxes.nth(1).uncheck()
  await page.check('input[name=claim][value=fixed]')
  await page.fill('input[name=version]', '12.2.1.4.0')
  await page.click('button:has-text("提交反馈")')
  await page.waitForSelector('.turn.done:has-text("其余事项")')
  await page.click('fieldset summary')
  await page.check('input[name=claim][value=not_ours]')
  await page.click('button:has-text("提交反馈")') // the reason is missing: the form says so and sends nothing
  check(
    await page.evaluate(() => document.querySelector('textarea[name=text]').matches(':invalid')),
    'a dispute without its reason',
  )
  await page.fill('textarea[name=text]', '由云屿信息运维')
  await page.click('button:has-text("提交反馈")')
  await page.waitForSelector('text=裁定异议')
}

export const cases = [
  ...['zh', 'en'].map((language) => ({
    name: `the day of a liaison on the phone, ${language}`,
    run: (house) => day(house, language),
  })),
  ...['zh', 'en'].map((language) => ({
    name: `a declaration on the phone, ${language}`,
    run: (house) => declare(house, language),
  })),
  { name: 'two items, one fixed and one in dispute', run: items },
]

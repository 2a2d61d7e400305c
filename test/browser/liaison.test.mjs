// The liaison's day on the phone: sees what is asked, acknowledges, answers with a photograph, asks for more time.
import { check } from './house.mjs'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const words = {
  zh: { first: '请先签收', acknowledge: '签 收', fixed: '已整改', more: '需要更多时间', ask: '申请延期', submit: '提交反馈', sent: '已提交' },
  en: { first: 'Please acknowledge first', acknowledge: 'Acknowledge', fixed: 'fixed', more: 'We need more time', ask: 'Ask for more time', submit: 'Send the answer', sent: 'Sent' },
}
const first = (text) => JSON.parse(text.split('\n')[0])

async function day(house, language) {
  const w = words[language]
  house.cli('order', 'send', '--kind', 'task', '--title', language === 'zh' ? '核对值班电话' : 'Check the phone list', '--to-unit', 'zj-hospital')
  const page = await house.signIn('liaison', { language, phone: true })
  await page.waitForSelector('.liaison .card')
  await house.look(page, `liaison-home-${language}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 390, `the page is ${wide} wide`)

  // the new task: acknowledge it, then say it is done
  await page.click(`.liaison .card:has-text("${language === 'zh' ? '核对值班电话' : 'Check the phone list'}")`)
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
  await page.setInputFiles('.evidence input[type=file]', { name: 'photo.png', mimeType: 'image/png', buffer: PNG })
  await page.waitForSelector('.evidence img')
  await page.click(`button:has-text("${w.submit}")`)
  await page.waitForSelector(`.turn.done:has-text("${w.sent}")`)
  await house.look(page, `liaison-answered-${language}`)
  const id = page.url().split('/').pop()
  const order = first(house.cli('order', 'show', id, '--json'))
  check(order.state === 'answered', `the order is ${order.state}`)
}

export const cases = ['zh', 'en'].map((language) => ({ name: `the day of a liaison on the phone, ${language}`, run: (house) => day(house, language) }))

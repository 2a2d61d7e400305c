// The liaison's day: on the phone one question, one deadline, one answer box; item by item, a photograph, more time, a
// dispute, a word on the way, the declaration of systems; one who answers for several units; the same at a desk.
import { check } from './house.mjs'
import { both, day, dispatched, order, PNG, sent } from './day.mjs'

const open = async (d, title) => {
  await d.page.locator('.liaison .card', { hasText: title }).first().click()
  await d.page.locator('.liaison.one h1').waitFor()
  return d.page.url().split('/').pop()
}
const home = async (d) => {
  await d.page.getByRole('link', { name: d.w('liaison.back') }).click()
  await d.page.locator('.liaison .cards').first().waitFor()
}
const done = (d, key) => d.page.locator('.turn.done', { hasText: d.w(key) }).waitFor()

/** A task: acknowledged, on its way, in need of more time, answered with a photograph. */
async function task(d, title, wide) {
  const { page } = d
  const id = await open(d, title)
  await page.getByText(d.w('liaison.pleaseAcknowledge')).waitFor()
  await d.look(`task${wide}`)
  await d.button(d.w('liaison.acknowledge')).click()
  await done(d, 'liaison.acknowledged')
  await page.locator('summary', { hasText: d.w('liaison.tell') }).click()
  await d.put('note', d.type('已通知各科室', 'all sections were told'))
  await d.button(d.w('liaison.sendNote')).click()
  await done(d, 'liaison.noted')
  await page.locator('summary', { hasText: d.w('liaison.moreTime') }).click()
  await d.put('until', '2099-01-31')
  await d.put('reason', d.type('负责人出差', 'the one in charge is away'))
  await d.button(d.w('liaison.askTime')).click()
  await done(d, 'liaison.asked')
  await page.getByLabel(d.w('order.claims.done'), { exact: true }).check()
  await d.put('text', d.type('已核对', 'checked'))
  await page.setInputFiles('.evidence input[type=file]', {
    name: 'photo.png',
    mimeType: 'image/png',
    buffer: PNG,
  })
  await page.locator('.evidence img').first().waitFor()
  await d.button(d.w('liaison.submit')).click()
  await done(d, 'liaison.answered')
  await d.look(`answered${wide}`)
  const now = order(d.house, id)
  check(now.state === 'answered' && now.extension_until, `it is ${now.state}`)
  await home(d)
}

/** Findings item by item: one mitigated, one in dispute with its reason. */
async function items(d, number) {
  const { page } = d
  await open(d, number)
  await page.locator('summary', { hasText: d.w('liaison.why') }).click()
  await page.locator('.advice p').first().waitFor()
  await d.look('items')
  const boxes = page.locator('.choice input[type=checkbox]')
  const n = await boxes.count()
  check(n > 1, `${n} items`)
  for (let i = 1; i < n; i++) await boxes.nth(i).uncheck()
  await d.put('claim', 'mitigated')
  await d.put('text', d.type('已限制来源地址', 'sources are restricted'))
  await d.button(d.w('liaison.submit')).click()
  await done(d, 'liaison.answeredSome')
  await page.locator('fieldset summary', { hasText: d.w('do.more') }).click()
  await d.put('claim', 'not_ours')
  await d.button(d.w('liaison.submit')).click() // without its reason nothing is sent
  check(await d.field('text').evaluate((e) => e.matches(':invalid')), 'a dispute without its reason')
  await d.put('text', d.type('由云屿信息运维', 'another company runs it'))
  await d.button(d.w('liaison.submit')).click()
  await page
    .getByText(d.w('order.turn.rule', { who: '' }).trim().split(' ').pop())
    .first()
    .waitFor()
  await d.look('disputed')
  await home(d)
}

/** Not affected, with why. */
async function notAffected(d, title) {
  await open(d, title)
  await d.page.getByLabel(d.w('order.claims.not_affected'), { exact: true }).check()
  await d.put('text', d.type('未启用该组件', 'the component is not in use'))
  await d.button(d.w('liaison.submit')).click()
  await done(d, 'liaison.answered')
  await home(d)
}

async function declare(d, title, unchanged) {
  const { page } = d
  const id = await open(d, title)
  await page.locator('.declare .choice').first().waitFor()
  if (unchanged) await page.getByLabel(d.w('declare.unchanged')).check()
  else {
    await page.getByLabel(d.w('declare.systems')).check()
    // what the last declaration said waits for its review: then one is added
    const known = await d.rows('.declare .system')
    if (known) await page.locator('.declare .system summary').first().click()
    else await page.locator('.declare > .big:not(.primary)').click()
    await page.locator('.declare .system').first().getByLabel(d.w('declare.unknown')).first().check()
    if (!known) await page.locator('.declare .system input').first().fill(d.type('挂号系统', 'registration'))
    await d.look('declaration')
  }
  await d.button(d.w('declare.send')).click()
  await done(d, 'liaison.answered')
  check(order(d.house, id).state === 'answered', 'it is not declared')
  await home(d)
}

async function whole(house, language) {
  const t = (zh, en) => (language === 'zh' ? zh : en)
  const phoned = t('核对值班电话', 'Check the phone list')
  const desk = t('报送联系人', 'Name your contacts')
  const declared = t('申报信息系统', 'Declare your systems')
  sent(house, 'task', phoned, 'zj-hospital')
  sent(house, 'task', desk, 'zj-hospital')
  sent(house, 'declaration', declared, 'zj-hospital')
  sent(house, 'declaration', declared, 'zj-water')

  const several = language === 'zh' ? ['CVE-2020-1938', 'CVE-2022-0778'] : ['CVE-2021-3156', 'CVE-2024-6387']
  const both = dispatched(house, 'zj-hospital', ...several).number
  const one = dispatched(house, 'zj-hospital', language === 'zh' ? 'CVE-2017-7529' : 'CVE-2022-26134').number

  const d = await day(house, 'liaison', language, { phone: true })
  await d.page.locator('.liaison .card').first().waitFor()
  await d.look('home')
  check((await d.page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'the page is too wide')
  await task(d, phoned, '')
  await items(d, both)
  await notAffected(d, one)
  await declare(d, declared, false)

  const two = await day(house, 'liaison2', language, { phone: true })
  await two.page.locator('.liaison .card').first().waitFor()
  check(
    (await two.page.locator('.liaison .cards').first().innerText()).includes('水'),
    'which unit is not said',
  )
  await two.look('several')
  await declare(two, declared, true)

  const wide = await day(house, 'liaison', language)
  await wide.page.locator('.liaison .card').first().waitFor()
  await task(wide, desk, '-desk')
}

export const cases = both('the day of a liaison', whole)

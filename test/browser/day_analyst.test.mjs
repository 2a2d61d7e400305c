// The analyst's day: findings narrowed by facets and walked by keyboard, judged one by one and many at once, ordered by
// the duty officer; a vulnerability, who has it and why, a bulletin from it to orders; answers verified and returned,
// disputes ruled on, time asked for granted by the desk; a table imported, a cell of it put right.
import { check } from './house.mjs'
import { both, day, dispatched, json, order } from './day.mjs'

const digits = (text) => Number(text.replace(/\D/g, ''))

const ready = async (d) => {
  await d.page.locator('.findings tbody tr:not(.space)').first().waitFor()
  await d.settled()
}
const listed = async (d, n) =>
  d.page.waitForFunction(
    (m) => Number(document.querySelector('.findings h1 .tabular')?.textContent.replace(/\D/g, '')) === m,
    n,
  )

/** Judged in the dialog that says first what will happen. */
async function judged(d, verb, n, given = {}) {
  const dialog = d.page.locator('dialog')
  await d
    .button(d.w(`finding.verb.${verb}`))
    .first()
    .click()
  await dialog.locator('.effect', { hasText: String(n) }).waitFor()
  for (const [name, value] of Object.entries(given)) await d.put(name, value, dialog)
  if (verb === 'false_positive') await d.look('bulk')
  await dialog.locator('button[type=submit]').click()
  await dialog.getByText(d.w('finding.told.judged', { n })).waitFor()
  await dialog.getByRole('button').first().click()
  await dialog.waitFor({ state: 'detached' })
}

async function findings(d) {
  const { page } = d
  await d.go('nav.findings')
  await ready(d)
  await d.look('findings')
  // facets: each opens as many as it says
  for (const name of ['state-new', 'severity-medium']) {
    const box = page.locator(`input[name="${name}"]`)
    const n = digits(await box.locator('xpath=ancestor::label').locator('.tabular').innerText())
    await box.check()
    await listed(d, n)
    await ready(d)
  }
  // keys: two chosen, judged together
  for (const key of ['x', 'j', 'x']) await page.keyboard.press(key)
  check((await d.rows('tr.picked')) === 2, 'two are chosen by keyboard')
  await judged(d, 'false_positive', 2, {
    reason: d.type('厂商已回移补丁', 'patched by the vendor under the old version'),
  })
  await ready(d)
  await page.keyboard.press('x')
  await judged(d, 'accept_risk', 1, {
    reason: d.type('独立网段，计划更换', 'on its own network, to be replaced'),
    until: '2099-01-31',
  })
  await ready(d)
  // one is opened and read before it is confirmed
  await page.keyboard.press('Enter')
  await page.locator('.finding .explain .said').first().waitFor()
  await d.look('finding')
  await judged(d, 'confirm', 1)
  await page.locator('.finding .state', { hasText: d.verb('confirmed') }).waitFor()
}

/** What was confirmed goes out: the analyst gives the desk the address of the list, the desk sees the effect and orders. */
async function ordered(d) {
  const duty = await day(d.house, 'duty', d.language)
  const { page } = duty
  await page.goto(`${d.house.base}/findings?state=new&severity=critical&kev=true`)
  await ready(duty)
  for (const key of ['x', 'j', 'x', 'j', 'x', 'o']) await page.keyboard.press(key)
  await page.locator('dialog .units tbody tr').first().waitFor()
  const n = await duty.rows('dialog .units tbody tr')
  check((await page.innerText('dialog .effect')).includes(String(n)), 'how many orders is not said before')
  await duty.look('dispatch')
  await page.locator('dialog button[type=submit]').click()
  await page.locator('dialog .made li').first().waitFor()
  check((await duty.rows('dialog .made li')) === n, 'as many orders as announced')
  await page.context().close()
}

async function vulnerability(d) {
  const { page } = d
  await d.go('nav.vulns')
  for (const [words, id] of [
    ['2021-34473', 'CVE-2021-34473'],
    ['tomcat', 'CVE-2020-1938'],
    ['代码执行 tomcat', 'CVE-2025-24813'],
  ]) {
    await page.fill('#vuln-search', words)
    await page.locator('.vulns tbody', { hasText: id }).waitFor()
  }
  await d.look('vulns')
  await page.fill('#vuln-search', 'exchange')
  await page.locator('a[href="/vulns/CVE-2021-34473"]').click()
  await page.locator('.vuln .hits .link').first().click()
  await page.locator('.vuln .because .said').first().waitFor()
  await d.look('vuln')
  await d.button(d.w('vuln.bulletin')).click()
  await page.waitForURL(/\/notices\/[0-9a-f-]{36}/)
  await page.locator('.recipients tbody tr').first().waitFor()
  await d.look('bulletin')
  await d.button(d.verb('submit')).click()
  await page.locator('main .state', { hasText: d.verb('to_approve') }).waitFor()
  // the leader approves, the desk issues: each recipient has an order, and the page here shows who has read it
  const leader = await day(d.house, 'leader', d.language)
  await leader.page.goto(page.url())
  await leader.button(leader.verb('approve')).first().click()
  await leader.button(leader.verb('approve'), leader.page.locator('form.verb')).click()
  await leader.page.locator('form.verb').waitFor({ state: 'detached' })
  const duty = await day(d.house, 'duty', d.language)
  await duty.page.goto(page.url())
  await duty.page.locator('.bar .el-button--primary').first().click()
  await duty.page.waitForFunction(() =>
    /〔\d{4}〕\d+号/.test(document.querySelector('h1')?.textContent ?? ''),
  )
  await page.waitForFunction(() => /〔\d{4}〕\d+号/.test(document.querySelector('h1')?.textContent ?? '')) // it arrives by itself
  await page.locator('.recipients tbody tr').first().waitFor()
  await d.look('issued')
  await leader.page.context().close()
  await duty.page.context().close()
}

/** Answers and disputes: returned with the reason, verified; not upheld, upheld; more time is the issuer's to give. */
async function answers(d) {
  const { page, house } = d
  const zh = d.language === 'zh'
  const unit = zh ? 'zj-water' : 'zj-hospital'
  const vulns = zh
    ? ['CVE-2023-21839', 'CVE-2019-0708', 'CVE-2024-36401', 'CVE-2016-5195']
    : ['CVE-2017-7529', 'CVE-2016-5195', 'CVE-2022-26134', 'CVE-2021-3156']
  const [back, fine, no, yes] = vulns.map((v) => dispatched(house, unit, v))
  const say = (o, claim, text) =>
    house.cli(
      'order',
      'answer',
      o.id,
      '--claim',
      claim,
      '--text',
      text,
      '--channel',
      'phone',
      '--person',
      'x',
    )
  say(back, 'mitigated', 'round 1')
  say(fine, 'decommissioned', 'gone')
  say(no, 'cannot_fix', 'no patch')
  say(yes, 'not_ours', 'not ours')
  const rule = async (o, key, given, state) => {
    await page.goto(`${house.base}/orders/${o.id}`)
    await page.locator('.order .turn').waitFor()
    await d.act(key, given)
    await page.locator('.way li.now', { hasText: d.verb(state) }).waitFor()
    check(order(house, o.id).state === state, `${key}: it is ${order(house, o.id).state}`)
  }
  await rule(
    back,
    'return',
    { reason: d.type('请升级到不受影响的版本', 'upgrade to a version not affected') },
    'handling',
  )
  await d.look('returned')
  await rule(fine, 'verify', { text: d.type('复测通过', 're-tested') }, 'verified')
  await rule(no, 'reject', { reason: d.type('可先采取规避办法', 'there is a workaround') }, 'handling')
  await rule(yes, 'uphold', { text: d.type('核对属实', 'they are right') }, 'verified')
  await d.look('upheld')
  const duty = await day(house, 'duty', d.language)
  for (const [o, key, given] of [
    [back, 'grant', { text: d.type('同意', 'granted') }],
    [no, 'refuse', { reason: d.type('风险较高，不能再延', 'too risky to wait') }],
  ]) {
    house.cli(
      'order',
      'request_extension',
      o.id,
      '--until',
      '2099-01-31',
      '--reason',
      'x',
      '--channel',
      'phone',
      '--person',
      'x',
    )
    await duty.page.goto(`${house.base}/orders/${o.id}`)
    await duty.page.locator('.ask').waitFor()
    await duty.act(key, given)
    await duty.page.locator('.ask').waitFor({ state: 'detached' })
  }
  await duty.look('extension')
  check(order(house, back.id).answer_due.startsWith('2099'), 'it was not granted')
  await duty.page.context().close()
}

/** A table of assets: what is wrong is said with its line, and nothing is written; put right, it is taken. */
async function imported(d) {
  const { page, house } = d
  const host = `host-${d.language}.zj-water.example`
  const choose = async (address) => {
    await page.locator('.kinds input[value=assets]').check()
    const text = `unit,system,host,address,exposure,importance,software,vendor,version,cpe
zj-water,收费系统,${host},${address},internal,medium,Tomcat,Apache,9.0.30,
`
    const file = { name: 'assets.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
    await page.setInputFiles('#import-file', file)
    await page.waitForURL(/\/imports\/[0-9a-f-]{36}/)
  }
  await d.go('nav.imports')
  await choose('192.0.2.999')
  await page.locator('main [role=alert], .counts .refused').filter({ hasText: /2|1/ }).first().waitFor()
  await page.locator('main', { hasText: '192.0.2.999' }).waitFor()
  await d.look('import-wrong')
  await page.getByRole('link', { name: d.w('imports.again') }).click()
  await choose('192.0.2.99')
  const take = d.button(d.w('imports.takeAll', { n: 1 }))
  await take.waitFor()
  await d.look('import')
  await take.click()
  await page.locator('main .state', { hasText: d.w('imports.state.applied') }).waitFor()
  await d.look('imported')
  check(house.cli('asset', 'list', '--q', host, '--json').includes(host), 'the asset is not there')
}

async function whole(house, language) {
  const d = await day(house, 'analyst', language)
  await findings(d)
  await ordered(d)
  await vulnerability(d)
  await answers(d)
  await imported(d)
}

export const cases = both('the day of an analyst', whole)

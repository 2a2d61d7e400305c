// A notice from draft to issue: the duty officer drafts from the template, the leader approves, the duty officer issues.
import { check } from './house.mjs'

const words = { zh: { template: '按模板起草' }, en: { template: 'Draft from the template' } }

async function whole(house, language) {
  const w = words[language]
  const duty = await house.signIn('duty', { language })
  await duty.goto(`${house.base}/notices/new`)
  await duty.fill('input[name=vulns]', 'CVE-2021-44228')
  await duty.click(`button:has-text("${w.template}")`)
  await duty.waitForURL((url) => /\/notices\/[0-9a-f-]{36}$/.test(url.pathname))
  const url = duty.url()
  await duty.waitForFunction(() => document.querySelector('textarea[name=text]')?.value.includes('CVSS'))
  await duty.waitForSelector('.recipients tbody tr')
  await house.look(duty, `notice-draft-${language}`)
  const verbs = duty.locator('.bar button.el-button--primary')
  await verbs.first().click()
  await duty.waitForFunction(() => !document.querySelector('textarea[name=text]'))

  const leader = await house.signIn('leader', { language })
  await leader.goto(url)
  await leader.locator('.bar button.el-button--primary').first().click()
  await leader.locator('form.verb button[type=submit]').click()
  await leader.waitForSelector('form.verb', { state: 'detached' })

  await duty.reload()
  await duty.locator('.bar button.el-button--primary').first().click()
  await duty.waitForFunction(() => /〔\d{4}〕\d+号/.test(document.querySelector('h1')?.textContent ?? ''))
  await duty.waitForSelector('.recipients tbody tr')
  const units = await duty.locator('.recipients tbody tr').count()
  check(units > 0, 'nobody got it')
  await house.look(duty, `notice-issued-${language}`)
}

export const cases = ['zh', 'en'].map((language) => ({
  name: `a notice is drafted, approved and issued (${language})`,
  run: (house) => whole(house, language),
}))

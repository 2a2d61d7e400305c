// Signing in: by the code of a slip, with a second factor whose digits are computed here, with a recovery code; one's own sessions.
import { createHmac } from 'node:crypto'
import { check } from './house.mjs'

/** RFC 6238 with what authenticator apps use: SHA-1, 6 digits, 30 seconds.  step: later ones are not spent yet. */
function totp(secret, step = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = ''
  for (const c of secret.replace(/=+$/, '')) bits += alphabet.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = hash[19] & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

const submit = (page) => page.click('button[type=submit]')
const inside = (page) => page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))

async function bySlip(house) {
  const said = house.cli('user', 'issue', '--unit', 'zj-media', '--json')
  const slip = JSON.parse(said).items[0]
  check(slip.url.includes('/sign-in#account='), `the slip leads to ${slip.url}`)
  const hash = new URL(slip.url).hash
  const page = await house.page({ phone: true })
  await page.goto(`${house.base}/sign-in${hash}`)
  check((await page.inputValue('input[name=username]')) === slip.account, 'the account stands in the form')
  check((await page.inputValue('input[name=code]')) === slip.code, 'the code stands in the form')
  check(!page.url().includes('#'), 'account and code are gone from the address bar')
  await house.look(page, 'signin-slip')
  await page.fill('input[name=new]', 'short')
  await page.fill('input[name=again]', 'shorter')
  await submit(page)
  await page.waitForSelector('[role=alert]')
  await page.fill('input[name=new]', 'Ocean-wall-2026')
  await page.fill('input[name=again]', 'Ocean-wall-2026')
  await submit(page)
  await inside(page)
  // the code is spent
  const again = await house.page()
  await again.goto(`${house.base}/sign-in${hash}`)
  await again.fill('input[name=new]', 'Ocean-wall-2027')
  await again.fill('input[name=again]', 'Ocean-wall-2027')
  await submit(again)
  await again.waitForSelector('[role=alert]')
  check(new URL(again.url()).pathname === '/sign-in', 'a spent code does not sign in')
  const third = await house.signIn(slip.account, { password: 'Ocean-wall-2026' })
  check(new URL(third.url()).pathname === '/', 'the new password does')
}

async function secondFactor(house, language) {
  const name = language === 'zh' ? 'leader' : 'analyst'
  const page = await house.signIn(name, { language, typed: true, expect: [422] })
  await page.goto(`${house.base}/account`)
  await page.fill('form.begin input[name=proof]', house.accounts[name])
  await page.click('form.begin button[type=submit]')
  await page.waitForSelector('code.secret')
  const secret = await page.textContent('code.secret')
  await page.waitForSelector('img.qr')
  check(
    (await page.evaluate(() => document.querySelector('img.qr').naturalWidth)) > 0,
    'the QR code is drawn',
  )
  await house.look(page, `account-totp-${language}`)
  await page.fill('input[name=code]', '000000')
  await page.click('form:has(img.qr) button[type=submit]')
  await page.waitForSelector('form:has(img.qr) .wrong')
  await page.fill('input[name=code]', totp(secret, -1))
  await page.click('form:has(img.qr) button[type=submit]')
  await page.waitForSelector('.codes li')
  const codes = await page.$$eval('.codes li', (all) => all.map((li) => li.textContent))
  check(codes.length === 10, `${codes.length} recovery codes`)
  await house.look(page, `account-recovery-${language}`)
  await page.click('.codes button.el-button--primary')
  check((await page.$$('.codes')).length === 0, 'the codes are shown this once')

  const second = await house.page({ language })
  await second.goto(`${house.base}/sign-in`)
  await second.fill('input[name=username]', name)
  await second.fill('input[name=password]', house.accounts[name])
  await submit(second)
  await second.waitForSelector('input[name=totp]')
  await house.look(second, `signin-totp-${language}`)
  check(
    (await second.evaluate(() => document.activeElement.name)) === 'totp',
    'one can type the digits at once',
  )
  await second.keyboard.type('123456')
  await second.keyboard.press('Enter')
  await second.waitForSelector('[role=alert]')
  await second.fill('input[name=totp]', totp(secret))
  await second.keyboard.press('Enter')
  await inside(second)

  const third = await house.page({ language })
  await third.goto(`${house.base}/sign-in`)
  await third.fill('input[name=username]', name)
  await third.fill('input[name=password]', house.accounts[name])
  await submit(third)
  await third.waitForSelector('input[name=totp]')
  await third.click('.row button >> nth=0')
  await third.fill('input[name=recovery]', codes[3])
  await submit(third)
  await inside(third)
  // new codes with the password, then taken off with one of them, for the tests that follow
  await third.goto(`${house.base}/account`)
  await third.click('.panel:has(.good) button >> nth=0')
  await third.fill('input[name=proof]', house.accounts[name])
  await third.click('form:has(input[name=proof]) button[type=submit]')
  await third.waitForSelector('.codes li')
  const fresh = await third.$$eval('.codes li', (all) => all.map((li) => li.textContent))
  check(fresh.length === 10 && !fresh.includes(codes[5]), 'ten other codes')
  await third.click('.codes button.el-button--primary')
  await third.click('.panel:has(.good) button >> nth=1')
  await third.fill('input[name=proof]', house.accounts[name])
  await third.fill('input[name=take]', fresh[5])
  await third.click('form:has(input[name=take]) button[type=submit]')
  await third.waitForSelector('form.begin')
}

async function sessions(house) {
  const one = await house.signIn('county', { typed: true })
  const two = await house.signIn('county', { typed: true })
  await one.goto(`${house.base}/account`)
  await one.waitForSelector('.panel.wide tbody tr')
  const before = (await one.$$('.panel.wide tbody tr')).length
  check(before >= 2, `${before} sessions`)
  await house.look(one, 'account-sessions')
  for (let left = before; left > 1; left--) {
    await one.click('.panel.wide tbody button')
    await one.waitForFunction((n) => document.querySelectorAll('.panel.wide tbody tr').length < n, left)
  }
  await two.click('nav a[href="/orders"]')
  await two.waitForURL((url) => url.pathname === '/sign-in')
}

async function ownPassword(house) {
  const page = await house.signIn('liaison2', { typed: true, expect: [422] })
  await page.goto(`${house.base}/account`)
  await page.fill('input[name=old]', 'not this')
  await page.fill('input[name=new]', 'Harbour-light-7')
  await page.fill('input[name=again]', 'Harbour-light-7')
  await page.click('form:has(input[name=old]) button[type=submit]')
  await page.waitForSelector('form:has(input[name=old]) .wrong')
  await page.fill('input[name=old]', house.accounts.liaison2)
  await page.click('form:has(input[name=old]) button[type=submit]')
  await page.waitForSelector('.el-message--success')
  await house.signIn('liaison2', { password: 'Harbour-light-7' })
  house.accounts.liaison2 = 'Harbour-light-7'
}

export const cases = [
  { name: 'first sign-in by the code of a slip, on a phone', run: bySlip },
  { name: 'second factor and recovery codes in Chinese', run: (house) => secondFactor(house, 'zh') },
  { name: 'second factor and recovery codes in English', run: (house) => secondFactor(house, 'en') },
  { name: 'other sessions are ended', run: sessions },
  { name: 'one changes one’s own password', run: ownPassword },
]

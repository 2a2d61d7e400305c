// Deadlines, the working calendar and numbers: proposed by one, confirmed by another, never changed.
import { check } from './house.mjs'

const NOTICE = `国务院办公厅关于2027年
部分节假日安排的通知
经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。2月14日（周日）、2月20日（周六）上班。
国务院办公厅
2026年11月4日`

const settled = (page) => page.waitForTimeout(300)

async function deadlines(house, language) {
  const who = language === 'zh' ? 'duty' : 'sysadmin'
  const page = await house.signIn(who, { language, expect: [422] })
  await page.goto(`${house.base}/deadlines`)
  await page.waitForSelector('tbody tr')
  check((await page.$$('.table table')).length >= 4, 'a table for each kind of order')
  await settled(page)
  await house.look(page, `rules-deadlines-${language}`)
  const row = language === 'zh' ? 'task/high' : 'notice/high'
  await page.click(`[data-edit="${row}"]`)
  await page.waitForURL((url) => url.searchParams.get('edit') === row)
  check(await page.isDisabled('form.act button[type=submit]'), 'what changes nothing is not submitted')
  // shorter to answer than to acknowledge: refused, beside the field
  await page.fill('form.act input[name=acknowledge_amount]', '20')
  await page.fill('form.act input[name=source]', '湛网办〔2026〕3号')
  await page.click('form.act button[type=submit]')
  await page.waitForSelector('form.act .wrong')
  await page.fill('form.act input[name=acknowledge_amount]', '1')
  await page.fill('form.act input[name=answer_amount]', '3')
  check(/5 .*→ 3 /.test(await page.textContent('form.act [role=status]')), 'the change is said in words')
  await house.look(page, `rules-deadline-form-${language}`)
  await page.click('form.act button[type=submit]')
  await page.waitForSelector('tr.rule-proposed')
  check(!(await page.$('tr.rule-proposed [data-verb=confirm]')), 'who proposes does not confirm')
  // a leader confirms: what is in force changes place
  const leader = await house.signIn('leader', { language })
  await leader.goto(`${house.base}/deadlines`)
  await leader.waitForSelector('tr.rule-proposed [data-verb=confirm]')
  await house.look(leader, `rules-deadlines-leader-${language}`)
  await leader.click('tr.rule-proposed [data-verb=confirm]')
  await leader.waitForSelector('tr.rule-proposed', { state: 'detached' })
  await leader.waitForSelector('tbody tr:has-text("2026.2"):has-text("湛网办〔2026〕3号")')
  const name = row.split('/')[0]
  await leader.click(`[data-all="${name}"]`)
  await leader.waitForSelector(`[data-all="${name}"]`, { state: 'detached' })
  await page.goto(`${house.base}/deadlines`)
  await page.waitForSelector('details.rule-history summary')
  await page.click('details.rule-history summary')
  await page.waitForSelector('details.rule-history tr:has-text("2026.1")')
}

async function calendar(house, language) {
  const duty = await house.signIn(language === 'zh' ? 'sysadmin' : 'duty', { language, expect: [422] })
  await duty.goto(`${house.base}/calendars?year=2026`)
  await duty.waitForSelector('.year table')
  check((await duty.$$('.year table')).length === 12, 'twelve months')
  check((await duty.$$('.year .day.off')).length === 33, 'the holidays of 2026')
  check((await duty.$$('.year .day.work')).length === 6, 'the worked weekends of 2026')
  await settled(duty)
  await house.look(duty, `rules-calendar-${language}`)
  if (language === 'en') {
    // in English the list of 2027 stands already: it is corrected
    await duty.click('.bar .plain >> nth=1')
    await duty.waitForURL((url) => url.searchParams.get('year') === '2027')
    await duty.waitForSelector('.year .day.off')
  } else {
    await duty.goto(`${house.base}/calendars?year=2027`)
    await duty.waitForSelector('p.notice')
    await house.look(duty, 'rules-calendar-unknown-zh')
  }
  await duty.click('.bar .el-button:last-child')
  await duty.waitForSelector('form.act textarea')
  // last year's words are not this year's
  await duty.fill('form.act textarea', NOTICE.replace('周五）至3日', '周四）至3日'))
  await duty.click('form.act button[type=submit]')
  await duty.waitForSelector('form.act .wrong')
  await duty.fill(
    'form.act textarea',
    language === 'zh' ? NOTICE : '2027-01-01,off,New Year\n2027-01-09,work',
  )
  await duty.click('form.act button[type=submit]')
  await duty.waitForSelector('form.act .year-effect')
  await duty.reload()
  await duty.waitForSelector('form.act textarea')
  check((await duty.inputValue('form.act textarea')).length > 20, 'the draft is kept')
  await duty.click('form.act button[type=submit]')
  await duty.waitForSelector('form.act .year-effect')
  await duty.fill('form.act input[name=source]', '国办发明电〔2026〕7号')
  await house.look(duty, `rules-calendar-preview-${language}`)
  await duty.click('form.act button[type=submit]')
  await duty.waitForSelector('div.notice:has-text("国办发明电〔2026〕7号")')
  const leader = await house.signIn('leader', { language })
  await leader.goto(`${house.base}/calendars?year=2027`)
  await leader.click('[data-effect]')
  await leader.waitForSelector('div.notice .year-effect')
  await house.look(leader, `rules-calendar-leader-${language}`)
  await leader.click('div.notice [data-verb=confirm]')
  await leader.waitForSelector('div.notice', { state: 'detached' })
  const off = language === 'zh' ? 10 : 1
  await leader.waitForFunction((n) => document.querySelectorAll('.year .day.off').length === n, off)
  await leader.emulateMedia({ media: 'print' })
  await house.look(leader, `rules-calendar-print-${language}`)
}

async function numbers(house, language) {
  const page = await house.signIn('duty', { language, expect: [422] })
  await page.goto(`${house.base}/number_formats`)
  await page.waitForSelector('tbody tr')
  await house.look(page, `rules-numbers-${language}`)
  await page.click('[data-edit="order/"]')
  await page.fill('form.act input[name=pattern]', '{prefix}{year}')
  await page.fill('form.act input[name=source]', '湛网办函')
  await page.click('form.act button[type=submit]')
  await page.waitForSelector('form.act .wrong')
  await page.fill('form.act input[name=pattern]', '{prefix}字〔{year}〕第{serial}号')
  await page.click('form.act button[type=submit]')
  await page.waitForSelector('tr.rule-proposed:has-text("字〔")')
  await page.click('tr.rule-proposed [data-verb=withdraw]')
  await page.waitForSelector('tr.rule-proposed', { state: 'detached' })
  await page.click('.rule-tabs a[href="/rules"]')
  await page.waitForSelector('[data-edit^="archive_after_days"]')
  await house.look(page, `rules-days-${language}`)
  await page.click('[data-edit^="archive_after_days"]')
  await page.fill('form.act input[name=value]', '45')
  await page.fill('form.act input[name=source]', '湛网办函')
  await page.click('form.act button[type=submit]')
  await page.waitForSelector('tr.rule-proposed:has-text("45")')
  // its own page: the way it came
  await page.click('tr.rule-proposed a')
  await page.waitForURL((url) => url.pathname.startsWith('/rules/'))
  await page.waitForSelector('main h1')
  await house.look(page, `rules-record-${language}`)
  house.cli('rule', 'withdraw', page.url().split('/').pop())
}

/** A text template other than the default is chosen in the form, and read before anything goes out. */
async function words(house) {
  house.cli(
    'template',
    'add',
    '--of',
    'order',
    '--kind',
    'task',
    '--name',
    'short',
    '--title',
    '短通知',
    '--text',
    '请{单位}于{期限}前办理{标题}。',
  )
  const page = await house.signIn('duty')
  await page.goto(`${house.base}/orders/new`)
  await page.waitForSelector('select[name=text_template]')
  await page.selectOption('select[name=text_template]', 'short')
  await page.fill('input[name=title]', '节前自查')
  await page.selectOption('select[name=by]', 'all')
  await page.click('form.task button[type=submit]')
  await page.waitForSelector('details.words p')
  check(
    /^请.+前办理节前自查。$/.test((await page.textContent('details.words p')).trim()),
    'the first order’s text',
  )
  await house.look(page, 'rules-text-template')
  await page.selectOption('select[name=text_template]', '')
  await page.waitForSelector('details.words', { state: 'detached' })
  await page.evaluate(() => localStorage.removeItem('seawall.draft.task'))
}

async function keyboard(house) {
  const page = await house.signIn('duty', { dark: true })
  await page.goto(`${house.base}/deadlines`)
  await page.waitForSelector('[data-edit="default/low"]')
  await page.focus('[data-edit="default/low"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('form.act')
  check(
    await page.evaluate(() => document.activeElement?.getAttribute('name') === 'acknowledge_amount'),
    'the form takes the focus',
  )
  await house.look(page, 'rules-deadlines-dark')
  await page.keyboard.press('Escape')
  await page.waitForSelector('form.act', { state: 'detached' })
  await page.goto(`${house.base}/calendars`)
  await page.waitForSelector('.year table')
  await house.look(page, 'rules-calendar-dark')
  const liaison = await house.signIn('analyst')
  await liaison.goto(`${house.base}/calendars`)
  await liaison.waitForSelector('.year table')
  check(!(await liaison.$('main .el-button')), 'an analyst reads and changes nothing')
}

export const cases = [
  ...['zh', 'en'].flatMap((language) => [
    { name: `deadlines: proposed, confirmed (${language})`, run: (house) => deadlines(house, language) },
    {
      name: `the calendar: a notice pasted, previewed, confirmed (${language})`,
      run: (house) => calendar(house, language),
    },
    { name: `numbers and days (${language})`, run: (house) => numbers(house, language) },
  ]),
  { name: 'a text template is chosen and read', run: words },
  { name: 'rules by keyboard, in the dark, as a reader', run: keyboard },
]

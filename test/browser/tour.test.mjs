// Each kind of user, in both languages: signs in, opens every page that the side bar offers, and its first record.
import { check, visit } from './house.mjs'

const people = ['duty', 'analyst', 'leader', 'county', 'liaison', 'sysadmin', 'secadmin', 'auditor']

async function tour(house, who, language) {
  const page = await house.signIn(who, { language })
  const lang = await page.evaluate(() => document.documentElement.lang)
  check(lang.startsWith(language), `language is ${lang}`)
  const links = await page.$$eval('nav a', (all) => all.map((a) => a.getAttribute('href')))
  check(links.length >= 2, `${who} has only ${links.length} pages`)
  for (const link of links) {
    await visit(page, link)
    if (language === 'zh' || link === '/')
      await house.look(page, `${who}-${language}${link.replaceAll('/', '-')}`)
  }
}

export const cases = people.flatMap((who) =>
  ['zh', 'en'].map((language) => ({
    name: `${who} in ${language}`,
    run: (house) => tour(house, who, language),
  })),
)

import type { HelpTexts } from './help.zh'

const help: HelpTexts = {
  today: [
    'Keep this page open on duty: what is new, mine, late or due soon, the most urgent first.',
    'Changes announce themselves in a quiet bar and load when you say so; nothing moves under your eyes.',
    'At the end of a shift write a note; it holds when the next one has acknowledged it.',
  ],
  liaison: [
    'Each card is one thing to do: acknowledge it, then answer.',
    'Ask for more time if you need it; dispute what is not yours, with a reason.',
    'Photographs can be taken right here.',
  ],
  orders: [
    'All orders. Time limits count working hours; what is late says by how much.',
    'Filters and sorting are in the address: send it, and others see the same list, as far as they may.',
    '/ searches, j and k move, Enter opens.',
  ],
  'orders/record': [
    'First: who must act now, and how long is left.',
    'Below is only what may be done in this state. If the unit answers by telephone, record it on their behalf.',
  ],
  findings: [
    'All findings; one is one problem on one asset.',
    'Judge first: confirm, false positive, accept or no action. What is confirmed can be ordered.',
    'Before a bulk action you see what will happen.',
  ],
  'findings/record': [
    'The evidence first, then why it was taken to hit this asset.',
    'The timeline keeps every step as it was.',
  ],
  notices: [
    'Notices: draft, approval, number, issue; then who has acknowledged.',
    'What was issued is not changed, only recalled, with a reason.',
  ],
  vulns: [
    'Records merged from several sources; where they differ, the details show both.',
    'Search by id, product, words, in Chinese or English.',
  ],
  assets: [
    'What others can attack: hosts, domains, systems, devices.',
    'The fuller the list of software, the better the matching.',
  ],
  units: [
    'Units stand in two trees: by parent and by supervisor. Who gets orders and who sees what follows from them.',
    'Contacts are checked each quarter.',
  ],
  persons: ['Contacts and their duties. Mark numbers that are wrong; the lists will ask for better ones.'],
  declarations: ['Assets that units declare themselves; once reviewed they join the inventory.'],
  imports: ['From Excel, WPS or CSV. Look first, mend rows in place, then take all or only the clean ones.'],
  users: [
    'An account belongs to a person; what it may do comes from grants: a role, a unit with all below, a period.',
    'System, security and audit administrator are never one person.',
    'When people change, use turnover; do not share accounts.',
  ],
  'users/record': [
    'A grant that is ended ends at once.',
    'Tokens are for programs and shown once; prefer "reading only".',
    'Take a second factor off only after checking who asks.',
  ],
  accounts: [
    'Choose units and get slips: account, one-time code, QR code. Print them and hand them over in person.',
    'Before issuing again, call back on the number on record.',
  ],
  deadlines: [
    'For each kind of order and severity: until when to acknowledge and to answer, what a return allows, when it rises.',
    'A duty officer or system administrator proposes a new edition with its source; it holds once a leader confirms it. Orders already sent keep theirs.',
  ],
  calendars: [
    'Paste the State Council’s notice as it stands; see what was read and what would change, then submit it.',
    'It holds once a leader confirms it. Certain deadlines stay; those that reach into a year not yet published are counted again, later only.',
  ],
  number_formats: [
    'How numbers of orders and notices are written. Numbers already given stay, the series goes on.',
  ],
  rules: ['After how many days something is archived or looked at again, or counts no longer.'],
  settings: [
    'Each says its bounds and its default. Changes hold at once and go into the audit log.',
    '"base_url" is printed on slips: set it before you print any.',
  ],
  feeds: [
    'Matching is as fresh as this data. After 3 days without an update it turns amber.',
    'Import on the server with seawall feed import.',
  ],
  jobs: ['Work in the queue. What fails is tried 8 more times, then stays here for a person.'],
  changes: [
    'Every change and sensitive read, each chained to the one before and signed at times.',
    'Verify walks the whole chain and names the first entry that was altered or is missing.',
  ],
  about: ['Version, schema, limits and age of the data. Attach this page when you report a problem.'],
  account: [
    'Your password, second factor and sessions.',
    'If you forgot to sign out somewhere, end that session here.',
  ],
  templates: [
    'The words of findings, orders and notices. What stands in braces is filled in when they are sent.',
  ],
}
export default help

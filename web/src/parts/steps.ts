// The steps of a record, as every timeline reads them.
import { t } from '../words/t'

export interface Step {
  id: string
  resource: string
  from: string | null
  verb: string
  to: string
  happened_at: string
  recorded_at: string
  actor: string
  /** the person behind the account */
  actor_name: string | null
  on_whose_word: string | null
  text: string | null
  values: Record<string, unknown> | null
  record_id: string | null
}

/** Who did it: "local" is the program's own jobs and clocks, "local:0" who sat at the machine. */
export function whoOf(s: { actor: string; actor_name?: string | null }): string {
  if (s.actor === 'local') return t('actor.system')
  if (s.actor.startsWith('local:')) return t('actor.local')
  return s.actor_name || s.actor
}

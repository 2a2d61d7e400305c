// The divisions that an office names: its own with all below it, those right below it, functional zones.
import { api } from '../api/client'
import type { Row } from '../stores/resources'
import { useSession } from '../stores/session'

const list = async (filter: string): Promise<Row[]> =>
  (await api.any<{ items: Row[] }>('GET', `/api/v1/divisions?${filter}&limit=200`).catch(() => null))?.data
    .items ?? []

export async function ownDivisions(): Promise<Row[]> {
  const office = useSession().user?.roles.find((r) => r.role !== 'unit_liaison')?.unit_id
  const unit = office ? await api.any<Row>('GET', `/api/v1/units/${office}`).catch(() => null) : null
  const own = String(unit?.data.division_id ?? '')
  if (!own) return []
  const all = await Promise.all([list(`id=${own}`), list(`parent_id=${own}`), list('level=zone')])
  return all.flat().filter((d, i, every) => every.findIndex((one) => one.id === d.id) === i)
}

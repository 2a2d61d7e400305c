// Evidence goes up as it is: the body is the file.
import { api, send } from '../api/client'
import type { Attachment } from './order'

export const LARGEST = 20 * 1024 * 1024

export async function upload(
  resource: string,
  id: string,
  file: File,
  query: Record<string, string> = {},
): Promise<Attachment> {
  const given =
    file.name && file.name !== 'image.png'
      ? file.name
      : `${new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-')}.png`
  const search = new URLSearchParams({ name: given, ...query })
  const answer = await api.any<Attachment>('POST', `/api/v1/${resource}/${id}/attachments?${search}`, {
    body: file,
    type: file.type || 'application/octet-stream',
  })
  return answer.data
}

/** The content as an address that a page may show; to be given back with URL.revokeObjectURL. */
export async function contentOf(resource: string, id: string, a: Attachment): Promise<string> {
  const answer = await send('GET', `/api/v1/${resource}/${id}/attachments/${a.id}`)
  const bytes = await answer.blob()
  return URL.createObjectURL(new Blob([bytes], { type: a.type }))
}

export const isPicture = (a: Attachment): boolean => /^image\/(png|jpeg|gif|webp|bmp)$/.test(a.type)

export function sizeOf(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1048576).toFixed(1)} MB`
}

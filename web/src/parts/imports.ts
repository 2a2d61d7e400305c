// What the server says about imports.
import { api } from '../api/client'
import { whenForgotten } from '../stores/session'

export interface ImportColumn {
  name: string
  required: boolean
  zh: string
  en: string
}
export interface ImportKind {
  kind: string
  sheet: boolean
  zh: string
  en: string
  columns: ImportColumn[]
}
export interface ImportProblem {
  line: number
  column?: string
  zh: string
  en: string
}
export interface ImportPlan {
  id: string
  version: number
  kind: string
  state: string
  /** Of the file, as its sender called it. */
  name: string
  kept: 'all' | 'rest' | 'none'
  kept_until?: string
  actor: string
  created_at: string
  updated_at: string
  rows_read: number
  rows_new: number
  rows_changed: number
  rows_unchanged: number
  rows_refused: number
  rows_asked: number
  removed: number
  hosts: number
  applied: number
  columns: { at: string; name: string; field?: string }[]
  problems: ImportProblem[]
  /** Of files that are no tables of cells: the first hosts that it makes or changes. */
  preview?: { line: number; action: 'new' | 'changed'; host: string; address: string; software: number }[]
}
export interface ImportFault {
  column: string
  label: string
  mark: 'repaired' | 'proposed' | 'fault' | 'question'
  fault: string
  proposal?: string
}
export interface ImportRow {
  line: number
  action: 'unchanged' | 'new' | 'changed' | 'refused' | 'question'
  decision: string
  cells: Record<string, { read?: string; value?: string }>
  faults: ImportFault[]
}

let kinds: Promise<ImportKind[]> | null = null
whenForgotten(() => (kinds = null))
export function importKinds(): Promise<ImportKind[]> {
  kinds ??= api
    .any<{ items: ImportKind[] }>('GET', '/api/v1/import-kinds')
    .then((a) => a.data.items)
    .catch((error: unknown) => {
      kinds = null
      throw error
    })
  return kinds
}

/** A question names the record that a row may be: 「…（same:CODE）…」. */
export function sameAs(fault: string): string | null {
  return /same:([^)）\s]+)/.exec(fault)?.[1] ?? null
}
/** The question without the words that are only for the command line. */
export function plainQuestion(fault: string): string {
  return fault.replace(/\s*[（(](same:[^)）]+|new)[)）]/g, '')
}

/** In motion: the server works on it. */
export const moving = (state: string): boolean =>
  state === 'received' || state === 'building' || state === 'applying'

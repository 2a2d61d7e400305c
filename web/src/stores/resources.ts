// What there is: the server's own description of its resources, read once after sign-in. Tables, forms, filters
// and buttons are made from it.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api } from '../api/client'
import { whenForgotten } from './session'

export interface Both {
  zh: string
  en: string
}
export interface Field {
  name: string
  kind: 'text' | 'long' | 'int' | 'bool' | 'time' | 'date' | 'enum' | 'ref' | 'json'
  flags: string[]
  min: number
  max: number
  ref?: string
  ref_path?: string
  values?: ({ key: string } & Both)[]
  label: Both
  about: Both
}
export interface Verb extends Both {
  verb: string
  from: string[]
  needs: string[]
  allowed: boolean
}
export interface Resource {
  name: string
  path: string
  label: Both
  about: Both
  key: string
  title: string
  sort: string
  create: boolean
  change: boolean
  delete: boolean
  fields: Field[]
  states?: ({ key: string } & Both)[]
  verbs?: Verb[]
}
/** One record as the server gives it. */
export type Row = Record<string, unknown> & { id: string; version: number; state?: string }

export const useResources = defineStore('resources', () => {
  const all = ref<Resource[]>([])
  let reading: Promise<void> | null = null

  function read(): Promise<void> {
    reading ??= api
      .any<{ items: Resource[] }>('GET', '/api/v1/resources')
      .then((a) => {
        all.value = a.data.items
      })
      .catch((error: unknown) => {
        reading = null
        throw error
      })
    return reading
  }
  function forget(): void {
    all.value = []
    reading = null
  }
  whenForgotten(forget)
  const byPath = (path: string): Resource | undefined => all.value.find((r) => r.path === path)
  const byName = (name: string): Resource | undefined => all.value.find((r) => r.name === name)
  return { all, read, forget, byPath, byName }
})

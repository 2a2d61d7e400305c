// Words outside components.
import { words } from '.'

export const t = (key: string, named: Record<string, unknown> = {}): string => words.global.t(key, named)

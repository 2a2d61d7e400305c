import { current } from '../words'

const names: Record<string, { zh: string; en: string }> = {
  duty_officer: { zh: '值班员', en: 'Duty officer' },
  analyst: { zh: '技术研判员', en: 'Analyst' },
  leader: { zh: '领导', en: 'Leader' },
  county_officer: { zh: '县区网信办', en: 'County officer' },
  unit_liaison: { zh: '单位联络员', en: 'Unit liaison' },
  system_admin: { zh: '系统管理员', en: 'System administrator' },
  security_admin: { zh: '安全管理员', en: 'Security administrator' },
  auditor: { zh: '审计管理员', en: 'Auditor' },
}
export const roles = Object.keys(names)
export function roleName(role: string): string {
  return names[role]?.[current()] ?? role
}

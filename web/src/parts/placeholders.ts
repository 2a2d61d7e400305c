// How a template reads when it is sent: its placeholders with what may stand there.
const examples: Record<string, string> = {
  单位: '湛江市蓝湾人民医院',
  期限: '2026年11月30日17时30分',
  清单: '1. 收费系统服务器（pay01）存在高危漏洞 CVE-2021-26691',
  编号: '湛网交〔2026〕118号',
  标题: '收费系统服务器存在高危漏洞',
  等级: '高危',
  来文: '粤网办〔2026〕66号',
}
export interface Piece {
  text: string
  placeholder?: string
}
/** The pieces of a text in order; "{{" is a brace; what is no placeholder stays as it stands. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let plain = ''
  for (let i = 0; i < text.length; i++) {
    const end = text[i] === '{' ? text.indexOf('}', i) : -1
    const name = end > 0 ? text.slice(i + 1, end) : ''
    if (text.startsWith('{{', i)) {
      plain += '{'
      i++
    } else if (name in examples) {
      if (plain) found.push({ text: plain })
      plain = ''
      found.push({ text: examples[name] ?? '', placeholder: name })
      i = end
    } else plain += text[i]
  }
  if (plain) found.push({ text: plain })
  return found
}

/** A browser without scripts: keeps cookies, says where its forms come from, and follows nothing by itself. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly url: string
  readonly headers: Record<string, string>

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url
    this.headers = headers
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Seen> {
    return this.#seen(await fetch(this.url + path, { redirect: 'manual', headers: this.#headers(headers) }))
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Seen> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: this.#headers({ origin: this.url, ...headers }),
      body: new URLSearchParams(fields),
    })
    return this.#seen(answer)
  }

  #headers(more: Record<string, string>) {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...this.headers, ...more }
  }

  async #seen(answer: Response): Promise<Seen> {
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/Max-Age=0/.test(cookie)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text(), location: answer.headers.get('location') }
  }
}

export interface Seen {
  status: number
  headers: Headers
  text: string
  location: string | null
}

/** The value of a hidden field in a page. */
export function hidden(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`the page has no field ${name}`)
  return value
}

/** What the fields of a page with one form stand for. */
export function formOf(page: string): Record<string, string> {
  const read = (text = '') => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!)
  const main = /<main.*<\/main>/s.exec(page)?.[0] ?? ''
  const fields: Record<string, string> = {}
  for (const [input, name = ''] of main.matchAll(/<input[^>]* name="(\w+)"[^>]*>/g))
    fields[name] = read(/ value="([^"]*)"/.exec(input)?.[1])
  for (const [, name = '', text] of main.matchAll(/<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</g)) fields[name] = read(text)
  for (const [select, name = ''] of main.matchAll(/<select[^>]* name="(\w+)"(?:.|\n)*?<\/select>/g))
    fields[name] = / value="([^"]*)"[^>]* selected/.exec(select)?.[1] ?? ''
  return fields
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

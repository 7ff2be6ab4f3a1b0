import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}
const FALLBACK_PICTURE = '/imagens/padrao.svg'

export type Encoding = 'br' | 'gzip' | 'identity'

interface Asset extends Record<Encoding, Buffer> {
  type: string
  hash: string
}

/** @param quality Brotli's, 0 to 11 */
export async function compress(body: Buffer, encoding: Encoding, quality: number): Promise<Buffer> {
  if (encoding === 'identity') return body
  if (encoding === 'gzip') return promisify(gzip)(body)
  return promisify(brotliCompress)(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })
}

/** Whether an Accept-Encoding takes `name`. */
const takes = (name: string) => new RegExp(`(^|,)\\s*${name}\\s*(;(?!\\s*q=0(\\.0*)?\\s*(,|$))|,|$)`, 'i')
const BROTLI = takes('br')
const GZIP = takes('gzip')

/** The smallest encoding that the client takes. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding {
  if (typeof header !== 'string') return 'identity'
  return BROTLI.test(header) ? 'br' : GZIP.test(header) ? 'gzip' : 'identity'
}

/** Everything under `public/`, read and compressed once; a URL carries a hash of the content, so it may be kept for a year. */
export class Assets {
  readonly #assets: Map<string, Asset>

  private constructor(assets: Map<string, Asset>) {
    this.#assets = assets
  }

  static async load(folder: string): Promise<Assets> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter(entry => entry.isFile() && TYPES[extname(entry.name)]).map(entry => join(entry.parentPath, entry.name))
    const assets = new Map<string, Asset>()
    // One after the other: Brotli takes some MiB for each, and all at once took the process to 400 MiB.
    for (const file of files) {
      const body = await readFile(file)
      const [br, gz] = await Promise.all([compress(body, 'br', 9), compress(body, 'gzip', 9)])
      const hash = createHash('sha256').update(body).digest('base64url').slice(0, 10)
      assets.set(`/${relative(folder, file)}`, { identity: body, br, gzip: gz, hash, type: TYPES[extname(file)]! })
    }
    return new Assets(assets)
  }

  /**
   * The address of an asset of this program.
   * @throws when there is no such file
   */
  url(path: string): string {
    const asset = this.#assets.get(path)
    if (!asset) throw new Error(`There is no public${path}.`)
    return `${path}?v=${asset.hash}`
  }

  /** The address of a product's picture; of a plain one where there is none. */
  picture(path: string | null | undefined): string {
    return this.url(path && this.#assets.has(path) ? path : FALLBACK_PICTURE)
  }

  /** Answers with the asset that the path names; false when there is none. */
  send(request: FastifyRequest, reply: FastifyReply): boolean {
    const [path = '', query] = request.url.split('?', 2)
    const asset = this.#assets.get(path)
    if (!asset) return false
    const encoding = acceptedEncoding(request.headers['accept-encoding'])
    const etag = `W/"${asset.hash}"`
    reply.headers({
      'content-type': asset.type,
      etag,
      vary: 'accept-encoding',
      // Another version than asked for (a rolling update) must not be kept under that address.
      'cache-control': query === `v=${asset.hash}` ? 'public, max-age=31536000, immutable' : 'public, no-cache',
    })
    if (request.headers['if-none-match'] === etag) {
      reply.code(304).send()
      return true
    }
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    reply.send(asset[encoding])
    return true
  }
}

import t from 'tap'
import { Type } from 'typebox'
import { BaseUrls, CommonConfig, ConfigError, DatabaseUrl, port, readConfig } from '../config.ts'

const schema = Type.Object({ ...CommonConfig, PORT: port(5001), DATABASE_URL: DatabaseUrl })
const DATABASE_URL = 'postgres://u:p@a:1,b:2/c'

t.test('defaults and numbers are read', async t => {
  t.match(readConfig(schema, { DATABASE_URL }), { PORT: 5001, HOST: '127.0.0.1', LOG_LEVEL: 'info', DATABASE_URL })
  t.match(readConfig(schema, { DATABASE_URL, PORT: '80' }), { PORT: 80 })
})

t.test('whatever is wrong is named in a sentence that says what is expected, without secrets', async t => {
  const sentence = (env: NodeJS.ProcessEnv) => {
    try {
      readConfig(schema, env)
    } catch (error) {
      t.type(error, ConfigError)
      return (error as Error).message
    }
    return ''
  }
  t.match(sentence({}), /DATABASE_URL is not set; expected postgres:\/\//)
  t.match(sentence({ DATABASE_URL: '' }), /DATABASE_URL is not set/)
  const several = sentence({ DATABASE_URL: 'mysql://u:hunter2@x', PORT: 'http', LOG_LEVEL: 'loud' })
  t.match(several, /PORT="http" must be integer; expected TCP port/)
  t.match(several, /LOG_LEVEL="loud"/)
  t.match(several, /DATABASE_URL/)
  t.notMatch(several, /hunter2/)
})

t.test('a base URL with a path, of which only the origin would be used, is refused', async t => {
  const read = (CART_URL: string) => readConfig(Type.Object({ CART_URL: BaseUrls }), { CART_URL })
  for (const url of ['http://a', 'http://a:5002/', 'https://a.b:1,http://[::1]:2']) t.strictSame(read(url), { CART_URL: url })
  for (const url of ['http://a/loja', 'http://a,http://b/loja', 'http://a?x', 'http://u:p@a', 'a:5002', 'http://a,'])
    t.throws(() => read(url), /CART_URL=.*expected http\(s\) base URL without a path/, url)
})

import t from 'tap'
import { Type } from 'typebox'
import { CommonConfig, ConfigError, DatabaseUrl, port, readConfig } from '../config.ts'

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

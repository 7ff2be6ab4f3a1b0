import { createHash } from 'node:crypto'

/** Units of one product, and different products, that a cart takes. */
export const MAX_QUANTITY = 99
export const MAX_LINES = 50
/** A cart lives this long from its last change. */
export const LIFE_SECONDS = 7 * 24 * 60 * 60
/** How many orders a cart remembers, so that a repeated "this was bought" takes nothing twice. */
const REMEMBERED_ORDERS = 20

/**
 * One hash per cart. Field `_` holds "number of the next line|orders,already,taken,out" and keeps the empty cart alive; each
 * other field is a product's id and holds "number of the line|quantity|cents|name". The name comes last: it may contain `|`.
 * Every script answers {'ok', the whole hash} or {name of the problem, what more is to be said of it}, and then it has
 * changed nothing.
 */
const CART = `
local key = KEYS[1]
local mark = redis.call('HGET', key, '_')

local function line_of(product)
  local line = redis.call('HGET', key, product)
  if not line then return nil end
  local number, quantity, rest = string.match(line, '^(%d+)|(%d+)|(.*)$')
  return { number = number, quantity = tonumber(quantity), rest = rest }
end

local function put(product, number, quantity, rest)
  redis.call('HSET', key, product, number .. '|' .. quantity .. '|' .. rest)
end

local function whole()
  local answer = redis.call('HGETALL', key)
  table.insert(answer, 1, 'ok')
  return answer
end

local function changed()
  redis.call('EXPIRE', key, ${LIFE_SECONDS})
  return whole()
end
`
const EXISTING = `${CART}
if not mark then return { 'sem-sessao' } end
`

const script = (lua: string) => ({ lua, sha: createHash('sha1').update(lua).digest('hex') })

export const SCRIPTS = {
  create: script(`${CART}
redis.call('HSET', key, '_', '0|')
return changed()
`),

  /** product, quantity to add, stock, "cents|name" */
  add: script(`${EXISTING}
local product, stock, rest = ARGV[1], tonumber(ARGV[3]), ARGV[4]
local line = line_of(product)
local had = line and line.quantity or 0
local quantity = had + tonumber(ARGV[2])
if quantity > ${MAX_QUANTITY} then return { 'limite-por-produto', had } end
if quantity > stock then return { 'estoque-insuficiente', had } end
if line then
  put(product, line.number, quantity, rest)
else
  if redis.call('HLEN', key) > ${MAX_LINES} then return { 'limite-do-carrinho' } end
  local number, orders = string.match(mark, '^(%d+)|(.*)$')
  put(product, number, quantity, rest)
  redis.call('HSET', key, '_', (tonumber(number) + 1) .. '|' .. orders)
end
return changed()
`),

  /** product, quantity to have, stock, "cents|name" */
  set: script(`${EXISTING}
local product, quantity, stock, rest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local line = line_of(product)
if not line then return { 'sem-linha' } end
if quantity > stock then return { 'estoque-insuficiente', line.quantity } end
put(product, line.number, quantity, rest)
return changed()
`),

  /** product */
  remove: script(`${EXISTING}
if redis.call('HDEL', key, ARGV[1]) == 0 then return { 'sem-linha' } end
return changed()
`),

  empty: script(`${EXISTING}
redis.call('DEL', key)
redis.call('HSET', key, '_', mark)
return changed()
`),

  /** order, then product and quantity of each line that was bought */
  bought: script(`${EXISTING}
local number, orders = string.match(mark, '^(%d+)|(.*)$')
local remembered = {}
-- Nothing new, but a write all the same: what the first call wrote must be replicated before this one is acknowledged.
local function again()
  redis.call('HSET', key, '_', mark)
  return whole()
end
for order in string.gmatch(orders, '%d+') do
  if order == ARGV[1] then return again() end
  table.insert(remembered, order)
end
-- Of a cart that remembers as many as it can, an older order than all of them was taken out long ago: ids only grow.
if #remembered >= ${REMEMBERED_ORDERS} and tonumber(ARGV[1]) < math.min(unpack(remembered)) then return again() end
for i = 2, #ARGV, 2 do
  local line = line_of(ARGV[i])
  if line then
    local left = line.quantity - tonumber(ARGV[i + 1])
    if left > 0 then put(ARGV[i], line.number, left, line.rest) else redis.call('HDEL', key, ARGV[i]) end
  end
end
table.insert(remembered, ARGV[1])
-- The oldest goes, which need not be the first that came.
table.sort(remembered, function(one, other) return tonumber(one) < tonumber(other) end)
while #remembered > ${REMEMBERED_ORDERS} do table.remove(remembered, 1) end
redis.call('HSET', key, '_', number .. '|' .. table.concat(remembered, ','))
return changed()
`),
}

export type ScriptName = keyof typeof SCRIPTS

import type { FaultDefinition, FaultKind } from '../definition.ts'
import { apiServer } from './api-server.ts'
import { away, scale } from './deployments.ts'
import { drain } from './drain.ts'
import type { Fault } from './fault.ts'
import { node } from './nodes.ts'
import { deletePod } from './pods.ts'
import { switchover } from './switchover.ts'
import { upgrade, values } from './upgrade.ts'

const ALL: { [K in FaultKind]: Fault<K> } = {
  'delete-pod': deletePod,
  switchover,
  scale,
  node,
  away,
  'api-server': apiServer,
  upgrade,
  values,
  drain,
}

export const faultOf = (definition: FaultDefinition) => ALL[definition.kind] as Fault<FaultKind>

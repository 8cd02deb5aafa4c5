import LambdaRuntime
import Relay

import class SecurityTrails.Memory

let environment = processEnvironment()
let log = Log(environment: environment)
let memory = Memory()
let keys = PlatformKeys()

Runtime.run(environment: environment, log: log) { () throws(FunctionError) in
    try makeFunction(environment: environment, log: log, memory: memory, keys: keys)
}

import LambdaRuntime

import class SecurityTrails.Memory

let environment = processEnvironment()
let log = Log(environment: environment)
let memory = Memory()

Runtime.run(environment: environment, log: log) { () throws(FunctionError) in
    try makeFunction(environment: environment, log: log, memory: memory)
}

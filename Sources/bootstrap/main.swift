import LambdaRuntime

let environment = processEnvironment()
let log = Log(environment: environment)

Runtime.run(environment: environment, log: log) { () throws(FunctionError) in
    try makeFunction(environment: environment, log: log)
}

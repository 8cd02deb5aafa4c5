import LambdaRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let environment = ProcessInfo.processInfo.environment
let log = Log(environment: environment)

Runtime.run(environment: environment, log: log) { () throws(FunctionError) in
    try makeFunction(environment: environment, log: log)
}

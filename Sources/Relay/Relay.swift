import APIGateway
import HTTPClient
import JSON
import SecurityTrails

/// The relay: answers what SecureX and Cisco XDR ask through a gateway, with what SecurityTrails knows.
package final class Relay {
    /// Seconds after which an answer must be on its way: API Gateway gives up at 29.
    private static let budget = 25.0
    /// Seconds that are left for the answer before Lambda ends the process.
    private static let margin = 1.0

    let configuration: Configuration
    let authorization: Authorization
    let client: Client

    /// What an event is answered with, and what the log says of it.
    package struct Response: Sendable {
        /// The response in the gateway's form, or `null`.
        package let payload: [UInt8]
        /// The request's method, `-` if it is none; `keep-warm` for an event that is no request.
        package let method: String
        /// The endpoint's path; `-` where the request named none.
        package let route: String
        /// The response's status.
        package let status: Int
        /// The module that the platform asks for, if it names one.
        package let moduleInstanceID: String?
        /// Requests that SecurityTrails got.
        package let upstreamRequests: Int
        /// Answers, or pages of them, that were remembered from earlier invocations.
        package let cacheHits: Int
        /// The codes of the errors that the answer tells of.
        package let errorCodes: [String]

        /// An event that only keeps the function warm is answered with nothing.
        static let keptWarm = Response(
            payload: Array("null".utf8),
            method: "keep-warm",
            route: "-",
            status: 200,
            moduleInstanceID: nil,
            upstreamRequests: 0,
            cacheHits: 0,
            errorCodes: []
        )
    }

    /// A relay that is ready to answer.
    ///
    /// - Parameters:
    ///   - memory: SecurityTrails' earlier answers, which all of a process's relays share.
    ///   - keys: the platform's keys, which they share too.
    package init(
        _ configuration: Configuration,
        memory: Memory = Memory(),
        keys: PlatformKeys = PlatformKeys()
    ) throws(HTTPError) {
        self.configuration = configuration
        authorization = Authorization(
            secretKey: configuration.secretKey,
            platform: configuration.platform,
            keys: keys
        )
        client = try Client(configuration.securityTrails, memory: memory)
    }

    /// Answers an event; throws for one that is of no known kind.
    ///
    /// - Parameters:
    ///   - began: when the invocation began.
    ///   - deadline: when Lambda ends the process.
    ///   - trace: is told of each request to SecurityTrails, observables included.
    package func answer(
        _ event: [UInt8],
        began: MonotonicTime,
        deadline: MonotonicTime?,
        trace: Client.Trace? = nil
    ) throws -> Response {
        let request: Request
        switch try Event(json: event) {
        case .request(let decoded): request = decoded
        case .scheduled:
            return .keptWarm
        }
        let budget = began + Self.budget
        let end = min(budget, deadline.map { $0 + -Self.margin } ?? budget)
        let endpoint = Endpoint(path: request.path)
        let response = response(to: Call(request: request, end: end, trace: trace), at: endpoint)
        return Response(
            payload: response.http(to: request).json(for: request.gateway),
            method: request.loggedMethod,
            route: endpoint?.rawValue ?? "-",
            status: response.status,
            moduleInstanceID: request.loggedModuleInstanceID,
            upstreamRequests: response.upstreamRequests,
            cacheHits: response.cacheHits,
            errorCodes: response.errors.map(\.code.rawValue)
        )
    }

    private func response(to call: Call, at endpoint: Endpoint?) -> EndpointResponse {
        guard let endpoint else { return .notFound }
        switch call.request.method {
        case "POST": break
        // A load balancer's health checks are GET, and can be nothing else.
        case "GET" where endpoint == .version && call.request.gateway.isLoadBalancer: break
        case "OPTIONS": return .options
        default: return .methodNotAllowed
        }
        do throws(RelayError) {
            switch endpoint {
            case .health: return try health(call)
            case .observe: return try observe(call)
            case .refer: return try refer(call)
            case .deliberate, .tile, .tileData: return EndpointResponse(json: #"{"data":{}}"#)
            case .respond, .tiles: return EndpointResponse(json: #"{"data":[]}"#)
            case .trigger: return EndpointResponse(json: #"{"data":{"status":"failure"}}"#)
            case .version: return EndpointResponse(json: #"{"version":"\#(relayVersion)"}"#)
            }
        } catch {
            return EndpointResponse(errors: [error])
        }
    }
}

/// What a log may repeat of a request: anybody can send one.
extension Request {
    /// The method, if it is a token (RFC 9110, section 5.6.2) no longer than those that are registered.
    fileprivate var loggedMethod: String {
        let isToken = method.utf8.allSatisfy { byte in
            let letter = byte | 0x20
            return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        return isToken && (1...20).contains(method.utf8.count) ? method : "-"
    }

    /// The module's id, if it is short and visible.
    fileprivate var loggedModuleInstanceID: String? {
        moduleInstanceID.flatMap { id in
            let isVisible = id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isVisible && (1...64).contains(id.utf8.count) ? id : nil
        }
    }
}

/// A request, and when its answer must be there.
struct Call {
    let request: Request
    let end: MonotonicTime
    let trace: Client.Trace?
}

extension Authorization {
    /// Who calls; throws for one who is not let in.
    func caller(of call: Call) throws(RelayError) -> Caller {
        do {
            return try caller(of: call.request, until: call.end)
        } catch {
            throw .notAuthorized(error.message)
        }
    }
}

extension ObservableList {
    /// The observables that a call is about; throws for a body that is no list of them.
    init(of call: Call) throws(RelayError) {
        do {
            try self.init(call.request.body)
        } catch {
            throw RelayError(.invalidArgument, error.message)
        }
    }
}

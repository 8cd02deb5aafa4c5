import Foundation
import HTTPClient

/// The REST API that gives the function its URL (Amazon API Gateway).
/// https://docs.aws.amazon.com/apigateway/latest/api/
struct RestAPIService {
    let client: AWSClient

    struct RestAPI: Decodable {
        let id: String
        let name: String
        /// Seconds since 1970.
        let createdDate: Double?
    }

    struct Resource: Decodable {
        let id: String
        let path: String
    }

    /// A resource's method, and what stands behind it.
    struct Method: Decodable {
        let authorizationType: String?
        let apiKeyRequired: Bool?
        let methodIntegration: Integration?

        var isOpen: Bool { authorizationType == "NONE" && apiKeyRequired != true }
    }

    struct Integration: Codable, Equatable {
        let type: String
        let httpMethod: String
        let uri: String
    }

    struct Stage: Decodable {
        let deploymentId: String
    }

    struct Deployment: Decodable {
        let description: String?
    }

    private struct List<Item: Decodable>: Decodable {
        let item: [Item]?
        let position: String?
    }

    func restAPIs(named name: String) throws(AWSError) -> [RestAPI] {
        var found: [RestAPI] = []
        var position: String?
        var markers = PageMarkers(action: "apigateway:GET")
        repeat {
            var query = [(name: "limit", value: "500")]
            if let position { query.append((name: "position", value: position)) }
            let page: List<RestAPI> = try client.send(call("GET", .get, "/restapis", query: query))
            found += (page.item ?? []).filter { $0.name == name }
            position = try markers.next(page.position)
        } while position != nil
        return found
    }

    func create(named name: String) throws(AWSError) -> RestAPI {
        struct Body: Encodable {
            let name: String
            let endpointConfiguration = ["types": ["REGIONAL"]]
        }
        return try client.send(call("POST", .post(json(Body(name: name))), "/restapis"))
    }

    func delete(_ api: String) throws(AWSError) {
        _ = try client.ifFound { () throws(AWSError) in try client.send(call("DELETE", .delete, "/restapis/\(api)")) }
    }

    func resources(of api: String) throws(AWSError) -> [Resource] {
        let query = [(name: "limit", value: "500")]
        let list: List<Resource> = try client.send(call("GET", .get, "/restapis/\(api)/resources", query: query))
        return list.item ?? []
    }

    func createResource(_ pathPart: String, under parent: String, of api: String) throws(AWSError) -> Resource {
        let body = json(["pathPart": pathPart])
        return try client.send(call("POST", .post(body), "/restapis/\(api)/resources/\(parent)"))
    }

    /// The resource's method ANY; nil if it has none.
    func method(of resource: String, of api: String) throws(AWSError) -> Method? {
        try client.ifFound { () throws(AWSError) in
            try client.send(call("GET", .get, "/restapis/\(api)/resources/\(resource)/methods/ANY"))
        }
    }

    func putMethod(of resource: String, of api: String) throws(AWSError) {
        let body = json(["authorizationType": "NONE"])
        _ = try client.send(call("PUT", .put(body), "/restapis/\(api)/resources/\(resource)/methods/ANY"))
    }

    func deleteMethod(of resource: String, of api: String) throws(AWSError) {
        _ = try client.send(call("DELETE", .delete, "/restapis/\(api)/resources/\(resource)/methods/ANY"))
    }

    func put(_ integration: Integration, behind resource: String, of api: String) throws(AWSError) {
        let path = "/restapis/\(api)/resources/\(resource)/methods/ANY/integration"
        _ = try client.send(call("PUT", .put(json(integration)), path))
    }

    /// The description of what the stage serves; nil if there is no such stage.
    func deployment(at stage: String, of api: String) throws(AWSError) -> Deployment? {
        let found: Stage? = try client.ifFound { () throws(AWSError) in
            try client.send(call("GET", .get, "/restapis/\(api)/stages/\(stage)"))
        }
        guard let id = found?.deploymentId else { return nil }
        return try client.send(call("GET", .get, "/restapis/\(api)/deployments/\(id)"))
    }

    func deploy(_ api: String, to stage: String, description: String) throws(AWSError) {
        let body = json(["stageName": stage, "description": description])
        _ = try client.send(call("POST", .post(body), "/restapis/\(api)/deployments"))
    }

    private func call(
        _ verb: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        query: [(name: String, value: String)] = []
    ) -> AWSCall {
        AWSCall(
            service: "apigateway",
            action: "apigateway:\(verb)",
            method: method,
            path: path,
            query: query,
            // Without it the answer is HAL.
            headers: ["Accept: application/json", "Content-Type: application/json"]
        )
    }
}

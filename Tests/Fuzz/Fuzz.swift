// What libFuzzer calls with each input; `run` beside this file builds and starts it. A target fails by a trap, by what
// AddressSanitizer finds, or by `check`.

import APIGateway
import Foundation
import HTTPClient
import JSON
import JWT
import LocalLambda
import Loopback

@testable import Deployment
@testable import Relay
@testable import SecurityTrails

nonisolated(unsafe) private var target: ([UInt8]) -> Void = { _ in }

/// Chooses the target that the environment names.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeMutablePointer<CInt>, _: UnsafeMutableRawPointer) -> CInt {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let body = body(of: name) else {
        print("FUZZ_TARGET=\(name) is no target")
        return 1
    }
    target = body
    return 0
}

/// Hands an input to the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

/// Ends the process if a property does not hold.
private func check(_ holds: Bool, _ property: String) {
    if !holds { fatalError(property) }
}

private func body(of name: String) -> (([UInt8]) -> Void)? {
    switch name {
    case "event": decodeEvent
    case "observables": readObservables
    case "jwt": verifyToken
    case "key-set": readKeySet
    case "page": readPages
    case "json-reader": readJSON
    case "json-writer": writeJSON
    case "settings": readSettings
    case "http-request": readRequest
    default: nil
    }
}

// MARK: - The function

/// An event of any gateway, answered whole by a relay that nobody's server can be asked through.
private func decodeEvent(_ input: [UInt8]) {
    guard let outcome = try? relay.answer(input, began: .now, deadline: .now + 1.5) else { return }
    check(outcome.status < 500, "an event was answered with \(outcome.status)")
    check((try? JSONValue(parsing: Data(outcome.payload))) != nil, "the answer is no JSON")
}

private let relay: Relay = {
    let variables = ["SECRET_KEY": "a secret", "SECURITYTRAILS_API_URL": "http://127.0.0.1:1/"]
    guard let configuration = try? Configuration(environment: variables), let relay = try? Relay(configuration) else {
        fatalError("no relay")
    }
    return relay
}()

private func readObservables(_ input: [UInt8]) {
    do throws(InvalidBody) {
        let list = try ObservableList(input)
        check(list.supported.allSatisfy { !$0.value.isEmpty }, "an empty value was accepted")
        for observable in list.supported { _ = Subject(observable)?.isOfSpecialUse }
    } catch {
        check(error.message.utf8.count < 100_000, "a message of \(error.message.utf8.count) bytes")
    }
}

/// A token as it is, and with its signature made right.
private func verifyToken(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    check((try? CompactSerialization.verify(text, secret: "unknown", now: 0)) == nil, "a forged token was accepted")
    let signed = CompactSerialization.sign(claims: input, secret: "known")
    _ = try? CompactSerialization.verify(signed, secret: "known", now: 1e9)
    _ = try? Authorization(secretKey: "known").caller(ofToken: signed, until: .now)
}

/// A JWK set, what its keys make of a signature, and a token's claims as any caller could have them signed.
private func readKeySet(_ input: [UInt8]) {
    if let keys = KeySet(json: input) {
        check(keys.count * 342 <= input.count, "\(keys.count) keys of 2048 bits in \(input.count) bytes")
        if let key = keys["k"] {
            let token = try? Token("eyJhbGciOiJSUzI1NiJ9.e30.AA")
            check((try? token?.claims(signedFor: key)) == nil, "a forged token was accepted")
        }
    }
    guard let caller = try? Caller(claims: input) else { return }
    check(caller.key.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a key that no header can hold")
    check((caller.pages(else: 1) ?? 1) >= 1, "no pages")
}

private func readPages(_ input: [UInt8]) {
    guard let subject = Subject(domain: "example.com") else { return }
    for lookup in Lookup.all {
        guard let page = try? Page(input, lookup, about: subject, today: .today) else { continue }
        var progress = Progress(Question(subject: subject, lookup: lookup))
        _ = progress.add(page, number: 1, limit: nil)
        let answer = progress.answer(today: .today)
        check(Set(answer.values).count == answer.values.count, "a value is told twice")
        check(answer.unreadPages >= 0, "\(answer.unreadPages) unread pages")
        if let (first, last) = answer.seen.first.flatMap({ first in answer.seen.last.map { (first, $0) } }) {
            check(first <= last, "first seen after last seen")
        }
        for record in answer.records {
            check(record.cells.isEmpty || record.cells.count == lookup.columns.count, "cells and columns differ")
        }
    }
}

// MARK: - JSON

/// What the reader accepts, the tree of Foundation's own parser must hold too.
private func readJSON(_ input: [UInt8]) {
    guard let value = try? JSONValue(parsing: Data(input)) else { return }
    guard let again = try? JSONValue(parsing: value.text()) else { fatalError("what was written cannot be read") }
    check(value.text() == again.text(), "what was written reads otherwise")
}

private func writeJSON(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    var writer = JSONWriter()
    writer.object {
        $0.member("text", text)
        $0.key(text)
        $0.string(embedding: Array(text.utf8))
    }
    let read = try? JSONReader.read(writer.bytes) { reader throws(JSONError) -> [String] in
        var texts: [String] = []
        guard try reader.enterObject() else { return [] }
        while let name = try reader.nextMember() {
            texts.append(name.text)
            if let text = try reader.string() { texts.append(text) }
        }
        return texts
    }
    check(read?.map { Array($0.utf8) } == ["text", text, text, text].map { Array($0.utf8) }, "\(writer.bytes)")
    var outer = JSONWriter()
    outer.string(embedding: writer.bytes)
    check(outer.bytes.count == writer.embeddedCount + 2, "the embedded size is wrong")
}

// MARK: - The operator's side

private func readSettings(_ input: [UInt8]) {
    _ = try? SettingsFile(text: input, file: "zappa_settings.json")
}

/// A request to one of the loopback servers, byte for byte.
private func readRequest(_ input: [UInt8]) {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(server.port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isConnected else { return }
    _ = send(client, input, input.count, Int32(MSG_NOSIGNAL))
    shutdown(client, Int32(SHUT_WR))
    var answer = [UInt8](repeating: 0, count: 4096)
    while recv(client, &answer, answer.count, 0) > 0 {}
}

private let server: HTTPServer = {
    guard let server = try? HTTPServer(hosts: ["127.0.0.1", "localhost"], handler: { .response(200, [], $0.body) })
    else {
        fatalError("no server")
    }
    return server
}()

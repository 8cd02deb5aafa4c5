// What libFuzzer calls with each input; `run` beside this file builds and starts it. A target fails by a trap, by what
// AddressSanitizer finds, or by `check`.

import APIGateway
import Extraction
import Foundation
import JSON
import JWT
import LocalLambda
import Loopback

@testable import Deployment
@testable import HTTPClient
@testable import LambdaRuntime
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
    case "runtime-api": readRuntimeAPI
    case "settings": readSettings
    case "profile": readProfile
    case "aws-error": readAWSError
    case "zip": readZip
    case "extraction": extract
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

/// What the Runtime API sends, byte for byte: the answer to `next`, and that to the response behind it.
private func readRuntimeAPI(_ input: [UInt8]) {
    if let head = HeaderLines(input) {
        check((100..<600).contains(head.status), "a status of \(head.status)")
        check(head["Content-Length"]?.contains("\n") != true, "a field of two lines")
    }
    runtimeBytes.with { $0 = input }
    guard let api = try? RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(runtimePort)"]),
        let invocation = try? api.next()
    else { return }
    check(invocation.event.count <= input.count, "an event of more bytes than came")
    check(invocation.requestID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an id that leaves its path")
    _ = try? api.respond([], to: invocation.requestID)
}

private let runtimeBytes = Monitor<[UInt8]>([])

/// The port of a server that sends each client the input, and reads what it gets to the end.
private let runtimePort: UInt16 = {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
        }
    }
    if !isBound { fatalError("no Runtime API") }
    Thread.detachNewThread {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let client = accept(listener, nil, nil)
            let bytes = runtimeBytes.with { $0 }
            _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(client, Int32(SHUT_WR))
            while recv(client, &buffer, buffer.count, 0) > 0 {}
            close(client)
        }
    }
    return UInt16(bigEndian: address.sin_port)
}()

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

/// A file of ~/.aws. What it says is not followed: `credential_process` is a command.
private func readProfile(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    _ = shellWords(text)
    do throws(ProfileFile.SyntaxError) {
        let file = try ProfileFile(parsing: text)
        for name in ["default", "x", text] {
            let sections = [file.section(name), file.profile(name)].compactMap { $0 }
            for key in sections.flatMap(\.keys) { check(key == key.lowercased(), "a key in capitals") }
        }
    } catch {
        check(error.line >= 1 && error.line <= input.count + 1, "line \(error.line)")
        check(error.reason.printable() == error.reason, "a reason that steers a terminal")
    }
}

/// An error of AWS: the first line is its header field, the rest its body, in JSON, XML or neither.
private func readAWSError(_ input: [UInt8]) {
    let line = input.prefix { $0 != UInt8(ascii: "\n") }
    var headers = HTTPHeaders()
    (Array("x-amzn-ErrorType: ".utf8) + line).withUnsafeBytes { headers.append(line: $0) }
    for headers in [headers, HTTPHeaders()] {
        let body = Array(input.dropFirst(line.count + 1))
        let refusal = AWSRefusal("lambda:Act", HTTPResponse(status: 403, headers: headers, body: body, retryAfter: nil))
        let text = AWSError.refused(refusal).description
        check(text.split(separator: "\n").allSatisfy { String($0).printable() == $0 }, "a text that steers a terminal")
        _ = (refusal.isTransient, refusal.isNotFound, refusal.missingAction, AWSError.refused(refusal).patience)
    }
}

/// A zip, looked at as `deploy` does before it is uploaded. That starts `unzip`, which takes longer than all the rest: most
/// inputs stand for what it prints.
private func readZip(_ input: [UInt8]) {
    zipCount += 1
    do throws(AWSError) {
        if zipCount <= 10 || zipCount % 50 == 0 {
            try readZipFile(input)
        } else {
            let executable = PackagedExecutable(zip: "a.zip")
            _ = try executable.architecture(ofHeader: input)
            try executable.checkMode(inListing: String(decoding: input, as: UTF8.self))
        }
    } catch {
        guard case .blocked(let reason) = error else { fatalError("\(error)") }
        check(reason.utf8.count < 1000, "a reason of \(reason.utf8.count) bytes")
        check(reason.printable() == reason, "a reason that steers a terminal")
    }
}

nonisolated(unsafe) private var zipCount = 0

private func readZipFile(_ input: [UInt8]) throws(AWSError) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(getpid()).zip")
    defer { try? FileManager.default.removeItem(at: file) }
    guard (try? Data(input).write(to: file)) != nil else { return }
    let package = try DeploymentPackage(path: file.path)
    check(package.size == input.count, "a size of \(package.size)")
}

/// A text that somebody pasted. What is found in it is found again by itself, a name as a URL's host: without that it may
/// look like a file's.
private func extract(_ input: [UInt8]) {
    let text = TextObservables(in: input)
    check(text.leftOut.count <= text.leftOutCount, "more is told than was counted")
    check(Set(text.found).count == text.found.count, "an observable is told twice")
    for observable in text.found.prefix(20) {
        check(observable.value.utf8.count <= 4 * input.count + 16, "a long value of a short text")
        let text =
            switch observable.kind {
            case .domain: "https://\(observable.value)/"
            // Only there an equals sign is a part of it.
            case .email: "<\(observable.value)>"
            case .ip, .ipv6: observable.value
            }
        check(TextObservables(in: text).found.first == observable, "\(observable) is not found by itself")
    }
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

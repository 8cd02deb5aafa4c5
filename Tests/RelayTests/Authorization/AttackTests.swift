import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("Attacks on the authorization")
struct AttackTests {
    /// Where the platform's keys are in all of these tests.
    private static let host = Result {
        try ScriptedServer([], afterwards: .response(200, [], Data(try attackedKeySet())))
    }

    /// What one relay says.
    private func answer(of served: Served, to attack: Attack, at path: String) throws -> String {
        let answer = try served.send(event: try attack.event(path: path))
        #expect(answer.status == 200)
        guard let message = answer.messages.first else {
            #expect(answer.errors.isEmpty)
            return Attack.Answer.letIn.rawValue
        }
        #expect(answer.codes == ["fatal authorization error"])
        #expect(answer.data == nil)
        #expect(served.asked.isEmpty)
        #expect(message.hasPrefix("Authorization failed: "))
        return String(message.dropFirst("Authorization failed: ".count))
    }

    @Test("Each attack gets its answer, at each endpoint that asks SecurityTrails", arguments: Attack.all)
    func attack(attack: Attack) throws {
        let platform = ["JWKS_HOST": try Self.host.get().origin, "TOKEN_AUDIENCE": audience]
        let served = try Served(Scenario(), platform)
        for path in ["/health", "/observe/observables"] {
            #expect(try answer(of: served, to: attack, at: path) == attack.answer.rawValue)
        }
    }

    @Test("What is refused with all ways in configured is refused with fewer", arguments: Attack.all.sample(oneIn: 10))
    func fewerWays(attack: Attack) throws {
        let platform = ["JWKS_HOST": try Self.host.get().origin, "TOKEN_AUDIENCE": audience]
        let letIn = Attack.Answer.letIn.rawValue
        for variables in [[:], platform.merging(["SECRET_KEY": ""]) { $1 }, ["SECRET_KEY": ""]] {
            let answer = try answer(of: Served(Scenario(), variables), to: attack, at: "/health")
            if attack.answer != .letIn || variables == ["SECRET_KEY": ""] { #expect(answer != letIn) }
        }
    }

    @Test("The table tells its attacks apart")
    func names() {
        #expect(Set(Attack.all.map(\.name)).count == Attack.all.count)
        #expect(Attack.all.count >= 200)
    }
}

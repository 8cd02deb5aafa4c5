import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("The lock of a stage")
struct StageLockTests {
    @Test("Only one at a time holds it, however many come and go, and nothing is left of it")
    func exclusion() throws {
        let folder = try temporaryFolder("lock")
        defer { try? FileManager.default.removeItem(at: folder) }
        let held = Monitor((now: 0, most: 0, times: 0, refusals: 0))
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<400 {
                do throws(AWSError) {
                    let lock = try StageLock("stage", for: "test", in: folder.path)
                    held.with { state in
                        state.now += 1
                        state.times += 1
                        state.most = max(state.most, state.now)
                    }
                    sched_yield()
                    held.with { $0.now -= 1 }
                    withExtendedLifetime(lock) {}
                } catch {
                    held.with { $0.refusals += "\(error)".contains("is changing the stage") ? 1 : 1_000_000 }
                }
            }
        }
        let state = held.with { $0 }
        #expect(state.most == 1)
        #expect(state.times + state.refusals == 3200)
        #expect(state.times > 8)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("A lock of one stage does not keep from another")
    func others() throws {
        let folder = try temporaryFolder("lock")
        defer { try? FileManager.default.removeItem(at: folder) }
        let one = try StageLock("one", for: "deploy", in: folder.path)
        let two = try StageLock("two", for: "deploy", in: folder.path)
        let refusal = #expect(throws: AWSError.self) { try StageLock("one", for: "undeploy", in: folder.path) }
        #expect(refusal?.description.hasPrefix("'relayctl deploy' (process \(getpid())) is changing the stage") == true)
        withExtendedLifetime((one, two)) {}
    }
}

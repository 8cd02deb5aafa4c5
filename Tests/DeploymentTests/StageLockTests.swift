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
        let held = Monitor(Count())
        let finished = Monitor(0)
        for _ in 0..<16 {
            Thread.detachNewThread {
                for _ in 0..<500 { Self.take(in: folder.path, held) }
                finished.with { $0 += 1 }
            }
        }
        _ = finished.wait { $0 == 16 ? true : nil }
        let state = held.with { $0 }
        #expect(state.most == 1)
        #expect(state.times + state.refusals == 8000)
        // How often is the scheduler's choice; a lock that is never let go is taken once.
        #expect(state.times > 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    private struct Count {
        var now = 0
        var most = 0
        var times = 0
        var refusals = 0
    }

    private static func take(in folder: String, _ held: Monitor<Count>) {
        do throws(AWSError) {
            let lock = try StageLock("stage", for: "test", in: folder)
            held.with { count in
                count.now += 1
                count.times += 1
                count.most = max(count.most, count.now)
            }
            sched_yield()
            held.with { $0.now -= 1 }
            withExtendedLifetime(lock) {}
        } catch {
            held.with { $0.refusals += "\(error)".contains("is changing the stage") ? 1 : 1_000_000 }
        }
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

import Foundation
import Loopback

StandardStreams.openClosed()
Remains.watch()
let status = dispatch(Array(CommandLine.arguments.dropFirst()), .process)
// If a signal is ending this process, it is not to end before all is cleared away: this does not return then.
_ = Remains.add {}
exit(status)

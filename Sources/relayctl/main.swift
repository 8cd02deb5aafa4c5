import Foundation
import Loopback

StandardStreams.openClosed()
Remains.watch()
exit(dispatch(Array(CommandLine.arguments.dropFirst()), .process))

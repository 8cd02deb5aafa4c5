import Foundation
import Loopback

/// A Lambda runtime in Bash, which is on every Debian: small, slow, and of no help in covering up our own mistakes.
package final class ShellRuntime {
    package let folder: URL

    /// `handle` is run for each invocation: `$id` and `$event` are there, and `respond TEXT` or `fail TYPE TEXT` answers.
    package init(before: String = "", handle: String) throws {
        folder = try temporaryFolder("shell-runtime")
        let script = """
            #!/bin/bash
            api=/dev/tcp/${AWS_LAMBDA_RUNTIME_API%:*}/${AWS_LAMBDA_RUNTIME_API#*:}
            path=/2018-06-01/runtime
            post() { # path, header, body
                exec 3<>$api
                printf 'POST %s HTTP/1.1\\r\\nHost: '"$AWS_LAMBDA_RUNTIME_API"'\\r\\nConnection: close\\r\\n%sContent-Length: %d\\r\\n\\r\\n%s' \
            "$path/$1" "$2" ${#3} "$3" >&3
                reply=$(cat <&3)
            }
            respond() { post invocation/$id/response '' "$1"; }
            fail() { post invocation/$id/error $'Lambda-Runtime-Function-Error-Type: '"$1"$'\\r\\n' "$2"; }
            \(before)
            loop() {
                while true; do
                    exec 3<>$api
                    printf 'GET %s/invocation/next HTTP/1.1\\r\\nHost: '"$AWS_LAMBDA_RUNTIME_API"'\\r\\nConnection: close\\r\\n\\r\\n' $path >&3
                    reply=$(cat <&3) || exit 1
                    [ -n "$reply" ] || exit 1
                    event=${reply#*$'\\r\\n\\r\\n'}
                    id=${reply#*Request-Id: }; id=${id%%$'\\r'*}
                    deadline=${reply#*Deadline-Ms: }; deadline=${deadline%%$'\\r'*}
                    \(handle)
                done
            }
            for ((i = 1; i < ${AWS_LAMBDA_MAX_CONCURRENCY:-1}; i++)); do loop & done
            loop
            """
        try writeExecutable(script, to: path)
    }

    package var path: String {
        folder.appendingPathComponent("bootstrap").path
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}

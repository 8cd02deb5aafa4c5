import Deployment
import Foundation
import LocalLambda
import Loopback

/// The program that the relay is measured against: the least that a custom runtime on libcurl can do. It asks for the
/// next invocation and answers each with a constant.
struct Floor {
    /// Where it is.
    let executable: String
    /// How it was linked, in words.
    let linkage: String
    private let folder: URL

    /// Compiles it, linked as the package is; without the archives for that, with the shared libcurl.
    init(_ context: Context) throws {
        folder = try temporaryFolder("floor")
        executable = folder.appendingPathComponent("floor").path
        let absent = Executable.packageFolder(from: context.workingDirectory)?.appendingPathComponent("Sources/CAbsent")
        let libraries: [String]
        if let absent, Packaging.missingArchives.isEmpty {
            linkage = "linked as the package is"
            libraries =
                ["-I\(absent.path)/include", "\(absent.path)/absent.c", "-Wl,--start-group"]
                + Packaging.archives.map { "-l:lib\($0).a" } + ["-Wl,--end-group,--as-needed,--gc-sections", "-lm"]
        } else {
            linkage = "linked with the shared libcurl, which starts slower: archives or sources are missing"
            libraries = ["-lcurl"]
        }
        let source = folder.appendingPathComponent("floor.c").path
        let options = ["-O2", "-fPIE", "-pie", "-Wl,--strip-all,-z,relro,-z,now"]
        do {
            try Data(Self.source.utf8).write(to: URL(fileURLWithPath: source))
            // The compiler's own temporary files go with the folder.
            let arguments = options + ["-o", executable, source] + libraries
            try Tool(name: "cc").run(arguments, environment: ["TMPDIR": folder.path])
        } catch {
            remove()
            guard (error as? ToolError)?.isMissing == true else { throw error }
            let advice = "which compiles what the relay is measured against; 'sudo apt-get install gcc' installs it"
            throw CommandError("\(error), \(advice)", .failed)
        }
    }

    /// Removes it.
    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private static let source = #"""
        #include <curl/curl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <strings.h>

        static const char answer[] =
            "{\"statusCode\":200,\"headers\":{\"Content-Type\":\"application/json\"},\"body\":\"{\\\"version\\\":\\\"0\\\"}\"}";
        static char id[128];

        static size_t take_header(char *line, size_t size, size_t count, void *unused) {
            static const char name[] = "Lambda-Runtime-Aws-Request-Id:";
            char text[256];
            snprintf(text, sizeof text, "%.*s", (int)(size * count), line);
            if (!strncasecmp(text, name, sizeof name - 1)) sscanf(text + sizeof name - 1, "%127s", id);
            return size * count;
        }

        static size_t drop_body(char *bytes, size_t size, size_t count, void *unused) {
            return size * count;
        }

        int main(void) {
            const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
            CURL *curl = curl_easy_init();
            char next[256], response[512];
            if (!api || !curl) return 1;
            snprintf(next, sizeof next, "http://%s/2018-06-01/runtime/invocation/next", api);
            curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
            curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
            for (;;) {
                curl_easy_setopt(curl, CURLOPT_URL, next);
                curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
                if (curl_easy_perform(curl)) return 1;
                snprintf(response, sizeof response, "http://%s/2018-06-01/runtime/invocation/%s/response", api, id);
                curl_easy_setopt(curl, CURLOPT_URL, response);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, answer);
                if (curl_easy_perform(curl)) return 1;
            }
        }
        """#
}

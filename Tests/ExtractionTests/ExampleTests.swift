import Extraction
import Testing

@Suite("Observables in short texts")
struct ExampleTests {
    @Test(
        "Finds what is there and leaves out what is not",
        arguments: nameExamples + addressExamples + urlExamples + lookalikeExamples
    )
    func example(_ example: Example) {
        let observables = TextObservables(in: example.text)
        #expect(described(observables) == example.found)
        #expect(observables.leftOut.map(\.value) == example.leftOut)
    }
}

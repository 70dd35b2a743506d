import DecisionTransformerCodegen
import Testing

/// Expects that `body` throws exactly the problems that `lines` show.
func expect<Value>(
  _ lines: String, sourceLocation: SourceLocation = #_sourceLocation,
  throwing body: () throws(InvalidInput) -> Value
) {
  do throws(InvalidInput) {
    let value = try body()
    Issue.record("nothing was thrown; \(value) was returned", sourceLocation: sourceLocation)
  } catch {
    #expect(error.description == lines, sourceLocation: sourceLocation)
  }
}

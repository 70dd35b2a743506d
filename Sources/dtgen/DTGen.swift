import DecisionTransformerCodegen

@main
struct DTGen {
  static func main() {}
}

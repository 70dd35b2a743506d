@main struct HopperProgram { static func main() { print("x") } }
